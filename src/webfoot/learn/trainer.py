"""`Trainer`: the loop. Collect, learn, look, keep; everything else listens to its events."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from pydantic import BaseModel, Field
from torch import Tensor

from webfoot.errors import RunError
from webfoot.learn.amp import StyleReward
from webfoot.learn.breakdown import Collapse, CollapseConfig, broken_metrics, broken_reward, broken_state
from webfoot.learn.checkpoint import load_checkpoint, save_checkpoint
from webfoot.learn.curriculum import Curriculum, CurriculumConfig
from webfoot.learn.events import (
    Checkpointed,
    Diverged,
    Evaluated,
    Finished,
    Metrics,
    OnEvent,
    Progress,
    Returned,
    Staged,
)
from webfoot.learn.ppo import Ppo
from webfoot.task.state import StepState
from webfoot.task.walk import Observation, WalkTask

Stopped = Literal["finished", "passed", "interrupted", "diverged", "out of time"]


TRIAL_SPACING = 0.05
"""Trials come no closer than about this share of the iterations that are done."""


class LoopConfig(BaseModel, frozen=True, extra="forbid"):
    """How long, and how often to look."""

    epochs: int = Field(default=400, ge=1, le=100_000, description="Learning iterations at most.")
    batch_size: int = Field(default=128, ge=1, le=8192, description="Robots simulated in parallel.")
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="Seed of everything random.")
    max_minutes: float | None = Field(
        default=None, gt=0, le=10_000, description="Wall-clock budget of the training [min]."
    )
    stop_when_passed: bool = Field(
        default=True, description="Stop once the policy passes a full trial; else use all epochs."
    )
    evaluate_every: int = Field(
        default=5, ge=1, le=10_000, description="Iterations between trials from a standing start."
    )
    checkpoint_every: int = Field(default=25, ge=1, le=10_000, description="Iterations between checkpoints.")
    collapse: CollapseConfig = CollapseConfig()
    curriculum: CurriculumConfig = CurriculumConfig()


@dataclass(frozen=True)
class Trial:
    """What the policy showed from a standing start."""

    passed: bool
    score: float
    """Higher is better; above 1 where everything passed."""
    values: dict[str, float]


TrialKind = Literal["quick", "full", "last"]
"""A full trial confirms what a quick one found; the last, from starts that no other saw, decides between two."""
Evaluate = Callable[[TrialKind], Trial]
"""Tries the current policy."""


@dataclass(frozen=True)
class Outcome:
    """How the loop ended."""

    stopped: Stopped
    iteration: int
    env_steps: int
    elapsed_s: float
    reason: str = ""


class BrokeDown(Exception):
    """Learning cannot go on; the message says why and what would help. Ends a run as `diverged`."""


class Trainer:
    """Runs PPO on a task until it passes, is told to stop, runs out of epochs or time, or breaks down."""

    def __init__(
        self,
        task: WalkTask,
        ppo: Ppo,
        config: LoopConfig,
        evaluate: Evaluate,
        checkpoint: Path,
        on_event: OnEvent,
        style: StyleReward | None = None,
    ):
        self.task, self.ppo, self.config, self.style = task, ppo, config, style
        self.evaluate, self.checkpoint, self.on_event = evaluate, checkpoint, on_event
        self.iteration = 0
        self.elapsed_s = 0.0
        self.prior_steps = 0
        """Control steps of all robots that went before, for demonstrations."""
        self.best: tuple[float, dict[str, Any]] | None = None
        self.collapse = Collapse(config.collapse)
        self.curriculum = Curriculum(config.curriculum) if config.curriculum.active else None
        self._set_level()

    @property
    def env_steps(self) -> int:
        """Control steps of all robots so far."""
        return self.prior_steps + self.iteration * self.ppo.config.steps * self.task.num_envs

    def run(self, should_stop: Callable[[], bool] = lambda: False) -> Outcome:
        """Train to the end; on the way out the policy is the best that a trial has seen."""
        began = time.perf_counter() - self.elapsed_s
        observation = self.task.observe()
        stopped: Stopped = "finished"
        reason = ""
        try:
            if not self.iteration:
                self.save()  # a training that breaks down at once leaves a checkpoint too
            while self.iteration < self.config.epochs:
                observation, passed = self._iterate(observation, began)
                if self.iteration % self.config.checkpoint_every == 0:
                    self.save()
                if passed and self.config.stop_when_passed:
                    stopped = "passed"
                    break
                if should_stop():
                    stopped = "interrupted"
                    break
                if self.config.max_minutes and self.elapsed_s > 60 * self.config.max_minutes:
                    stopped = "out of time"
                    break
            if stopped == "out of time":
                self._try_last()
            self.save()
        except BrokeDown as broken:
            stopped, reason = "diverged", str(broken)
            self.on_event(Diverged(self.iteration, reason))
        self.on_event(Finished(self.iteration, stopped, self.elapsed_s))
        return Outcome(stopped, self.iteration, self.env_steps, self.elapsed_s, reason)

    def _iterate(self, observation: Observation, began: float) -> tuple[Observation, bool]:
        """One rollout, one update, and a trial when it is time: what is seen then, and whether a full trial passed."""
        observation, reward, falls, metrics = self._learn(observation)
        self.elapsed_s = time.perf_counter() - began
        reason = broken_metrics(metrics, self.ppo.config.break_kl)
        if reason:
            raise BrokeDown(reason)
        self.iteration += 1
        self._report(reward, falls, metrics)
        self._advance(falls)
        passed = self._look()
        self.elapsed_s = time.perf_counter() - began
        return observation, passed

    def _learn(self, observation: Observation) -> tuple[Observation, float, float, dict[str, float]]:
        """One rollout and one update."""
        steps, robots = self.ppo.config.steps, self.task.num_envs
        reward, falls, unstable = torch.zeros(3, device=self.task.sim.device)
        terms: dict[str, Tensor] = {}
        for _ in range(steps):
            transition = self.task.step(self.ppo.act(observation))
            if self.style:
                transition = self.style.pay(transition, self.task.state)
            reason = broken_reward(transition)
            if reason:  # before anything is learnt from it
                raise BrokeDown(reason)
            self.ppo.remember(transition)
            observation = transition.observation
            reward += transition.reward.mean()
            falls += transition.terminated.sum()
            unstable += transition.unstable.sum()
            terms = transition.terms
        metrics = self.ppo.learn(observation, self._progress())
        if self.style:
            metrics |= self.style.learn()
        minutes = steps * robots * self.task.sim.control_dt / 60
        metrics |= {f"reward/{name}": float(value.mean()) for name, value in terms.items()}
        metrics["unstable"] = float(unstable)
        return observation, float(reward) / steps, float(falls) / minutes, metrics

    def _progress(self) -> float:
        """Share of the training that is done: of the epochs, or of the time where that runs out sooner."""
        budget_s = 60 * self.config.max_minutes if self.config.max_minutes else math.inf
        return min(1.0, max(self.iteration / self.config.epochs, self.elapsed_s / budget_s))

    def _advance(self, falls: float) -> None:
        """Let the curriculum take a step where the robots succeed, or take one back."""
        if self.curriculum is None:
            return
        survival = math.exp(-falls * self.task.config.episode_s / 60)  # falls come as a Poisson process
        step = self.curriculum.update(survival, _speed_error(self.task.state))
        if step:
            self._set_level()
            self.on_event(Staged(self.iteration, step.stage, step.level, step.success, step.reason))

    def _set_level(self) -> None:
        if self.curriculum:
            self.task.conditions.set_level(self.curriculum.levels)

    def _report(self, reward: float, falls: float, metrics: dict[str, float]) -> None:
        rate = self.env_steps / max(self.elapsed_s, 1e-9)
        eta = self.elapsed_s / self.iteration * (self.config.epochs - self.iteration)
        if self.config.max_minutes:
            eta = min(eta, max(0.0, 60 * self.config.max_minutes - self.elapsed_s))
        self.on_event(
            Progress(self.iteration, self.config.epochs, self.elapsed_s, eta, self.env_steps, rate, reward, falls)
        )
        if self.curriculum:
            metrics["curriculum"] = self.curriculum.level
        self.on_event(Metrics(self.iteration, {**metrics, "reward": reward, "falls": falls, "steps_per_s": rate}))

    def _look(self) -> bool:
        """Try the policy when it is time; True when it passed a full trial."""
        if self.iteration == self.config.epochs:
            return self._try_last() and self._is_hard_enough()
        if self.iteration % self._trial_spacing():
            return False
        trial = self.evaluate("quick")
        if trial.passed:
            trial = self.evaluate("full")
        self.on_event(Evaluated(self.iteration, trial.passed, trial.score, trial.values))
        collapsed = self.collapse.update(trial.score - trial.passed)
        if self.best is None or trial.score >= self.best[0]:
            self.best = (trial.score, _copy(self.ppo.averaged.state_dict()))
        elif collapsed:
            self._go_back()
        return trial.passed and self._is_hard_enough()

    def _is_hard_enough(self) -> bool:
        return self.curriculum is None or self.curriculum.is_finished

    def _try_last(self) -> bool:
        """Hold the last policy against the best so far, on starts that neither was chosen by: trials can be lucky.

        Returns:
            Whether the better one passed.
        """
        last = self.evaluate("last")
        weights = _copy(self.ppo.averaged.state_dict())
        if self.best is not None:
            self.ppo.averaged.load_state_dict(self.best[1])
            best = self.evaluate("last")
            if best.score > last.score:
                last, weights = best, self.best[1]
            self.ppo.averaged.load_state_dict(weights)
        self.best = (last.score, weights)
        self.on_event(Evaluated(self.iteration, last.passed, last.score, last.values))
        return last.passed

    def _trial_spacing(self) -> int:
        """Iterations between trials: the longer a training has taken, the less a few more of them matter."""
        every = self.config.evaluate_every
        return every * max(1, 2 ** int(math.log2(max(1.0, TRIAL_SPACING * self.iteration / every))))

    def _go_back(self) -> None:
        """Go on from the best policy with a lower rate; a training that needs this again and again is given up."""
        assert self.best is not None
        config, score = self.config.collapse, self.best[0]
        reason = f"{config.trials} trials in a row scored below {config.share:g} of the best, {self.collapse.best:.2f}"
        if self.collapse.returns > config.returns:
            raise BrokeDown(f"{reason}, after {config.returns} returns to that; lower the learning rate")
        self.ppo.go_back(self.best[1], config.rate_share)
        self.on_event(Returned(self.iteration, score, self.ppo.learning_rate, reason))

    def use_best(self) -> None:
        """Make the best policy that a trial has seen the one that is exported."""
        if self.best:
            self.ppo.averaged.load_state_dict(self.best[1])

    def save(self) -> None:
        """Write the full state of the training.

        Raises:
            BrokeDown: a number of it is none; the last checkpoint stands.
        """
        state = {
            "iteration": self.iteration,
            "elapsed_s": self.elapsed_s,
            "prior_steps": self.prior_steps,
            "ppo": self.ppo.state_dict(),
            "style": self.style.state_dict() if self.style else None,
            "best": list(self.best) if self.best else None,
            "collapse": self.collapse.state_dict(),
            "curriculum": self.curriculum.state_dict() if self.curriculum else None,
            "torch_rng": torch.get_rng_state(),
            "task_rng": self.task.generator.get_state(),
        }
        broken = broken_state(state)
        if broken:
            raise BrokeDown(f"{broken} is not finite any more; lower the learning rate")
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        save_checkpoint(state, self.checkpoint)
        self.on_event(Checkpointed(self.iteration, f"{self.checkpoint.parent.name}/{self.checkpoint.name}"))

    def load(self) -> None:
        """Take up a training where its checkpoint left it; robots begin new episodes.

        Raises:
            RunError: no checkpoint, one that cannot be read, or one of another training.
        """
        state = load_checkpoint(self.checkpoint)
        try:
            self._take(state)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError, RuntimeError) as error:
            reason = str(error).strip().splitlines()[-1].strip()
            raise RunError(f"{self.checkpoint}: not a checkpoint of this training ({reason})") from error

    def _take(self, state: dict[str, Any]) -> None:
        self.iteration, self.elapsed_s = int(state["iteration"]), float(state["elapsed_s"])
        self.prior_steps = int(state["prior_steps"])
        self.ppo.load_state_dict(state["ppo"])
        if self.style:
            self.style.load_state_dict(state["style"], self.task.state)
        self.best = (float(state["best"][0]), state["best"][1]) if state["best"] else None
        self.collapse.load_state_dict(state["collapse"])
        if self.curriculum:
            self.curriculum.load_state_dict(state["curriculum"])
            self._set_level()
        torch.set_rng_state(state["torch_rng"])
        self.task.generator.set_state(state["task_rng"])


def _speed_error(state: StepState) -> float:
    """Mean error of the robots' velocity over a gait cycle, in shares of the commanded; 0 where all shall stand."""
    commanded = state.command[:, :2].norm(dim=-1).mean()
    error = (state.mean_velocity - state.command)[:, :2].norm(dim=-1).mean()
    return float(error / commanded) if commanded > 0 else 0.0


def _copy(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in weights.items()}
