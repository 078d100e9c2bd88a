"""The pipeline: inspect, prepare, train, export, validate. Terminal, browser and Python call these functions."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from webfoot.config import TrainConfig, for_library, parse_config, save_config
from webfoot.errors import ConfigError, MotionError, PolicyError, RobotError, RunError, UnknownName
from webfoot.evaluate import robustness
from webfoot.evaluate.metrics import measure
from webfoot.evaluate.render import render_video
from webfoot.evaluate.report import ValidationReport
from webfoot.evaluate.robustness import OnTried, Robustness
from webfoot.evaluate.robustness_report import write_robustness
from webfoot.evaluate.rollout import RolloutConfig, Stage, roll_out
from webfoot.evaluate.scenarios import SUITES
from webfoot.evaluate.scene import robot_scene
from webfoot.evaluate.store import load_episodes
from webfoot.export.bench import Bench
from webfoot.export.bench import measure as bench_file
from webfoot.export.check import check_policy
from webfoot.export.contract import read_contract
from webfoot.export.fit import joint_order, robot_disagreement
from webfoot.export.profiles import PROFILES, write_profile
from webfoot.export.quantized import QuantizedPolicy
from webfoot.export.targets import HERE
from webfoot.learn.events import OnEvent
from webfoot.motion.augment import NOTHING_ADDED, augment
from webfoot.motion.bundled import BUNDLED_MOTIONS, bundled_path
from webfoot.motion.clip import Motion
from webfoot.motion.formats import webfoot_npz
from webfoot.motion.formats.columns import NOTHING_SAID, ColumnMap
from webfoot.motion.inspect import refusal, subject_of
from webfoot.motion.library import build_reference
from webfoot.motion.prepare import DEFAULT_CONFIG, PrepareConfig, prepare
from webfoot.motion.read import read_motions
from webfoot.robots.spec import Robot
from webfoot.robots.table import load_robot
from webfoot.runs import Run
from webfoot.sim.devices import check_device
from webfoot.sim.randomize import Preset, RandomizeConfig
from webfoot.training import Training, TrainResult
from webfoot.validation import validate_episodes
from webfoot.yaml_table import read_yaml
from webfoot_runtime.policy import OnnxPolicy

BENCH_ROLLOUT = RolloutConfig(episodes=16, episode_s=5.0)
"""How float32 and int8 are let walk to be compared."""


def load_motions(location: str | Path, robot: Robot, columns: ColumnMap = NOTHING_SAID) -> list[Motion]:
    """Read a file, a folder, `FILE#CLIP`, or a clip that comes with a bundled robot, as it is."""
    name = str(location)
    if name in BUNDLED_MOTIONS.get(robot.name, {}) and not Path(name).exists():
        return read_motions(bundled_path(robot.name, name), robot)
    return read_motions(location, robot, columns)


def prepare_motions(motions: list[Motion], robot: Robot, config: TrainConfig) -> list[Motion]:
    """Make motions ready to be followed, and more of them where the config asks; notes say what was done.

    Raises:
        MotionError: a motion that inspection finds unusable, or more motions than are made.
    """
    how = config.prepare if len(motions) == 1 else config.prepare.model_copy(update={"symmetrise": False})
    prepared = [_prepared(motion, robot, how) for motion in motions]  # a library is made symmetric as a whole
    if config.augment.does_nothing:
        return prepared
    made = augment(prepared, robot, config.augment, for_training=True)
    left_out = [f"left out {variant.name}: {variant.left_out}" for variant in made.variants if variant.left_out]
    first, *others = made.motions
    return [replace(first, notes=(*first.notes, f"augmented: {made.summary()}", *left_out)), *others]


def _prepared(motion: Motion, robot: Robot, config: PrepareConfig) -> Motion:
    subject = subject_of(motion, robot)
    wrong = refusal(subject)
    if wrong is not None:
        raise MotionError(f"{motion.name}: {wrong.message}; {wrong.cure}")
    if config == DEFAULT_CONFIG and subject.prepared is not None:
        return subject.prepared
    return prepare(motion, robot, config)


def train(
    motion: str | Path,
    robot: str | Path = "duckling",
    config: TrainConfig | None = None,
    out: str | Path = "runs",
    on_event: OnEvent | None = None,
    should_stop: Callable[[], bool] | None = None,
    folder: Path | None = None,
) -> TrainResult:
    """Train a policy to walk as the motion does, export it and validate it.

    Args:
        motion: file, folder, `FILE#CLIP`, or the name of a clip of the bundled robot.
        robot: name of a bundled robot, or path of an MJCF.
        config: every option; the defaults give a walking duck.
        out: folder in which the run folder is made.
        on_event: called with every event.
        should_stop: asked after every iteration.
        folder: the run folder itself, instead of a new one in `out`; whole as soon as it holds a `config.yaml`.

    Raises:
        WebfootError: wrong input, in one sentence.
    """
    config = config or TrainConfig()
    check_device(config.device)
    body = load_robot(robot)
    motions = prepare_motions(load_motions(motion, body, config.columns), body, config)
    config = config if len(motions) == 1 else for_library(config)
    name = motions[0].name if len(motions) == 1 else Path(str(motion)).stem
    run = Run.create(Path(out), name) if folder is None else Run.create_at(folder)
    run.motions_dir.mkdir(exist_ok=True)
    for number, clip in enumerate(motions):
        webfoot_npz.write(clip, run.motions_dir / f"{number:04d}.npz")
    asked = {"robot": str(body.mjcf) if Path(str(robot)).exists() else str(robot), "motion": str(motion)}
    save_config(config, asked, run.config_file)
    return Training(run, body, motions, config).run(False, on_event, should_stop)


def resume(
    run_folder: str | Path,
    on_event: OnEvent | None = None,
    should_stop: Callable[[], bool] | None = None,
    overrides: dict[str, Any] | None = None,
) -> TrainResult:
    """Take up a training where its last checkpoint left it, export and validate.

    Args:
        overrides: options to change from now on: `epochs`, `max_minutes`, `learning_rate` after a break-down and such.

    Raises:
        RunError: not a run, or no readable checkpoint.
    """
    run, body, motions, config = open_run(run_folder)
    check_device(config.device)
    if overrides:
        config = parse_config({**config.model_dump(mode="json"), **overrides})
        asked = {name: value for name, value in read_yaml(run.config_file).items() if name != "config"}
        save_config(config, asked, run.config_file)
    return Training(run, body, motions, config).run(True, on_event, should_stop)


def open_run(run_folder: str | Path, robot: str | Path | None = None) -> tuple[Run, Robot, list[Motion], TrainConfig]:
    """A run with its robot (another where one is given), its prepared motions and its config."""
    run = Run.open(run_folder)
    document = read_yaml(run.config_file)
    if not isinstance(document.get("config"), dict) or "robot" not in document:
        raise RunError(f"{run.config_file}: not written by a training (no 'config' or 'robot' in it)")
    body = load_robot(robot) if robot is not None else _robot_of(run, str(document["robot"]))
    motions = [clip for path in sorted(run.motions_dir.glob("*.npz")) for clip in webfoot_npz.read(path)]
    if not motions:
        raise RunError(f"{run.motions_dir}: no prepared motions; start the training anew")
    return run, body, motions, parse_config(document["config"])


def _robot_of(run: Run, name: str) -> Robot:
    try:
        return load_robot(name)
    except RobotError as error:
        raise RobotError(f"{error}; it is named in {run.config_file}: correct 'robot' there if it was moved") from None


def export(run_folder: str | Path, out: str | Path | None = None) -> Path:
    """Write the ONNX policy of a run from its checkpoint; by default into the run folder."""
    run, robot, motions, config = open_run(run_folder)
    training = Training(run, robot, motions, config)
    training.trainer.load()
    training.trainer.use_best()
    path = Path(out) if out else run.policy_file
    training.export(path)
    return path


def export_profile(run_folder: str | Path, profile: str, out: str | Path | None = None) -> list[Path]:
    """Write the policy of a run as another program reads it.

    Args:
        run_folder: its policy.onnx is taken, which was validated; one that has none yet is exported first.
        profile: a name in `webfoot.export.profiles.PROFILES`.
        out: folder for the files; by default `profiles/PROFILE` in the run folder.

    Returns:
        The files.

    Raises:
        UnknownName: no such profile.
        PolicyError: the policy is not one that this program can run.
    """
    run = Run.open(run_folder)
    if profile not in PROFILES:
        raise UnknownName("profile", profile, PROFILES)
    policy = run.policy_file if run.policy_file.is_file() else export(run_folder)
    return write_profile(policy, profile, Path(out) if out else run.folder / "profiles" / profile)


def validate(
    policy: str | Path,
    robot: str | Path | None = None,
    motion: str | Path | None = None,
    preset: Preset | None = None,
) -> ValidationReport:
    """Judge an ONNX policy by its file alone, from standing starts.

    Args:
        policy: the file; one that lies in a run folder brings its robot, reference and criteria along.
        robot: name or MJCF path; by default that of the run, or the bundled robot that the contract names.
        motion: the reference to compare with; by default that of the run.
        preset: conditions that it has to survive beside the plain model; by default those of the run, if any.

    Raises:
        PolicyError: the file is not a policy, or not one for this robot.
        MotionError: no reference is known.
    """
    path = Path(policy)
    stage, config = stage_of(path, robot, motion)
    rollout = config.rollout
    if preset is not None:
        rollout = rollout.model_copy(update={"conditions": RandomizeConfig(preset=preset)})
    recorded = load_episodes(path.parent / "rollout.npz") if (path.parent / "rollout.npz").is_file() else None
    return validate_episodes(path, stage, rollout, config.criteria, recorded=recorded).report


def try_everywhere(
    policy: str | Path,
    suite: str = "standard",
    robot: str | Path | None = None,
    motion: str | Path | None = None,
    seed: int | None = None,
    out: str | Path | None = None,
    on_tried: OnTried | None = None,
) -> Robustness:
    """Try an ONNX policy in every scenario at every level, and write what was found.

    Args:
        policy: the file.
        suite: a key of `webfoot.evaluate.scenarios.SUITES`.
        robot: as in `validate`.
        motion: as in `validate`.
        seed: of everything drawn; by default that of the run's validation.
        out: folder for robustness.html, robustness.json and the worst rollouts; by default `robustness` beside the
            policy.
        on_tried: called with the number of episodes done and of all.

    Raises:
        ConfigError: there is no such suite.
        PolicyError: the file is not a policy, or not one for this robot.
        MotionError: no reference is known.
    """
    if suite not in SUITES:
        raise ConfigError(f"there is no suite '{suite}'; one of {', '.join(SUITES)} would be right")
    path = Path(policy)
    stage, config = stage_of(path, robot, motion)
    seed = config.rollout.seed if seed is None else seed
    folder = Path(out) if out else path.parent / "robustness"
    folder.mkdir(parents=True, exist_ok=True)  # a place that cannot be written to is said before a minute of work
    found = robustness.try_everywhere(path, stage, suite, SUITES[suite], seed, on_tried)
    about = f"{path.parent.name}/{path.name} on {stage.robot.name}"
    write_robustness(found, folder, about, robot_scene(stage.robot))
    return found


def stage_of(path: Path, robot: str | Path | None, motion: str | Path | None) -> tuple[Stage, TrainConfig]:
    """What a policy is tried on, and the options that it is judged by: those of its run folder where it lies in one."""
    contract = OnnxPolicy(path).contract
    config = TrainConfig()
    motions: list[Motion] = []
    if (path.parent / "config.yaml").is_file():
        _, body, motions, config = open_run(path.parent, robot)
    elif robot is not None:
        body = load_robot(robot)
    else:
        body = _named(path, str(contract["robot"]["name"]))
    moved = joint_order(contract["joints"]["names"], body)
    if set(body.joint_names) != set(contract["joints"]["names"]):
        raise PolicyError(
            f"{path.name}: made for robot '{contract['robot']['name']}', whose joints are not those of '{body.name}'; "
            "give its own with --robot"
        )
    if moved:
        raise PolicyError(
            f"{path.name}: its joints are not in the order of '{body.name}': {'; '.join(moved[:4])}; export it again"
        )
    if motion is not None:
        as_given = config.model_copy(update={"augment": NOTHING_ADDED})
        motions = prepare_motions(load_motions(motion, body, config.columns), body, as_given)
    if not motions:
        raise MotionError(f"{path.name}: lies in no run folder, so its reference is not known; give it with --motion")
    reference = build_reference(motions, body)
    return Stage(body, reference, config.sim, config.task.termination, config.task.command), config


def _named(path: Path, name: str) -> Robot:
    try:
        return load_robot(name)
    except UnknownName:
        raise PolicyError(f"{path.name}: made for robot '{name}', which is not bundled; give it with --robot") from None


def bench(
    policy: str | Path, target: str | None = None, score_here: float = HERE, jitter_s: float = 4.0, walk: bool = False
) -> tuple[Bench, dict[str, dict[str, float]]]:
    """Measure an ONNX policy on this machine, and what a target would take.

    Args:
        policy: the file; one that lies in a run folder brings the observations of its walk along.
        target: a name in `webfoot.export.targets.TARGETS` whose budget has to be kept; None: none.
        score_here: Geekbench 6 single-core score of this machine.
        jitter_s: how long a real control loop runs beside busy processes [s]; 0: not at all.
        walk: whether float32 and int8 are both rolled out.

    Returns:
        What was measured, and survival and speed error of `float32` and `int8`, empty where they did not walk.

    Raises:
        UnknownName: no such target.
        PolicyError: the file is not a policy.
        MotionError: it has to walk, and no reference is known.
    """
    path = Path(policy)
    rollout = path.parent / "rollout.npz"
    recorded = load_episodes(rollout).observation if rollout.is_file() else None
    rows = None if recorded is None else recorded.reshape(-1, recorded.shape[-1])
    measured = bench_file(path, target, score_here, jitter_s, rows)
    if not walk:
        return measured, {}
    stage, _ = stage_of(path, None, None)
    walks = {}
    for name, runs in (("float32", OnnxPolicy(path)), ("int8", QuantizedPolicy(path))):
        metrics = measure(roll_out(runs, stage, BENCH_ROLLOUT))
        walks[name] = {metric: metrics[metric] for metric in ("survival", "speed_error")}
    return measured, walks


def check_file(policy: str | Path, robot: str | Path | None = None) -> ValidationReport:
    """Judge an ONNX policy without letting it walk: the file, its answers, and its contract.

    Args:
        policy: the file.
        robot: name or MJCF path of a robot that the contract has to fit; None: no robot is looked at.

    Raises:
        PolicyError: the file is not a policy that can be run.
    """
    checks = check_policy(policy)
    if robot is not None:
        contract = read_contract(policy)
        checks.append(robot_disagreement(contract, load_robot(robot)))
    return ValidationReport(tuple(checks), {}, {}, None, None, (), policy=Path(policy).name)


def render(run_folder: str | Path, out: str | Path | None = None, split: bool = False) -> Path:
    """Draw an episode of a run's validation as a WebM video.

    Args:
        split: the policy with its reference as a ghost, and beside it the reference alone.

    Raises:
        RunError: the run was not validated yet, or this machine cannot draw.
    """
    run, robot, _, _ = open_run(run_folder)
    if not run.rollout_file.is_file():
        raise RunError(f"{run_folder}: no rollout.npz to draw; let the training finish first")
    path = Path(out) if out else run.video_file
    reason = render_video(robot, load_episodes(run.rollout_file), path, split=split)
    if reason:
        raise RunError(reason)
    return path


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
