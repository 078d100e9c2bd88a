"""A picture of a robot in its standing pose, where the machine can draw one."""

import tempfile
from pathlib import Path

import mujoco
import numpy as np

from webfoot.evaluate.light import lit_model
from webfoot.evaluate.render import draw_file
from webfoot.robots.spec import Robot


def render_picture(robot: Robot, path: str | Path) -> str | None:
    """Draw the robot as it stands, as a PNG, 640 x 480.

    Returns:
        None once the picture is at `path`, else one sentence that says why there is none.
    """
    path = Path(path)
    with tempfile.TemporaryDirectory() as folder:
        model, poses = Path(folder, "model.mjb"), Path(folder, "poses.npz")
        mujoco.mj_saveModel(lit_model(robot), str(model))
        np.savez(poses, qpos=robot.model.key_qpos[:1], frames_per_s=1.0, base_height=robot.base_height)
        reason = draw_file(model, poses, Path(folder, "picture.png"), path)
    return None if reason is None else f"no picture: {reason}"
