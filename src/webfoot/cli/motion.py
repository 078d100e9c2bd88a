"""`webfoot motion`: inspect, convert, generate and augment reference motions."""

from pathlib import Path
from typing import Annotated

import tyro
from pydantic import BaseModel, Field

from webfoot.cli.motion_report import document, inspect_all, show_reports
from webfoot.cli.options import Settings, flags, given, validated
from webfoot.cli.places import MotionPlace, Output, RobotName, find_motion
from webfoot.cli.say import say, show, show_json
from webfoot.errors import ConfigError, MotionError
from webfoot.motion import augment as variants
from webfoot.motion.clip import Motion
from webfoot.motion.formats.columns import ColumnMap
from webfoot.motion.gait import GaitConfig, generate_gait
from webfoot.motion.prepare import prepare
from webfoot.motion.read import read_motions
from webfoot.motion.write import WRITERS, losses, write_motion
from webfoot.robots.spec import Robot
from webfoot.robots.table import load_robot

Columns = Annotated[Settings, tyro.conf.arg(name="", constructor=flags(ColumnMap))]
"""What the user says of a file without names."""


class WalkCommand(BaseModel, frozen=True, extra="forbid"):
    """Where a generated walk goes, in the heading frame."""

    vx: float = Field(default=0.1, ge=-5, le=5, description="Speed forward [m/s].")
    vy: float = Field(default=0.0, ge=-5, le=5, description="Speed to the left [m/s].")
    wz: float = Field(default=0.0, ge=-10, le=10, description="Turning rate to the left [rad/s].")


def inspect(
    motion: MotionPlace,
    /,
    *,
    robot: RobotName = "duckling",
    columns: Columns,
    json: bool = False,
    plots: Annotated[str, tyro.conf.arg(metavar="OUT.html")] = "",
) -> int:
    """Say what is wrong with a motion, where, and what would mend it; exit code 2 if it cannot be used.

    Args:
        motion: A file, a folder of files, or FILE#CLIP.
        robot: A bundled robot's name, or the path of an MJCF.
        json: Print one JSON document.
        plots: Write a page with findings, score and curves.
    """
    said, body = validated(ColumnMap, given(columns)), load_robot(robot)
    reports = inspect_all(read_motions(find_motion(motion, body), body, said), body, plots)
    if json:
        show_json(document(motion, reports))
    else:
        show_reports(reports)
    unusable = [report for report in reports if not report.usable]
    if unusable:
        first = unusable[0].findings[0]
        say(f"webfoot: {unusable[0].name} cannot be used: {first.message}; {first.cure}")
    return 2 if unusable else 0


def convert(
    source: MotionPlace,
    out: Output,
    /,
    *,
    robot: RobotName = "duckling",
    columns: Columns,
    prepared: bool = False,
) -> int:
    """Write a motion in the format that the ending of OUT names (.npz, .csv, .json, .txt), and say what is lost.

    Args:
        source: A file, a folder of files, or FILE#CLIP.
        out: A file for one clip; a folder takes many, each as .npz.
        robot: A bundled robot's name, or the path of an MJCF.
        prepared: Write the closed, cleaned cycle that a training would follow instead of the clip as read.
    """
    said, body = validated(ColumnMap, given(columns)), load_robot(robot)
    clips = read_motions(find_motion(source, body), body, said)
    if prepared:
        clips = [prepare(clip, body) for clip in clips]
    return _write(clips, Path(out), body)


def generate(
    out: Output,
    /,
    *,
    robot: RobotName = "duckling",
    command: Annotated[Settings, tyro.conf.arg(name="", constructor=flags(WalkCommand))],
    shape: Annotated[Settings, tyro.conf.arg(name="", constructor=flags(GaitConfig))],
) -> int:
    """Make a gait: footholds, an inverted pendulum's sway, foot arcs and leg kinematics; --vx 0 steps in place.

    Args:
        out: The file to write (.npz, .json, .txt).
        robot: A bundled robot's name, or the path of an MJCF; with feet in pairs and a mirror map.
    """
    config = validated(GaitConfig, given(shape))
    stays = {"vx": 0.0} if config.gait == "stand" else {}
    wanted = validated(WalkCommand, given(command), stays)
    _check_ending(Path(out))
    body = load_robot(robot)
    return _write([generate_gait(body, (wanted.vx, wanted.vy, wanted.wz), config)], Path(out), body)


def augment(
    source: MotionPlace,
    out: Output,
    /,
    *,
    robot: RobotName = "duckling",
    mirror: bool = False,
    speed: Annotated[tuple[str, ...], tyro.conf.arg(metavar="X")] = (),
) -> int:
    """Write variants of a motion: its mirror image, faster and slower ones.

    Args:
        source: A file, a folder of files, or FILE#CLIP.
        out: A file for one variant; a folder takes all, beside the clip itself, each as .npz.
        robot: A bundled robot's name, or the path of an MJCF.
        mirror: Left becomes right.
        speed: Factors from 0.1 to 10; 2 is twice as fast.
    """
    if not mirror and not speed:
        raise ConfigError("nothing to do: give --mirror, or --speed with factors from 0.1 to 10, or both")
    factors = [_factor(word) for word in speed]
    body = load_robot(robot)
    clips = read_motions(find_motion(source, body), body)
    made = [variant for clip in clips for variant in _variants(clip, body, mirror, factors, bool(Path(out).suffix))]
    return _write(made, Path(out), body)


def _factor(word: str) -> float:
    try:
        factor = float(word)
    except ValueError:
        factor = float("nan")
    if not variants.SLOWEST <= factor <= variants.FASTEST:
        raise ConfigError(
            f"option --speed is '{word}': factors from {variants.SLOWEST:g} to {variants.FASTEST:g} would be right"
        )
    return factor


def _variants(clip: Motion, robot: Robot, mirror: bool, factors: list[float], one: bool) -> list[Motion]:
    """For a file: what was asked for, in one; for a folder: the clip, and every combination of what was asked for."""
    sides = [clip] if not mirror else [variants.mirror(clip, robot)] if one else [clip, variants.mirror(clip, robot)]
    if one:
        return [variants.change_speed(side, factor) for side in sides for factor in factors] if factors else sides
    return [*sides, *(variants.change_speed(side, factor) for side in sides for factor in factors if factor != 1.0)]


def _check_ending(out: Path) -> None:
    if out.suffix.lower() not in WRITERS:
        raise MotionError(f"cannot write '{out.name}': formats that are written end in {', '.join(sorted(WRITERS))}")


def _write(clips: list[Motion], out: Path, robot: Robot) -> int:
    """One clip to a file, or clips to a folder."""
    if out.suffix and not out.is_dir():
        _check_ending(out)
        if len(clips) > 1:
            names = ", ".join(clip.name for clip in clips[:4])
            raise MotionError(f"{out.name}: {len(clips)} clips ({names}, ...) do not fit one file; give a folder")
        places = [out]
    else:
        out.mkdir(parents=True, exist_ok=True)
        places = [out / f"{''.join(c if c.isalnum() or c in '-_.' else '_' for c in clip.name)}.npz" for clip in clips]
    for note in dict.fromkeys(note for clip in clips for note in clip.notes):
        say(f"note: {note}")
    for loss in dict.fromkeys(
        loss for clip, path in zip(clips, places, strict=True) for loss in losses(clip, path, robot)
    ):
        say(f"note: {loss}")
    for clip, path in zip(clips, places, strict=True):
        write_motion(clip, path, robot)
        show(str(path))
    return 0
