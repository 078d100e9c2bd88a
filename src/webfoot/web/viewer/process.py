"""Draws one thing: `python -m webfoot.web.viewer.process scene ROBOT`, `motion ROBOT PLACE CLIP VERSION`, or
`rollout ROBOT FILE EPISODE VERSION`.

The document goes to standard output, as compressed JSON; where there is none, its last words on standard error say why.
"""

import gc
import gzip
import json
import sys
from pathlib import Path
from typing import Any

from webfoot.errors import MotionError
from webfoot.evaluate.replay_document import replay_document
from webfoot.evaluate.scene_document import scene_document
from webfoot.evaluate.shown_episode import shown_episode
from webfoot.evaluate.shown_motion import shown_motion
from webfoot.evaluate.store import load_episodes, saved_iteration
from webfoot.motion.read import read_motions
from webfoot.robots.table import load_robot
from webfoot.web.uploads.answer import answer

Document = dict[str, Any]
LEVEL = 6


def draw_scene(robot: str) -> Document:
    """A robot."""
    return scene_document(load_robot(Path(robot)))


def draw_motion(robot: str, place: str, clip: str, version: str) -> Document:
    """A clip of a file or a folder on a robot; the first where none is named."""
    body = load_robot(Path(robot))
    clips = [motion for motion in read_motions(place, body) if clip in {"", motion.name}]
    if not clips:
        raise MotionError(f"{Path(place).name}: no clip '{clip}' in it; choose one that its report names")
    motion = clips[0]
    return replay_document(body, shown_motion(body, motion), version)


def draw_rollout(robot: str, file: str, episode: str, version: str) -> Document:
    """An episode of a rollout."""
    body, episodes = load_robot(Path(robot)), load_episodes(file)
    return replay_document(body, shown_episode(body, episodes, int(episode), saved_iteration(file)), version)


KINDS = {"scene": draw_scene, "motion": draw_motion, "rollout": draw_rollout}


def main(kind: str, *arguments: str) -> int:
    """0 and a document, or 2 and one line that says why there is none."""
    gc.disable()  # a library is a million small objects without cycles, and the process ends with them
    return answer(lambda: _compressed(KINDS[kind](*arguments)), f"the {kind}: drawing")


def _compressed(document: Document) -> bytes:
    text = json.dumps(document, allow_nan=False, separators=(",", ":"))
    return gzip.compress(text.encode("ascii"), LEVEL, mtime=0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
