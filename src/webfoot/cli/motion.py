"""`webfoot motion`: inspect, convert and generate reference motions."""

from pathlib import Path
from typing import Annotated

import tyro
from pydantic import BaseModel, Field

from webfoot.cli.motion_files import check_ending, write_and_show
from webfoot.cli.motion_report import inspect_all, show_reports
from webfoot.cli.options import Settings, flags, given, validated
from webfoot.cli.places import MotionPlace, Output, RobotName, find_motion
from webfoot.cli.say import say, show_json
from webfoot.motion.document import document
from webfoot.motion.formats.columns import ColumnMap
from webfoot.motion.gait import GaitConfig, generate_gait
from webfoot.motion.prepare import prepare
from webfoot.motion.read import read_motions
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
    return write_and_show(clips, Path(out), body)


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
    check_ending(Path(out))
    body = load_robot(robot)
    return write_and_show([generate_gait(body, (wanted.vx, wanted.vy, wanted.wz), config)], Path(out), body)
