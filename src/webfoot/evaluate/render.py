"""A video of an episode, where the machine can draw one.

MuJoCo chooses its OpenGL backend while it is imported, and a broken one can abort the process: so the drawing is
done in a process of its own (`webfoot.evaluate.render_process`), once per backend until one works.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import mujoco
import numpy as np
from numpy.typing import NDArray

from webfoot.evaluate.episodes import Episodes
from webfoot.evaluate.light import lit_model
from webfoot.evaluate.scene import robot_scene
from webfoot.export.atomic import write_atomically
from webfoot.robots.spec import Robot

BACKENDS = ("egl", "osmesa")
FRAMES_PER_S = 25.0
TIMEOUT_S = 240.0
"""A picture takes 0.1 s without a GPU; a split video of 10 s has 500 of them, and other work may run beside."""


def render_video(
    robot: Robot, episodes: Episodes, path: str | Path, episode: int = 0, split: bool = False
) -> str | None:
    """Draw an episode as a WebM video, 640 x 480, with a camera that follows the robot.

    Args:
        split: two such pictures side by side: the policy with the reference as a ghost, and the reference alone, in
            phase and on the policy's base.

    Returns:
        None once the video is at `path`, else one sentence that says why there is none; nothing is left behind then.
    """
    path = Path(path)
    stride = max(round(1 / (FRAMES_PER_S * episodes.control_dt)), 1)
    qpos = _model_positions(robot, episodes, episode, episodes.joint_pos)[::stride]
    if not len(qpos):
        return f"no video: episode {episode} holds no finite state"
    ghost = None
    if split:
        ghost = _model_positions(robot, episodes, episode, episodes.reference_joint_pos)[::stride][: len(qpos)]
    reason = draw(robot, qpos, "video.webm", path, ghost, 1 / (stride * episodes.control_dt))
    return None if reason is None else f"no video: {reason}"


def draw(
    robot: Robot,
    qpos: NDArray[np.float64],
    kind: str,
    path: Path,
    ghost: NDArray[np.float64] | None = None,
    frames_per_s: float = 1.0,
) -> str | None:
    """Draw poses with the first backend that works, then put the file at `path`.

    Args:
        robot: what is drawn.
        qpos: of its model, (K, nq).
        kind: "video.webm", or "picture.png" of the first pose.
        path: where the file goes.
        ghost: a second robot in each pose, (K, nq); None: none.
        frames_per_s: of a video.

    Returns:
        None, or why nothing can be drawn.

    Raises:
        WebfootError: the place cannot be written to.
    """
    with tempfile.TemporaryDirectory() as folder:
        model, poses, drawn = Path(folder, "model.mjb"), Path(folder, "poses.npz"), Path(folder, kind)
        mujoco.mj_saveModel(lit_model(robot), str(model))
        ghost = qpos[:0] if ghost is None else ghost
        np.savez(poses, qpos=qpos, ghost=ghost, frames_per_s=frames_per_s, base_height=robot.base_height)
        return _draw_file(model, poses, drawn, path)


def _draw_file(model: Path, poses: Path, drawn: Path, path: Path) -> str | None:
    tried = []
    for backend in BACKENDS:
        reason = _draw(backend, model, poses, drawn)
        if reason is None:
            write_atomically(path, drawn.read_bytes())
            return None
        tried.append(f"{backend}: {reason}")
    return f"neither EGL nor OSMesa can draw here ({'; '.join(tried)}); install libegl1 or libosmesa6"


def _model_positions(
    robot: Robot, episodes: Episodes, episode: int, joint_pos: NDArray[np.float64]
) -> NDArray[np.float64]:
    """qpos of the robot's model at every finite state, with joints out of `joint_pos` (T + 1, N, nu), (K, nq)."""
    scene = robot_scene(robot)
    qpos = np.tile(scene.model.qpos0, (episodes.num_steps + 1, 1))
    root = scene.root_address
    qpos[:, root : root + 3] = episodes.root_pos[:, episode]
    qpos[:, root + 3 : root + 7] = episodes.root_quat[:, episode]
    qpos[:, scene.joint_addresses] = joint_pos[:, episode]
    finite = np.isfinite(qpos).all(axis=1)
    return qpos if finite.all() else qpos[: np.argmin(finite)]


def _draw(backend: str, model: Path, poses: Path, video: Path) -> str | None:
    """None, or why this backend failed."""
    command = [sys.executable, "-P", "-m", "webfoot.evaluate.render_process", str(model), str(poses), str(video)]
    environment = {**os.environ, "MUJOCO_GL": backend, "PYOPENGL_PLATFORM": backend}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        return f"not done after {TIMEOUT_S:.0f} s"
    if done.returncode == 0 and video.is_file():
        return None
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return lines[-1][:160] if lines else f"stopped with code {done.returncode}"
