"""Mends one motion: `python -m webfoot.web.uploads.mend_process PLACE ROBOT OUT ASKED`, where ASKED is JSON.

The clips go into the folder OUT, each a file; what was done goes to standard output as JSON.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.formats.webfoot_npz import write
from webfoot.motion.read import read_motions
from webfoot.motion.repair import repair
from webfoot.motion.variants import change_speed
from webfoot.robots.spec import Robot
from webfoot.robots.table import load_robot
from webfoot.web.uploads.answer import answer


def mended(motion: Motion, robot: Robot, asked: dict[str, Any]) -> Motion:
    """The clip with what was asked done to it, under the name it had.

    Args:
        motion: as it was read.
        robot: that it is mended for.
        asked: `repair`, `fix_joints` (which includes it) and `speed`, a factor.

    Raises:
        MotionError: the clip or the robot does not allow it.
    """
    done = motion
    if asked.get("repair") or asked.get("fix_joints"):
        done = repair(done, robot, bool(asked.get("fix_joints")))
    if asked.get("speed"):
        done = change_speed(done, robot, float(asked["speed"]))
    return replace(done, name=motion.name)


def mend(place: str, robot: str, out: str, asked: str) -> bytes:
    """What was done, one sentence for each clip and change."""
    body, wanted = load_robot(Path(robot)), json.loads(asked)
    clips = read_motions(place, body)
    said = []
    for clip, file in zip(clips, _files([clip.name for clip in clips]), strict=True):
        done = mended(clip, body, wanted)
        said += [f"{clip.name}: {note}" for note in done.notes[len(clip.notes) :]]
        write(done, Path(out) / file)
    return json.dumps({"done": said}).encode("ascii")


def _files(names: list[str]) -> list[str]:
    files = ["".join(c if c.isalnum() or c in "-_." else "_" for c in name) for name in names]
    twice = next((name for name, file in zip(names, files, strict=True) if files.count(file) > 1), None)
    if twice is not None:
        raise MotionError(f"clip '{twice}' is there twice; give the clips names of their own")
    return [f"{file}.npz" for file in files]


def main(place: str, robot: str, out: str, asked: str) -> int:
    """0 and what was done, or 2 and one line that says why nothing was."""
    return answer(lambda: mend(place, robot, out, asked), "the motion: mending")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
