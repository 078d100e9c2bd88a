"""The one adapter to rsl-rl-lib: its PPO, models and normaliser, with true terminal values and a calmer rate.

What is done differently from rsl-rl's own runner: an episode that ran out of time is bootstrapped with the value of
its true last state (rsl-rl takes the state before), the learning rate is adapted once an iteration instead of once a
minibatch (there the KL divergence of the first minibatch is always zero, which makes the rate a sawtooth), and the
critic keeps a rate of its own, since a policy that moves little still needs to be judged well.
"""

import copy
import math
from typing import Any

import torch
from pydantic import BaseModel, Field
from rsl_rl.algorithms import PPO
from rsl_rl.models import MLPModel
from rsl_rl.modules.distribution import GaussianDistribution
from rsl_rl.storage import RolloutStorage
from tensordict import TensorDict
from torch import Tensor

from webfoot.learn.actor import MirrorMaps, SymmetricActor, scale_last_layer, shift_last_layer
from webfoot.task.walk import Observation, Transition

LOWEST_RATE = 1e-5
"""Below this the learning rate is not cut."""


class PpoConfig(BaseModel, frozen=True, extra="forbid"):
    """How the policy learns."""

    hidden_size: int = Field(
        default=128, ge=8, le=1024, description="Units of the first hidden layer; the second has half."
    )
    learning_rate: float = Field(default=2e-3, gt=0, le=0.1, description="Step size of Adam at the start.")
    critic_rate: float = Field(default=5e-3, gt=0, le=0.1, description="Step size of Adam for the critic, constant.")
    final_rate_share: float = Field(
        default=0.1,
        gt=0,
        le=1,
        description="Share of the learning rate that is left at the last epoch; it falls linearly.",
    )
    steps: int = Field(default=16, ge=4, le=256, description="Control steps of every robot between two updates.")
    update_epochs: int = Field(default=5, ge=1, le=20, description="Passes over each rollout.")
    minibatches: int = Field(default=2, ge=1, le=64, description="Minibatches of a pass.")
    clip: float = Field(default=0.2, gt=0, lt=1, description="Clip range of the probability ratio.")
    gamma: float = Field(default=0.97, gt=0, lt=1, description="Discount a control step.")
    gae_lambda: float = Field(default=0.95, ge=0, le=1, description="Trace decay of the advantage estimate.")
    entropy: float = Field(default=0.0, ge=0, le=1, description="Weight of the entropy bonus.")
    initial_std: float = Field(default=0.15, gt=0, le=5, description="Standard deviation of actions at the start.")
    std_decay: float = Field(
        default=0.98, gt=0, le=1, description="Factor on the standard deviation of actions after every iteration."
    )
    final_std: float = Field(default=0.1, gt=0, le=5, description="Standard deviation at which that decay ends.")
    max_grad_norm: float = Field(
        default=1.0, gt=0, le=100, description="Gradient norm above which gradients are scaled."
    )
    averaging: float = Field(
        default=0.8, ge=0, lt=1, description="Weight of the past in the running average of policies that is exported."
    )
    target_kl: float = Field(
        default=0.05, gt=0, le=1, description="KL divergence of an update above which the rate falls."
    )
    break_kl: float = Field(
        default=1000.0, gt=0, le=1e12, description="KL divergence of an update at which learning has broken down."
    )
    symmetry: bool = Field(default=True, description="Treat left and right alike, where robot and motion allow it.")


class Ppo:
    """PPO for one task: act, remember, learn."""

    def __init__(self, sample: Observation, nu: int, config: PpoConfig, mirror: MirrorMaps | None):
        self.config = config
        obs = _as_dict(sample)
        num_envs, device = len(sample.actor), sample.actor.device
        groups = {"actor": ["actor"], "critic": ["critic"]}
        hidden = (config.hidden_size, max(8, config.hidden_size // 2))
        distribution = {
            "class_name": "GaussianDistribution",
            "init_std": config.initial_std,
            "std_type": "log",
            "std_range": (0.02, 2.0),
        }
        actor = SymmetricActor(obs, groups, "actor", nu, hidden, "elu", True, distribution, mirror=mirror).to(device)
        critic = MLPModel(obs, groups, "critic", 1, hidden, "elu", True).to(device)
        scale_last_layer(actor.mlp, 0.01)
        self._actor = actor
        self.algorithm = PPO(
            actor,
            critic,
            RolloutStorage("rl", num_envs, config.steps, obs, [nu], str(device)),
            num_learning_epochs=config.update_epochs,
            num_mini_batches=config.minibatches,
            clip_param=config.clip,
            gamma=config.gamma,
            lam=config.gae_lambda,
            entropy_coef=config.entropy,
            learning_rate=config.learning_rate,
            max_grad_norm=config.max_grad_norm,
            schedule="fixed",
            device=str(device),
        )

        self.algorithm.optimizer = torch.optim.Adam(
            [
                {"params": list(actor.parameters()), "lr": config.learning_rate},
                {"params": list(critic.parameters()), "lr": config.critic_rate},
            ],
            fused=True,
        )
        self.averaged = copy.deepcopy(actor)
        self.rate_share = 1.0
        """Share of the scheduled learning rate that is left after returns to an earlier policy."""

    @property
    def actor(self) -> SymmetricActor:
        """The policy network with its normaliser."""
        return self._actor

    def start_at(self, action: Tensor) -> None:
        """Let a new policy answer with about this action, shape (nu,)."""
        for actor in (self.actor, self.averaged):
            shift_last_layer(actor.mlp, action)

    @property
    def learning_rate(self) -> float:
        """Adam's step size now."""
        return self.algorithm.learning_rate

    @torch.no_grad()
    def act(self, observation: Observation) -> Tensor:
        """Sample actions, shape (N, nu), and remember what led to them."""
        return self.algorithm.act(_as_dict(observation))

    @torch.no_grad()
    def remember(self, transition: Transition) -> None:
        """Store what came of the last `act`.

        Rewards are scaled by 1 - gamma: a value is then a mean reward a step, of the size a new critic answers with.
        """
        reward = (1.0 - self.config.gamma) * transition.reward
        if transition.truncated.any():  # the episode went on, only unseen: r + gamma V(s_T)
            late = transition.truncated
            value = self.algorithm.critic(_as_dict(transition.final)[late]).squeeze(-1)
            reward = reward.index_put((late.nonzero().squeeze(-1),), reward[late] + self.config.gamma * value)
        ended = transition.terminated | transition.truncated
        self.algorithm.process_env_step(_as_dict(transition.observation), reward, ended, {})

    def learn(self, observation: Observation, progress: float = 0.0) -> dict[str, float]:
        """Update from the stored rollout.

        Args:
            observation: the one after the rollout.
            progress: share of the training that is done, for the schedule of the rate.

        Returns:
            The field's usual metrics by name.
        """
        algorithm, storage = self.algorithm, self.algorithm.storage
        with torch.no_grad():
            algorithm.compute_returns(_as_dict(observation))
            returns, values = storage.returns.flatten(), storage.values.flatten()
            explained = 1.0 - float((returns - values).var() / returns.var().clamp_min(1e-8))
        normaliser = [module.obs_normalizer for module in (algorithm.actor, algorithm.critic)]
        before = [module.train(False) for module in normaliser]  # the rollout's normaliser holds until KL is known
        losses = algorithm.update()
        approx_kl = self._divergence()
        for module in before:
            module.train(True)
        flat = storage.observations.flatten(0, 1)
        algorithm.actor.update_normalization(flat)
        algorithm.critic.update_normalization(flat)
        self._calm()
        self._average()
        rate = self._adapt_rate(approx_kl, progress)
        return {
            "value_loss": losses["value"],
            "surrogate_loss": losses["surrogate"],
            "entropy": losses["entropy"],
            "explained_variance": explained,
            "approx_kl": approx_kl,
            "learning_rate": rate,
            "action_std": float(algorithm.actor.output_std.mean()),
        }

    @torch.no_grad()
    def _divergence(self) -> float:
        """KL(old || new) after the update, over every fourth step of the rollout: an average needs no more."""
        storage, actor = self.algorithm.storage, self.algorithm.actor
        assert storage.distribution_params is not None
        actor(storage.observations[::4].flatten(0, 1), stochastic_output=True)
        old = tuple(parameter[::4].flatten(0, 1) for parameter in storage.distribution_params)
        return float(actor.get_kl_divergence(old, actor.output_distribution_params).mean())

    @torch.no_grad()
    def _calm(self) -> None:
        """Let exploration fade: what walks well under noise need not walk well without, and without it is deployed."""
        distribution = self.actor.distribution
        assert isinstance(distribution, GaussianDistribution)
        log_std = distribution.log_std_param
        faded = log_std + math.log(self.config.std_decay)
        log_std.copy_(torch.minimum(log_std, faded.clamp_min(math.log(self.config.final_std))))

    @torch.no_grad()
    def _average(self) -> None:
        """Move the averaged policy towards the current one; the mean of late policies walks calmer than any of them.

        Source: Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", 1992.
        """
        for slow, fast in zip(self.averaged.parameters(), self.actor.parameters(), strict=True):
            slow.lerp_(fast, 1.0 - self.config.averaging)
        for slow, fast in zip(self.averaged.buffers(), self.actor.buffers(), strict=True):
            slow.copy_(fast)

    def _adapt_rate(self, approx_kl: float, progress: float) -> float:
        """Linear decay, cut back while an update moves the policy too far (KL, not the sawtooth of rsl-rl)."""
        config, algorithm = self.config, self.algorithm
        scheduled = self.rate_share * config.learning_rate * (1 - (1 - config.final_rate_share) * progress)
        rate = algorithm.learning_rate
        if approx_kl > 2.0 * config.target_kl:
            rate = max(LOWEST_RATE, rate / 1.2)
        elif approx_kl < config.target_kl:
            rate = rate * 1.2
        self._set_rate(min(rate, scheduled))
        return self.learning_rate

    def _set_rate(self, rate: float) -> None:
        self.algorithm.learning_rate = rate
        self.algorithm.optimizer.param_groups[0]["lr"] = rate

    def go_back(self, weights: dict[str, Any], rate_share: float) -> None:
        """Take up learning from an averaged policy of before; what Adam remembers of the way from there is dropped.

        Args:
            weights: `averaged.state_dict()` of that policy.
            rate_share: factor on the learning rate from now on.
        """
        for actor in (self.actor, self.averaged):
            actor.load_state_dict(weights)
        for parameter in self.actor.parameters():
            self.algorithm.optimizer.state.pop(parameter, None)
        self.rate_share *= rate_share
        self._set_rate(self.rate_share * self.config.learning_rate)

    def frozen_actor(self) -> SymmetricActor:
        """A copy of the policy network that is tried and exported: the running average."""
        return copy.deepcopy(self.averaged)

    def seen_observations(self) -> Tensor:
        """What the actor saw in the last rollout, shape (steps * N, n); zeros before the first."""
        return self.algorithm.storage.observations["actor"].flatten(0, 1)

    def state_dict(self) -> dict[str, Any]:
        """Weights, normalisers, optimiser and rate."""
        return {
            **self.algorithm.save(),
            "averaged": self.averaged.state_dict(),
            "learning_rate": self.algorithm.learning_rate,
            "rate_share": self.rate_share,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take back what `state_dict` gave; the rate is not above the one that is configured now."""
        self.algorithm.load(state, None, strict=True)
        self.averaged.load_state_dict(state["averaged"])
        self.rate_share = float(state["rate_share"])
        self._set_rate(min(float(state["learning_rate"]), self.config.learning_rate))


def _as_dict(observation: Observation) -> TensorDict:
    return TensorDict({"actor": observation.actor, "critic": observation.critic}, batch_size=[len(observation.actor)])
