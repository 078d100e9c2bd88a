"""Draws a video: `python -m webfoot.web.viewer.video_process ROBOT ROLLOUT OUT`, of the first episode into OUT.

Where none can be drawn, its last words on standard error say why.
"""

import sys
from pathlib import Path

from webfoot.errors import RunError
from webfoot.evaluate.render import render_video
from webfoot.evaluate.store import load_episodes
from webfoot.robots.table import load_robot
from webfoot.web.uploads.answer import answer


def draw(robot: str, rollout: str, out: str) -> bytes:
    """Nothing, once the video is there."""
    reason = render_video(load_robot(Path(robot)), load_episodes(rollout), Path(out))
    if reason is not None:
        raise RunError(reason)
    return b""


def main(robot: str, rollout: str, out: str) -> int:
    """0 and a video, or 2 and one line that says why there is none."""
    return answer(lambda: draw(robot, rollout, out), "the video: drawing")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
