"""The pipeline: inspect, prepare, train, export, validate. Terminal, browser and Python call these functions."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from webfoot.config import TrainConfig, parse_config, read_yaml, save_config
from webfoot.errors import ConfigError, MotionError, PolicyError, RunError
from webfoot.evaluate.criteria import judge
from webfoot.evaluate.render import render_video
from webfoot.evaluate.report import TrainingSummary, ValidationReport
from webfoot.evaluate.rollout import RolloutConfig, Stage, roll_out
from webfoot.evaluate.store import load_episodes
from webfoot.export.check import Check
from webfoot.export.describe import Provenance, describe, sha256_of
from webfoot.export.graph import GraphPolicy, PolicyGraph, example_observations, freeze
from webfoot.export.layout import Layout as ContractLayout
from webfoot.export.runtime import ControlLoop, OnnxPolicy
from webfoot.export.write import ExportResult, export_policy, write_atomically
from webfoot.learn.actor import MirrorMaps
from webfoot.learn.events import Event, OnEvent, Prepared
from webfoot.learn.ppo import Ppo
from webfoot.learn.trainer import Outcome, Stopped, Trainer, Trial
from webfoot.monitor.log import EventLog
from webfoot.monitor.tensorboard import TensorboardLog
from webfoot.motion.bundled import BUNDLED_MOTIONS, bundled_path
from webfoot.motion.clip import Motion
from webfoot.motion.formats import webfoot_npz
from webfoot.motion.formats.columns import NOTHING_SAID, ColumnMap
from webfoot.motion.inspect import inspect
from webfoot.motion.prepare import prepare
from webfoot.motion.read import read_motions
from webfoot.motion.reference import Reference, build_reference, is_symmetric
from webfoot.robots.spec import Robot
from webfoot.robots.table import load_robot
from webfoot.runs import Run
from webfoot.sim.cpu import CpuSim
from webfoot.sim.randomize import randomize
from webfoot.sim.threads import apply_threads, share_cores
from webfoot.task.observe import ACTOR_TERMS, Layout, mirror_layout
from webfoot.task.walk import WalkTask
from webfoot.validation import validate_episodes, write_report

QUICK_TRIAL = RolloutConfig(episodes=8, episode_s=6.0, seed=500)
FULL_TRIAL = RolloutConfig(episodes=32, episode_s=10.0, seed=501)
"""Trials during training; validation uses other starts and more of them."""
TRIAL_MARGIN = 0.9
"""A trial asks for this share of what the criteria allow, so that what passes here passes there."""


@dataclass(frozen=True)
class TrainResult:
    """What a training left behind."""

    run: Run
    report: ValidationReport | None
    """The verdict; None where training was stopped before there was a policy to judge."""
    stopped: Stopped
    reason: str = ""


def load_motions(location: str | Path, robot: Robot, columns: ColumnMap = NOTHING_SAID) -> list[Motion]:
    """Read a file, a folder, `FILE#CLIP`, or a clip that comes with a bundled robot, as it is."""
    name = str(location)
    if name in BUNDLED_MOTIONS.get(robot.name, {}) and not Path(name).exists():
        return read_motions(bundled_path(robot.name, name), robot)
    return read_motions(location, robot, columns)


def prepare_motions(motions: list[Motion], robot: Robot, config: TrainConfig) -> list[Motion]:
    """Make motions ready to be followed; each says in its notes what was changed.

    Raises:
        MotionError: a motion that inspection finds unusable.
    """
    for motion in motions:
        report = inspect(motion, robot)
        broken = [finding for finding in report.findings if finding.severity == "error"]
        if broken and not report.usable:
            raise MotionError(f"{motion.name}: {broken[0].message}; {broken[0].cure}")
    return [prepare(motion, robot, config.prepare) for motion in motions]


def train(
    motion: str | Path,
    robot: str | Path = "duckling",
    config: TrainConfig | None = None,
    out: str | Path = "runs",
    on_event: OnEvent | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> TrainResult:
    """Train a policy to walk as the motion does, export it and validate it.

    Args:
        motion: file, folder, `FILE#CLIP`, or the name of a clip of the bundled robot.
        robot: name of a bundled robot, or path of an MJCF.
        config: every option; the defaults give a walking duck.
        out: folder in which the run folder is made.
        on_event: called with every event.
        should_stop: asked after every iteration.

    Raises:
        WebfootError: wrong input, in one sentence.
    """
    config = config or TrainConfig()
    body = load_robot(robot)
    motions = prepare_motions(load_motions(motion, body, config.columns), body, config)
    run = Run.create(Path(out), motions[0].name if len(motions) == 1 else Path(str(motion)).stem)
    run.motions_dir.mkdir()
    for number, clip in enumerate(motions):
        webfoot_npz.write(clip, run.motions_dir / f"{number:04d}.npz")
    asked = {"robot": str(body.mjcf) if Path(str(robot)).exists() else str(robot), "motion": str(motion)}
    save_config(config, asked, run.config_file)
    return _Session(run, body, motions, config).run(False, on_event, should_stop)


def resume(
    run_folder: str | Path,
    on_event: OnEvent | None = None,
    should_stop: Callable[[], bool] | None = None,
    overrides: dict[str, Any] | None = None,
) -> TrainResult:
    """Take up a training where its last checkpoint left it, export and validate.

    Args:
        overrides: options to change from now on, such as `epochs` or `max_minutes`.

    Raises:
        RunError: not a run, or no readable checkpoint.
    """
    run, body, motions, config = open_run(run_folder)
    if overrides:
        config = parse_config({**config.model_dump(mode="json"), **overrides})
        asked = {name: value for name, value in read_yaml(run.config_file).items() if name != "config"}
        save_config(config, asked, run.config_file)
    return _Session(run, body, motions, config).run(True, on_event, should_stop)


def open_run(run_folder: str | Path) -> tuple[Run, Robot, list[Motion], TrainConfig]:
    """A run with its robot, its prepared motions and its config."""
    run = Run.open(run_folder)
    document = read_yaml(run.config_file)
    if not isinstance(document.get("config"), dict) or "robot" not in document:
        raise RunError(f"{run.config_file}: not written by a training (no 'config' or 'robot' in it)")
    robot = load_robot(str(document["robot"]))
    motions = [clip for path in sorted(run.motions_dir.glob("*.npz")) for clip in webfoot_npz.read(path)]
    if not motions:
        raise RunError(f"{run.motions_dir}: no prepared motions; start the training anew")
    return run, robot, motions, parse_config(document["config"])


def export(run_folder: str | Path, out: str | Path | None = None) -> Path:
    """Write the ONNX policy of a run from its checkpoint; by default into the run folder."""
    run, robot, motions, config = open_run(run_folder)
    session = _Session(run, robot, motions, config)
    session.trainer.load()
    session.trainer.use_best()
    path = Path(out) if out else run.policy_file
    session.export(path)
    return path


def validate(policy: str | Path, robot: str | Path | None = None, motion: str | Path | None = None) -> ValidationReport:
    """Judge an ONNX policy by its file alone, from standing starts.

    Args:
        policy: the file; one that lies in a run folder brings its robot, reference and criteria along.
        robot: name or MJCF path; by default that of the run, or the bundled robot that the contract names.
        motion: the reference to compare with; by default that of the run.

    Raises:
        PolicyError: the file is not a policy, or not one for this robot.
        MotionError: no reference is known.
    """
    path = Path(policy)
    contract = OnnxPolicy(path).contract
    config = TrainConfig()
    body, motions = None, []
    if (path.parent / "config.yaml").is_file():
        _, body, motions, config = open_run(path.parent)
    if robot is not None or body is None:
        body = load_robot(robot or str(contract["robot"]["name"]))
    if list(body.joint_names) != contract["joints"]["names"]:
        raise PolicyError(
            f"{path.name}: made for robot '{contract['robot']['name']}', whose joints are not those of '{body.name}'; "
            "give its own with --robot"
        )
    if motion is not None:
        motions = prepare_motions(load_motions(motion, body, config.columns), body, config)
    if not motions:
        raise MotionError(f"{path.name}: lies in no run folder, so its reference is not known; give it with --motion")
    stage = Stage(body, build_reference(motions, body), config.sim, config.task.termination)
    return validate_episodes(path, stage, config.rollout, config.criteria).report


def render(run_folder: str | Path, out: str | Path | None = None) -> Path:
    """Draw an episode of a run's validation as a WebM video.

    Raises:
        RunError: the run was not validated yet, or this machine cannot draw.
    """
    run, robot, _, _ = open_run(run_folder)
    if not run.rollout_file.is_file():
        raise RunError(f"{run_folder}: no rollout.npz to draw; let the training finish first")
    path = Path(out) if out else run.video_file
    reason = render_video(robot, load_episodes(run.rollout_file), path)
    if reason:
        raise RunError(reason)
    return path


class _Session:
    """One training with everything it needs, put together."""

    def __init__(self, run: Run, robot: Robot, motions: list[Motion], config: TrainConfig):
        apply_threads(share_cores())
        torch.manual_seed(config.seed)
        self.run_folder, self.robot, self.motions, self.config = run, robot, motions, config
        self.reference = build_reference(motions, robot)
        self.sim = CpuSim(robot, config.sim, config.batch_size)
        randomize(self.sim, config.randomize, config.seed)
        self.task = WalkTask(robot, self.reference, self.sim, config.task, config.seed)
        mirror = mirror_maps(robot, self.reference) if config.ppo.symmetry else None
        self.ppo = Ppo(self.task.observe(), robot.nu, config.ppo, mirror)
        self.stage = Stage(robot, self.reference, config.sim, config.task.termination)
        self.listeners: list[OnEvent] = []
        self._layout: ContractLayout | None = None
        self.trainer = Trainer(self.task, self.ppo, config, self._try, run.checkpoint_file, self._tell)

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
        with ExitStack() as stack:
            log = EventLog(self.run_folder.events_file)
            board = TensorboardLog(self.run_folder.tensorboard_dir, self.trainer.iteration)
            stack.callback(log.close)
            stack.callback(board.close)
            self.listeners = [log, board, *([] if on_event is None else [on_event])]
            for motion in self.motions if not from_checkpoint else []:
                self._tell(Prepared(motion.name, motion.notes))
            outcome = self.trainer.run((lambda: False) if should_stop is None else should_stop)
        self._keep_dumps()
        if outcome.stopped in ("diverged", "interrupted"):
            return TrainResult(self.run_folder, None, outcome.stopped, outcome.reason)
        self.trainer.use_best()
        try:
            exported = self.export(self.run_folder.policy_file)
        except PolicyError as error:
            return TrainResult(self.run_folder, None, "diverged", f"{error}; lower the learning rate")
        return TrainResult(self.run_folder, self._validate(exported, outcome), outcome.stopped)

    def export(self, path: Path) -> ExportResult:
        """Write the current actor with its contract."""
        asked = self.config.model_dump_json()
        hashes = tuple(sha256_of(file) for file in sorted(self.run_folder.motions_dir.glob("*.npz")))
        provenance = Provenance(self.run_folder.name, self.config.method, hashes, asked)
        contract = describe(self.robot, self.reference, self.config.task, self.config.sim, provenance)
        return export_policy(self._graph(), contract, path, example_observations(self._seen()).numpy())

    def _graph(self) -> PolicyGraph:
        return freeze(PolicyGraph(self.ppo.frozen_actor(), self.task.series, self.task.actions))

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

    def _try(self, full: bool) -> Trial:
        """Roll the policy out from standing starts."""
        try:
            policy = self._trial_policy(full)
        except PolicyError:  # weights so large that ONNX and torch differ: no policy to keep, but it may recover
            return Trial(False, 0.0, {})
        trial, asked = FULL_TRIAL if full else QUICK_TRIAL, self.config.rollout
        shorter = {name: min(getattr(trial, name), getattr(asked, name)) for name in ("episodes", "episode_s")}
        episodes = roll_out(policy, self.stage, trial.model_copy(update=shorter))
        return _trial(judge(episodes, self.config.criteria))

    def _trial_policy(self, full: bool) -> ControlLoop:
        """The policy as ONNX, which a pass needs and which is deployed; a quick trial saves the export where it can."""
        if self._layout is not None and not full:
            return GraphPolicy(self._graph(), self._layout)
        self.export(self.run_folder.trial_file)
        policy = OnnxPolicy(self.run_folder.trial_file)
        self._layout = policy.layout
        return policy

    def _tell(self, event: Event) -> None:
        for listener in self.listeners:
            listener(event)

    def _keep_dumps(self) -> None:
        if self.sim.dumps:
            document = {"count": self.sim.num_unstable, "last_good_states": self.sim.dumps}
            write_atomically(self.run_folder.unstable_file, json.dumps(document).encode())


def _trial(checks: list[Check]) -> Trial:
    """A trial passes with a margin; its score is above 1 then, and the higher the smaller the errors are."""
    use = [_use(check) for check in checks]
    passed = all(check.passed for check in checks) and max(use) <= TRIAL_MARGIN
    quality = 1.0 / (1.0 + sum(use) / len(use))
    return Trial(passed, quality + passed, {check.name: check.value for check in checks})


def _use(check: Check) -> float:
    """How much of what the limit allows is used up: 0 is perfect, 1 at the limit; at most 3, also for NaN."""
    if check.comparison == "<=":
        share = check.value / check.limit
    else:
        share = (1.0 - check.value) / max(1.0 - check.limit, 1e-6)
    return min(share, 3.0) if share == share else 3.0


def mirror_maps(robot: Robot, reference: Reference) -> MirrorMaps | None:
    """Left-right mirror maps for the actor; None where robot or motion is not symmetric."""
    if robot.mirror is None or not is_symmetric(reference, robot.mirror):
        return None
    action = Layout(robot.mirror.permutation.tolist(), robot.mirror.sign.tolist())
    return MirrorMaps(mirror_layout(robot, ACTOR_TERMS), action)


class PolicyTrainer:
    """The pipeline under the names of the user's sketch."""

    def __init__(self, output_dir: str | Path = "runs", robot: str | Path = "duckling"):
        self.output_dir, self.robot = Path(output_dir), robot

    def train_policy(self, reference_motion_path: str | Path, params: dict[str, Any]) -> str:
        """Train a policy from a reference motion.

        Args:
            reference_motion_path: file of the reference motion.
            params: `epochs`, `batch_size`, `learning_rate`, `hidden_size`, or any option of `TrainConfig`.

        Returns:
            Path of the ONNX file; the verdict is in `report.json` beside it.

        Raises:
            WebfootError: wrong input, or a training that broke down.
        """
        result = train(reference_motion_path, self.robot, parse_config(params), self.output_dir)
        if result.report is None:
            raise ConfigError(f"the training ended as {result.stopped}: {result.reason}")
        return str(result.run.policy_file)
