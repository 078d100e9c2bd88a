"""Tasks small enough to do by hand: one observation, one action, one step."""

import dataclasses

import torch
from torch import Tensor

from webfoot.learn.actor import MirrorMaps
from webfoot.learn.ppo import Ppo, PpoConfig
from webfoot.sim.sensors import Reading
from webfoot.task.observe import Layout
from webfoot.task.state import ReferenceState, StepState
from webfoot.task.walk import Observation, Transition

SWAP = MirrorMaps(observation=Layout([1, 0, 2], [1.0, 1.0, -1.0]), action=Layout([1, 0], [-1.0, -1.0]))
"""Left and right change places; actions change their sign too."""


def seen(actor: Tensor) -> Observation:
    """The critic sees what the actor sees and a one."""
    return Observation(actor, torch.cat([actor, torch.ones(len(actor), 1)], dim=1))


def outcome(observation: Observation, reward: Tensor, terminated=None, truncated=None, final=None) -> Transition:
    nobody = torch.zeros(len(reward), dtype=torch.bool)
    fell = nobody if terminated is None else torch.tensor(terminated)
    late = nobody if truncated is None else torch.tensor(truncated)
    return Transition(observation, final or observation, reward, fell, late, {}, nobody, blank_state(len(reward)))


def blank_state(count: int, nu: int = 1) -> StepState:
    """Robots of one foot, of which everything is zero."""
    sizes = {
        "joint_pos": nu,
        "joint_offset": nu,
        "joint_vel": nu,
        "torque": nu,
        "action": nu,
        "previous_action": nu,
        "servo_target": nu,
        "lin_vel_h": 3,
        "mean_velocity": 3,
        "ang_vel_b": 3,
        "gravity_b": 3,
        "command": 3,
        "velocity": 3,
        "foot_height": 1,
        "tilt": 2,
    }

    def blank(kind: type) -> dict[str, Tensor]:
        names = [
            field.name for field in dataclasses.fields(kind) if field.name not in ("reference", "unstable", "sensed")
        ]
        return {name: torch.zeros(count, sizes[name]) if name in sizes else torch.zeros(count) for name in names}

    sensed = Reading(torch.zeros(count, 3), torch.zeros(count, 3), torch.zeros(count, nu), torch.zeros(count, nu))
    values = blank(StepState) | {
        "foot_pos_b": torch.zeros(count, 1, 3),
        "sensed_offset": torch.zeros(count, nu),
        "sensed": sensed,
    }
    return StepState(**values, reference=ReferenceState(**blank(ReferenceState)), unstable=torch.zeros(count) > 0)


def small_ppo(observation: Observation, nu: int = 1, mirror: MirrorMaps | None = None, seed: int = 0, **config) -> Ppo:
    torch.manual_seed(seed)
    return Ppo(observation, nu, PpoConfig.model_validate({"hidden_size": 8, "steps": 4, **config}), mirror)


def with_constant_value(ppo: Ppo, value: float) -> Ppo:
    """The critic says `value` whatever it sees."""
    last = [module for module in ppo.algorithm.critic.mlp.modules() if isinstance(module, torch.nn.Linear)][-1]
    with torch.no_grad():
        last.weight.zero_()
        last.bias.fill_(value)
    return ppo


def roll(ppo: Ppo, observation: Observation, transition: Transition) -> None:
    """Fill one rollout with the same transition at every step."""
    for _ in range(ppo.config.steps):
        ppo.act(observation)
        ppo.remember(transition)


@dataclasses.dataclass
class SignTask:
    """A robot that sees +1 or -1 and is paid to answer with half of it: r = -(a - o / 2)^2; episodes of one step."""

    num_envs: int = 64

    def observe(self) -> Observation:
        sign = torch.ones(self.num_envs, 1)
        sign[::2] = -1.0
        return seen(sign)

    def step(self, action: Tensor) -> Transition:
        now = self.observe()
        reward = -(action - 0.5 * now.actor).square().sum(dim=1)
        return outcome(now, reward, terminated=[True] * self.num_envs)


def train(ppo: Ppo, task: SignTask, iterations: int) -> list[float]:
    """Mean reward of every iteration."""
    rewards = []
    observation = task.observe()
    for _ in range(iterations):
        total = 0.0
        for _ in range(ppo.config.steps):
            transition = task.step(ppo.act(observation))
            ppo.remember(transition)
            observation = transition.observation
            total += float(transition.reward.mean())
        ppo.learn(observation)
        rewards.append(total / ppo.config.steps)
    return rewards
