"""`Training`: one training with everything it needs, put together: learn, try, export the best policy, validate it."""

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from webfoot.config import TrainConfig, for_library, parse_config
from webfoot.errors import MotionError, PolicyError
from webfoot.evaluate.criteria import judge
from webfoot.evaluate.disturbed import disturbed_checks, undisturbed
from webfoot.evaluate.gait import duty_error, stride_error
from webfoot.evaluate.report import TrainingSummary, ValidationReport
from webfoot.evaluate.rollout import RolloutConfig, Stage, roll_out
from webfoot.evaluate.store import save_episodes
from webfoot.export.atomic import write_atomically
from webfoot.export.check import Check
from webfoot.export.compact import CompactGraph
from webfoot.export.describe import Provenance, describe, sha256_of
from webfoot.export.graph import GraphPolicy, PolicyGraph, example_observations, freeze
from webfoot.export.write import ExportResult, export_policy
from webfoot.learn.actor import MirrorMaps
from webfoot.learn.amp import StyleReward
from webfoot.learn.demonstrate import demonstrate
from webfoot.learn.events import Demonstrated, Event, OnEvent, Prepared, Progress
from webfoot.learn.imitate import imitate, teach
from webfoot.learn.ppo import Ppo
from webfoot.learn.trainer import Outcome, Stopped, Trainer, Trial, TrialKind
from webfoot.monitor.log import EventLog, read_events
from webfoot.monitor.tensorboard import TensorboardLog
from webfoot.monitor.watch import Watch
from webfoot.motion.clip import Motion
from webfoot.motion.library import build_reference
from webfoot.motion.reference import Reference, is_symmetric
from webfoot.robots.spec import Robot
from webfoot.runs import Run
from webfoot.sim.conditions import Conditions, make_ground
from webfoot.sim.devices import make_sim
from webfoot.sim.threads import apply_threads, share_cores
from webfoot.task.observe import Layout, mirror_layout
from webfoot.task.style import style_tolerances
from webfoot.task.walk import TaskConfig, WalkTask
from webfoot.validation import validate_episodes, write_report
from webfoot_runtime.layout import Layout as ContractLayout
from webfoot_runtime.policy import ControlLoop, OnnxPolicy

TRIALS: dict[TrialKind, RolloutConfig] = {
    "quick": RolloutConfig(episodes=8, episode_s=6.0, command_s=3.0, disturbed_s=6.0, seed=500),
    "full": RolloutConfig(episodes=32, episode_s=10.0, seed=501),
    "last": RolloutConfig(episodes=64, episode_s=10.0, seed=502),
}
"""Trials during training; validation uses other starts and more of them."""
LIBRARY_EPISODES = 4
"""A trial out of a library, whose commands differ, has so many times the episodes."""
TRIAL_MARGIN = 0.9
"""A trial asks for this share of what the criteria allow, so that what passes here passes there."""
SHOWN_EPISODES = 4
"""Episodes of a trial that are kept to be looked at."""


DEMONSTRATION_STEPS = 250
LESSON_STEPS, LESSON_NOISE_RAD = 400, 0.04
LESSON_EPISODE_S, LESSON_STANDING_SHARE = 3.0, 0.5
"""A pupil has to learn to begin, so episodes are short and many begin standing."""
DEMONSTRATION_EPISODE_S = 120.0
"""So long that few robots begin a new episode while they demonstrate."""
TEACHER_TIMING = 0.15
"""Weight of `foot_timing` for a policy that demonstrates: its rhythm is what is imitated."""
MOST_TEACHING = 400
"""Iterations, or half of all where that is more, after which a policy demonstrates whatever it can."""
LEAST_DEMONSTRATED = 25
"""Control steps that half of its robots must walk before a fall."""


@dataclass(frozen=True)
class TrainResult:
    """What a training left behind."""

    run: Run
    report: ValidationReport | None
    """The verdict; None where training was stopped before there was a policy to judge."""
    stopped: Stopped
    reason: str = ""


class Training:
    """One training with everything it needs, put together."""

    def __init__(self, run: Run, robot: Robot, motions: list[Motion], config: TrainConfig):
        apply_threads(share_cores())
        torch.manual_seed(config.seed)
        self.run_folder, self.robot, self.motions, self.config = run, robot, motions, config
        self.reference = build_reference(motions, robot)
        ground = make_ground(robot, config.randomize, config.batch_size, config.seed)
        self.sim = make_sim(config.device, robot, config.sim, config.batch_size, ground)
        self.conditions = Conditions(self.sim, robot, config.randomize, config.seed)
        self.task = WalkTask(robot, self.reference, self.sim, config.task, config.seed, self.conditions)
        mirror = mirror_maps(robot, self.reference, config.task) if config.ppo.symmetry else None
        self.ppo = Ppo(self.task.observe(), robot.nu, config.ppo, mirror)
        if config.task.action_base == "default":
            self.ppo.start_at(self.task.actions.reaching(self.task.series.mean_target()))
        self.style = self._style() if max(config.style.weight, config.style.final_weight) > 0 else None
        self.stage = Stage(robot, self.reference, config.sim, config.task.termination, config.task.command)
        self.listeners: list[OnEvent] = []
        self.watch = Watch(config.health, config.ppo)
        self._layout: ContractLayout | None = None
        self.trainer = Trainer(self.task, self.ppo, config, self._try, run.checkpoint_file, self._tell, self.style)

    def run(
        self, from_checkpoint: bool, on_event: OnEvent | None, should_stop: Callable[[], bool] | None
    ) -> TrainResult:
        """Train, export the best policy, validate it."""
        with self.run_folder.held():
            return self._run(from_checkpoint, on_event, should_stop)

    def _run(
        self, from_checkpoint: bool, on_event: OnEvent | None, should_stop: Callable[[], bool] | None
    ) -> TrainResult:
        if from_checkpoint and self.run_folder.checkpoint_file.is_file():
            self.trainer.load()
            self.watch.recall(read_events(self.run_folder.events_file), self.trainer.iteration)
        with ExitStack() as stack:
            log = EventLog(self.run_folder.events_file)
            board = TensorboardLog(self.run_folder.tensorboard_dir, self.trainer.iteration)
            stack.callback(log.close)
            stack.callback(board.close)
            self.listeners = [log, board, *([] if on_event is None else [on_event])]
            if self.task.commands.changes and not from_checkpoint:
                self._tell(Prepared("library", (self.task.commands.summary(), *self._misfits())))
            for motion in self.motions if not from_checkpoint else []:
                self._tell(Prepared(motion.name, motion.notes))
            outcome = self._learn((lambda: False) if should_stop is None else should_stop)
        self._keep_dumps()
        if outcome.stopped in ("diverged", "interrupted"):
            return TrainResult(self.run_folder, None, outcome.stopped, outcome.reason)
        self.trainer.use_best()
        try:
            exported = self.export(self.run_folder.policy_file)
        except PolicyError as error:
            return TrainResult(self.run_folder, None, "diverged", f"{error}; lower the learning rate")
        return TrainResult(self.run_folder, self._validate(exported, outcome), outcome.stopped)

    def _misfits(self) -> tuple[str, ...]:
        """What is left out of a library and why; nothing where all is in it."""
        names = self.reference.left_out
        return (f"left out, unlike what neighbouring clips do: {', '.join(names)}",) if names else ()

    def _style(self) -> StyleReward:
        state = self.task.state
        return StyleReward(state, style_tolerances(self.robot, state), self.config.style)

    def _learn(self, should_stop: Callable[[], bool]) -> Outcome:
        """Have the style demonstrated where one is learnt and nothing was shown yet, then train."""
        if self.style and not self.trainer.iteration:
            ended = self._be_shown(self.style, should_stop)
            if ended in ("diverged", "interrupted"):
                return Outcome(ended, 0, 0, 0.0, "the policy that demonstrates was not finished")
        return self.trainer.run(should_stop)

    def _be_shown(self, style: StyleReward, should_stop: Callable[[], bool]) -> Stopped:
        """Train a policy that tracks the reference, and show the adversary how it walks; tells how that ended."""
        began = time.perf_counter()
        config = _teaching(self.config, self.reference.num_clips > 1)
        teacher = Training(self.run_folder, self.robot, self.motions, config)
        teacher.trainer.checkpoint = self.run_folder.teacher_file
        teacher.listeners = [lambda event: self._tell(event) if isinstance(event, Progress) else None]
        outcome = teacher.trainer.run(should_stop)
        if outcome.stopped in ("diverged", "interrupted"):
            return outcome.stopped
        teacher.trainer.use_best()
        undisturbed = config.task.model_copy(update={"episode_s": DEMONSTRATION_EPISODE_S})
        stage = WalkTask(self.robot, self.reference, teacher.sim, undisturbed, config.seed)
        frames = demonstrate(stage, teacher.ppo.frozen_actor(), DEMONSTRATION_STEPS)
        if frames.shape[1] < LEAST_DEMONSTRATED:
            raise MotionError(
                f"{self.motions[0].name}: a policy that tracks it falls, so there is nothing to learn its style from; "
                "train with --method tracking and see why"
            )
        style.show(frames, self.task.state)
        if self.config.style.warm_start:
            stage = WalkTask(self.robot, self.reference, teacher.sim, _with_starts(config.task), config.seed)
            lesson = teach(stage, teacher.ppo.frozen_actor(), self.task, LESSON_STEPS, LESSON_NOISE_RAD)
            imitate(self.ppo.actor, lesson, self.config.style.warm_start)
            self.ppo.go_back(self.ppo.actor.state_dict(), 1.0)
        self.trainer.elapsed_s = time.perf_counter() - began
        watched = DEMONSTRATION_STEPS + (LESSON_STEPS if self.config.style.warm_start else 0)
        self.trainer.prior_steps = outcome.env_steps + stage.num_envs * watched
        self._tell(Demonstrated(len(frames), self.trainer.elapsed_s, self.trainer.prior_steps, outcome.stopped))
        return outcome.stopped

    def export(self, path: Path) -> ExportResult:
        """Write the current actor with its contract."""
        asked = self.config.model_dump_json()
        hashes = tuple(sha256_of(file) for file in sorted(self.run_folder.motions_dir.glob("*.npz")))
        provenance = Provenance(self.run_folder.name, self.config.method, hashes, asked)
        contract = describe(self.robot, self.reference, self.config.task, self.config.sim, provenance)
        graph, seen = self._graph(), example_observations(self._seen()).cpu().numpy()
        return export_policy(graph, contract, path, seen, written=CompactGraph(graph))

    def _graph(self) -> PolicyGraph:
        return freeze(PolicyGraph(self.ppo.frozen_actor(), self.task))

    def _seen(self) -> Tensor:
        """What the actor saw in its last rollout; after a checkpoint was loaded it has to look again, (n, size)."""
        seen = self.ppo.seen_observations()
        if seen.any():
            return seen
        rows = [self.task.observe()]
        for _ in range(self.config.ppo.steps):
            rows.append(self.task.step(self.ppo.act(rows[-1])).observation)
        return torch.cat([row.actor for row in rows])

    def _validate(self, exported: ExportResult, outcome: Outcome) -> ValidationReport:
        training = TrainingSummary(
            wall_s=outcome.elapsed_s,
            env_steps=outcome.env_steps,
            steps_per_s=outcome.env_steps / max(outcome.elapsed_s, 1e-9),
            epochs=outcome.iteration,
        )
        judged = validate_episodes(
            exported.path, self.stage, self.config.rollout, self.config.criteria, exported.parity, training
        )
        write_report(self.run_folder, judged, self.robot)
        return judged.report

    def _try(self, kind: TrialKind) -> Trial:
        """Roll the policy out from standing starts."""
        try:
            policy = self._trial_policy(as_file=kind != "quick")
        except PolicyError:  # weights so large that ONNX and torch differ: no policy to keep, but it may recover
            return Trial(False, 0.0, {})
        trial, asked, criteria = TRIALS[kind], self.config.rollout, self.config.criteria
        names = ("episodes", "episode_s", "disturbed_s")
        shorter = {name: min(getattr(trial, name), getattr(asked, name)) for name in names}
        rollout = trial.model_copy(update={**shorter, "conditions": asked.conditions})
        if self.reference.num_clips > 1:  # a few commands say little about all of them
            rollout = rollout.model_copy(update={"episodes": min(LIBRARY_EPISODES * rollout.episodes, asked.episodes)})
        episodes = roll_out(policy, self.stage, undisturbed(rollout))
        save_episodes(episodes, self.run_folder.trial_rollout_file, SHOWN_EPISODES, self.trainer.iteration)
        checks = [*judge(episodes, criteria), *disturbed_checks(policy, self.stage, rollout, criteria)]
        return _trial(checks, {"stride_error": stride_error(episodes), "duty_error": duty_error(episodes)})

    def _trial_policy(self, as_file: bool) -> ControlLoop:
        """The policy as ONNX, which a pass needs and which is deployed; a quick trial saves the export where it can."""
        if self._layout is not None and not as_file:
            return GraphPolicy(self._graph(), self._layout)
        self.export(self.run_folder.trial_file)
        policy = OnnxPolicy(self.run_folder.trial_file)
        self._layout = policy.layout
        return policy

    def _tell(self, event: Event) -> None:
        """Pass an event on, and the alerts that it gives rise to."""
        for told in (event, *self.watch(event)):
            for listener in self.listeners:
                listener(told)

    def _keep_dumps(self) -> None:
        if self.sim.dumps:
            document = {"count": self.sim.num_unstable, "last_good_states": self.sim.dumps}
            write_atomically(self.run_folder.unstable_file, json.dumps(document).encode())


def _teaching(config: TrainConfig, library: bool) -> TrainConfig:
    """How the policy that demonstrates is trained: it tracks the same clips on plain robots, in half of the time."""
    given = config.model_dump(mode="json", include={"seed", "device", "batch_size", "sim", "rollout", "criteria"})
    minutes = 0.5 * config.max_minutes if config.max_minutes else None
    epochs = min(config.epochs, max(MOST_TEACHING, config.epochs // 2))
    task = {"command": config.task.command.model_dump(), "reward": {"foot_timing": TEACHER_TIMING}}
    teaching = {**given, "method": "tracking", "epochs": epochs, "max_minutes": minutes, "task": task}
    return for_library(parse_config(teaching)) if library else parse_config(teaching)


def _with_starts(task: TaskConfig) -> TaskConfig:
    start = task.start.model_copy(update={"standing_share": LESSON_STANDING_SHARE})
    return task.model_copy(update={"episode_s": LESSON_EPISODE_S, "start": start})


def _trial(checks: list[Check], rhythm: dict[str, float]) -> Trial:
    """A trial passes with a margin; its score is above 1 then, and the higher the smaller the errors are."""
    use = [_use(check) for check in checks]
    passed = all(check.passed for check in checks) and max(use) <= TRIAL_MARGIN
    quality = 1.0 / (1.0 + sum(use) / len(use))
    return Trial(passed, quality + passed, {check.name: check.value for check in checks} | rhythm)


def _use(check: Check) -> float:
    """How much of what the limit allows is used up: 0 is perfect, 1 at the limit; at most 3, also for NaN."""
    if check.comparison == "<=":
        share = check.value / check.limit
    else:
        share = (1.0 - check.value) / max(1.0 - check.limit, 1e-6)
    return min(share, 3.0) if share == share else 3.0


def mirror_maps(robot: Robot, reference: Reference, task: TaskConfig) -> MirrorMaps | None:
    """Left-right mirror maps for the actor; None where robot or motion is not symmetric."""
    if robot.mirror is None or not is_symmetric(reference, robot.mirror):
        return None
    action = Layout(robot.mirror.permutation.tolist(), robot.mirror.sign.tolist())
    return MirrorMaps(mirror_layout(robot, task.observation, task.history), action)
