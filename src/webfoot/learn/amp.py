"""The adversarial style reward: paid for motion that an adversary cannot tell from demonstrations.

Source: Peng et al., "AMP: Adversarial Motion Priors for Stylized Physics-Based Character Control", 2021.
"""

import dataclasses
from typing import Any, Literal

import torch
from pydantic import BaseModel, Field
from torch import Tensor

from webfoot.learn.discriminator import LOSSES, Discriminator, gradient_penalty
from webfoot.learn.gap import Gap
from webfoot.task.state import StepState
from webfoot.task.style import Windows, style_features
from webfoot.task.walk import Transition

HELD_OUT_SHARE = 0.25
"""Share of the demonstrating robots that the adversary never sees; half of them is what the gap compares with."""


class StyleConfig(BaseModel, frozen=True, extra="forbid"):
    """The adversary, and what its verdict is worth."""

    weight: float = Field(
        default=0.0, ge=0, le=1, description="Share of the style in the reward at the start; the task has the rest."
    )
    final_weight: float = Field(default=0.0, ge=0, le=1, description="Share of the style once the ramp is over.")
    ramp: int = Field(default=0, ge=0, le=100_000, description="Iterations from the first share to the final one.")
    frames: int = Field(default=2, ge=2, le=10, description="Control steps in a window that the adversary judges.")
    loss: Literal["least_squares", "cross_entropy"] = Field(
        default="least_squares", description="How the adversary is taught."
    )
    hidden_size: int = Field(default=128, ge=8, le=1024, description="Units of its first layer; the second has half.")
    learning_rate: float = Field(default=3e-4, gt=0, le=0.1, description="Step size of its own Adam.")
    weight_decay: float = Field(default=1e-4, ge=0, le=1, description="Decay of its weights.")
    gradient_penalty: float = Field(
        default=1.0, ge=0, le=100, description="Weight of the squared gradient between demonstrations and policy."
    )
    logit_regularisation: float = Field(
        default=0.01, ge=0, le=10, description="Weight of the squared weights of its last layer."
    )
    noise: float = Field(
        default=0.2,
        ge=0,
        le=2,
        description="Noise on what it sees in learning, in shares of how far the demonstrations spread.",
    )
    updates: int = Field(default=4, ge=1, le=100, description="Its updates after every rollout.")
    batch_size: int = Field(default=1024, ge=16, le=65_536, description="Windows of each side in an update.")
    warm_start: int = Field(
        default=0,
        ge=0,
        le=100_000,
        description="Updates that fit a policy without a clock to what the demonstrating one does, before it learns.",
    )
    replay: int = Field(default=20_000, ge=256, le=1_000_000, description="Past windows of the policy it is shown too.")


class StyleReward:
    """Pays for style, and teaches the adversary; its whole state goes into the checkpoint."""

    def __init__(self, start: StepState, tolerances: Tensor, config: StyleConfig):
        """Nothing is demonstrated yet.

        Args:
            start: of the robots that will be judged.
            tolerances: difference that counts as one for every feature, shape (d,).
        """
        self.config, self._tolerances = config, tolerances
        self._centre, self._scale = torch.zeros_like(tolerances), tolerances
        self._loss = LOSSES[config.loss]
        size = config.frames * len(tolerances)
        self.discriminator = Discriminator(size, config.hidden_size).to(tolerances.device)
        self.optimiser = torch.optim.Adam(
            self.discriminator.parameters(), config.learning_rate, weight_decay=config.weight_decay, fused=True
        )
        self._windows = Windows(self._scaled(start), config.frames)
        self._replay = tolerances.new_zeros(0, size)
        self._fresh: list[Tensor] = []
        self._rewards: list[Tensor] = []
        self._iteration = 0

    def show(self, frames: Tensor, now: StepState) -> None:
        """Take demonstrations.

        Args:
            frames: style features of R robots over T steps, shape (R, T, d), R at least 4.
            now: of the robots that will be judged.
        """
        self._frames = frames
        kept = max(2, round(HELD_OUT_SHARE * len(frames)))
        self._centre = frames[kept:].mean(dim=(0, 1))
        spread = frames[kept:].flatten(0, 1).std(dim=0)
        self._scale = (spread.square() + self._tolerances.square()).sqrt()
        cut = self._cut((frames - self._centre) / self._scale)
        self._demo = cut[kept:].flatten(0, 1)
        self._held_out = cut[:kept].flatten(0, 1)
        half = kept // 2
        self._gap = Gap(cut[:half].flatten(0, 1), cut[half:kept].flatten(0, 1), floor=0.1 * self.config.noise + 1e-3)
        self._windows = Windows(self._scaled(now), self.config.frames)

    @property
    def weight(self) -> float:
        """Share of the style in the reward now."""
        first, last, ramp = self.config.weight, self.config.final_weight, self.config.ramp
        return last if self._iteration >= ramp else first + (last - first) * self._iteration / ramp

    @torch.no_grad()
    def pay(self, transition: Transition, now: StepState) -> Transition:
        """The transition with style in its reward, r = (1 - w) r_task + w r_style.

        A robot whose episode is too young for a whole window earns what the others earn on average.

        Args:
            now: the robots as the next step finds them.
        """
        window, whole = self._windows.add(self._scaled(transition.after))
        reward = self._loss.reward(self.discriminator(window))
        whole = whole & ~transition.unstable
        reward = torch.where(whole, reward, reward[whole].mean() if whole.any() else 0.0)
        self._fresh.append(window[whole])
        self._rewards.append(reward.mean())
        ended = (transition.terminated | transition.truncated).nonzero().squeeze(-1)
        if len(ended):
            self._windows.restart(ended, self._scaled(now)[ended])
        mixed = (1 - self.weight) * transition.reward + self.weight * reward
        return dataclasses.replace(transition, reward=mixed)

    def learn(self) -> dict[str, float]:
        """Teach the adversary with what was paid for since the last time.

        Returns:
            Its health by name; `style/gap` is 1 where the policy moves as the demonstrations do.
        """
        fresh = torch.cat(self._fresh)
        penalties = [self._update(self._drawn(fresh)) for _ in range(self.config.updates)]
        metrics = self._measure(fresh)
        metrics["style/gradient_penalty"] = sum(penalties) / len(penalties)
        metrics["style/reward"] = float(torch.stack(self._rewards).mean())
        metrics["style/weight"] = self.weight
        self._replay = torch.cat([self._replay, _some(fresh, len(fresh) // 4)])[-self.config.replay :]
        self._fresh, self._rewards = [], []
        self._iteration += 1
        return metrics

    def _drawn(self, fresh: Tensor) -> tuple[Tensor, Tensor]:
        """A batch of demonstrations and one of the policy, half of it replayed, both with noise."""
        count = self.config.batch_size
        replayed = _some(self._replay, count // 2) if len(self._replay) else fresh[:0]
        policy = torch.cat([_some(fresh, count - len(replayed)), replayed])
        demo = _some(self._demo, count)
        noise = self.config.noise
        return demo + noise * torch.randn_like(demo), policy + noise * torch.randn_like(policy)

    def _update(self, batch: tuple[Tensor, Tensor]) -> float:
        demo, policy = batch
        penalty = gradient_penalty(self.discriminator, demo, policy)
        logits = self.discriminator(torch.cat([demo, policy]))
        loss = self._loss.teach(*logits.chunk(2)) + self.config.gradient_penalty * penalty
        loss = loss + self.config.logit_regularisation * self.discriminator.last.weight.square().sum()
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return float(penalty.detach())

    @torch.no_grad()
    def _measure(self, fresh: Tensor) -> dict[str, float]:
        policy, demo = self.discriminator(fresh), self.discriminator(_some(self._demo, 1024))
        held_out = self.discriminator(_some(self._held_out, 1024))
        boundary = self._loss.boundary
        return {
            "style/accuracy_policy": float((policy < boundary).float().mean()),
            "style/accuracy_demo": float((demo > boundary).float().mean()),
            "style/logit_spread": float(demo.mean() - policy.mean()),
            "style/held_out": float(self._loss.reward(held_out).mean()),
            "style/gap": self._gap(fresh),
        }

    def _scaled(self, state: StepState) -> Tensor:
        return (style_features(state) - self._centre) / self._scale

    def _cut(self, frames: Tensor) -> Tensor:
        """Every window of every robot, (R, T, d) to (R, T - K + 1, K * d), oldest frame first."""
        return frames.unfold(1, self.config.frames, 1).transpose(2, 3).flatten(2)

    def state_dict(self) -> dict[str, Any]:
        """Adversary, optimiser, replay, normaliser, demonstrations and schedule."""
        return {
            "discriminator": self.discriminator.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "replay": self._replay,
            "tolerances": self._tolerances,
            "frames": self._frames,
            "iteration": self._iteration,
        }

    def load_state_dict(self, state: dict[str, Any], now: StepState) -> None:
        """Take back what `state_dict` gave; the robots, as they are now, begin new episodes."""
        self.discriminator.load_state_dict(state["discriminator"])
        self.optimiser.load_state_dict(state["optimiser"])
        self._replay, self._tolerances = (state[name].to(self._tolerances) for name in ("replay", "tolerances"))
        self._iteration = int(state["iteration"])
        self.show(state["frames"].to(self._tolerances), now)


def _some(rows: Tensor, count: int) -> Tensor:
    """Rows drawn with replacement."""
    return rows[torch.randint(0, len(rows), (count,), device=rows.device)]
