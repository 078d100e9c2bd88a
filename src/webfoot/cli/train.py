"""`webfoot train`: a motion goes in; a policy, the proof, and an exit code that says whether it passed come out."""

from pathlib import Path
from typing import Annotated, Any

import tyro

from webfoot.cli.options import Settings, assignments, called, expected, flags, given, leaves, validated
from webfoot.cli.places import RobotName
from webfoot.cli.progress import Display
from webfoot.cli.say import say, show, show_json
from webfoot.cli.verdict import show_verdict
from webfoot.config import TrainConfig
from webfoot.errors import ConfigError, RunError
from webfoot.interrupt import StopRequest
from webfoot.pipeline import TrainResult, render
from webfoot.pipeline import resume as resume_training
from webfoot.pipeline import train as train_motion
from webfoot.yaml_table import read_yaml

SHORT = (
    "method",
    "epochs",
    "batch_size",
    "ppo.learning_rate",
    "ppo.hidden_size",
    "randomize.preset",
    "seed",
    "device",
    "max_minutes",
    "stop_when_passed",
    "evaluate_every",
    "checkpoint_every",
    "columns.joints",
)
"""Options of their own, all without a part among them; any other is `--part.field` or `--set part.field=VALUE`."""
NEW_ON_RESUME = ("epochs", "max_minutes", "stop_when_passed", "evaluate_every", "checkpoint_every", "ppo.learning_rate")
"""What a resumed run may be told anew; all else stays as it began."""


def train(
    motion: Annotated[str | None, tyro.conf.arg(metavar="MOTION", help_behavior_hint="")] = None,
    /,
    *,
    robot: RobotName = "duckling",
    settings: Annotated[Settings, tyro.conf.arg(name="", constructor=flags(TrainConfig, *SHORT))],
    out: Annotated[str, tyro.conf.arg(metavar="DIR")] = "runs",
    resume: Annotated[str | None, tyro.conf.arg(metavar="RUN", help_behavior_hint="")] = None,
    config: Annotated[str | None, tyro.conf.arg(metavar="FILE", help_behavior_hint="")] = None,
    set: Annotated[tyro.conf.UseAppendAction[tuple[str, ...]], tyro.conf.arg(metavar="NAME=VALUE")] = (),
    list_options: bool = False,
    quiet: bool = False,
    json: bool = False,
    video: bool = False,
) -> int:
    """Train a policy that walks like a motion, export it, and prove it; exit code 3 if it does not pass.

    Ctrl-C ends the training after the current iteration with a checkpoint; --resume goes on from there.

    Args:
        motion: A file, a folder of files, FILE#CLIP, or the name of one of the robot's bundled motions.
        robot: A bundled robot's name, or the path of an MJCF.
        out: Folder for the run's own folder.
        resume: Go on with this run folder instead of starting a new one.
        config: A YAML file with options; options on the command line go first.
        set: Any other option as NAME=VALUE, such as task.reward.torque=0.01; --task.reward.torque 0.01 is the same.
        list_options: List every option with its range and default, and end.
        quiet: Show no progress.
        json: Print one JSON document with the verdict and where everything is.
        video: Draw one episode as a video too (about 10 s); needs EGL or OSMesa.
    """
    if list_options:
        return _list_options()
    values = {**assignments(set), **given(settings)}
    with StopRequest() as should_stop, Display(quiet) as display:
        if resume is not None:
            result = resume_training(resume, display, should_stop, _overrides(motion, config, values))
        else:
            chosen = _config(config, values)
            result = train_motion(_required(motion), robot, chosen, out, display, should_stop)
    if video and result.report is not None:
        _draw(result)
    _show_result(result, json)
    return 0 if result.report is not None and result.report.passed else 3


def _draw(result: TrainResult) -> None:
    """A video where this machine can draw one, else the sentence that says why not."""
    try:
        render(result.run.folder)
    except RunError as error:
        say(str(error))


def _required(motion: str | None) -> str:
    if motion is None:
        raise ConfigError("no motion given; write 'webfoot train MOTION', such as 'webfoot train walk'")
    return motion


def _config(file: str | None, values: dict[str, Any]) -> TrainConfig:
    base = read_yaml(Path(file)) if file else {}
    base = base.get("config", base)  # the config.yaml of a run holds more
    if not isinstance(base, dict):
        raise ConfigError(f"{file}: 'config' is no table of options; give it one, or the options at the top")
    return validated(TrainConfig, values, base, SHORT)


def _overrides(motion: str | None, config: str | None, values: dict[str, Any]) -> dict[str, Any]:
    """What a resumed run is told anew."""
    kept = [f"option --{called(name, SHORT)}" for name in values if name not in NEW_ON_RESUME]
    kept += ["option --config"] * (config is not None) + [f"motion '{motion}'"] * (motion is not None)
    if kept:
        allowed = ", ".join(f"--{called(name, SHORT)}" for name in NEW_ON_RESUME)
        raise ConfigError(f"{kept[0]} cannot be given with --resume: a run keeps its own; only {allowed} may change")
    validated(TrainConfig, values, short=SHORT)
    return {name.rpartition(".")[2]: value for name, value in values.items()}


def _list_options() -> int:
    for name, field in leaves(TrainConfig).items():
        default = "unset" if field.default is None else field.default
        show(f"--{name.replace('_', '-'):<36} {default!s:<10} {expected(field)}\n    {field.description}")
    return 0


def _show_result(result: TrainResult, json: bool) -> None:
    """The verdict, and where everything is; on standard error where standard output is for a JSON document."""
    run, report, write = result.run, result.report, say if json else show
    if result.stopped in ("interrupted", "out of time", "diverged"):
        lower = " and a lower --learning-rate" if result.stopped == "diverged" else ""
        say(f"stopped: {result.stopped}; go on with 'webfoot train --resume {run.folder}'{lower}")
    if report is None:
        write("verdict: no policy was validated")
    else:
        show_verdict(report, write)
    places = {"policy": run.policy_file, "report": run.report_page, "video": run.video_file}
    found = {name: str(path) for name, path in places.items() if path.is_file()}
    for name in places:
        write(f"{name + ':':<8} {found.get(name, 'none')}")
    if json:
        document = report.to_dict() if report else {"passed": False}
        show_json({"run": str(run.folder), "stopped": result.stopped, **found, "validation": document})
