"""Draws poses: `python -m webfoot.evaluate.render_process MODEL.mjb POSES.npz OUT.webm`, MUJOCO_GL set before."""

import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import mujoco
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 640, 480
AZIMUTH, ELEVATION = 125.0, -14.0


GHOST = (0.85, 0.45, 0.05)
"""Colour of the reference, as in the reports."""


def main(model_file: str, poses: str, out: str) -> None:
    """Draw every pose of `poses` into `out`: a video, or the first as a picture.

    `poses` holds 'qpos' (K, nq), 'ghost' (K, nq) or (0, nq), 'frames_per_s', 'base_height' [m].
    """
    with np.load(poses) as stored:
        qpos, ghost = stored["qpos"], stored["ghost"]
        rate, height = float(stored["frames_per_s"]), float(stored["base_height"])
    model = mujoco.MjModel.from_binary_path(model_file)
    model.vis.global_.offwidth, model.vis.global_.offheight = WIDTH, HEIGHT
    frames = _frames(model, qpos, ghost, height)
    if out.endswith(".png"):
        _write_png(next(frames), out)
        return
    with av.open(out, "w", format="webm") as container:
        stream = container.add_stream("libvpx-vp9", rate=Fraction(rate).limit_denominator(1000))
        stream.width, stream.height, stream.pix_fmt = WIDTH * (2 if len(ghost) else 1), HEIGHT, "yuv420p"
        stream.options = {"deadline": "realtime", "cpu-used": "8", "crf": "34", "b": "0", "row-mt": "1"}
        for image in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())


def _write_png(image: NDArray[np.uint8], out: str) -> None:
    with av.open(out, "w", format="image2") as container:
        stream = container.add_stream("png", rate=1)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "rgb24"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())


def _frames(
    model: mujoco.MjModel, qpos: NDArray[np.float64], ghost: NDArray[np.float64], height: float
) -> Iterator[NDArray[np.uint8]]:
    """One image per row of qpos, (HEIGHT, WIDTH, 3), twice as wide where there are ghosts."""
    data, other = mujoco.MjData(model), mujoco.MjData(model)
    root = int(model.jnt_qposadr[np.flatnonzero(model.jnt_type == mujoco.mjtJoint.mjJNT_FREE)[0]])
    camera = mujoco.MjvCamera()
    camera.azimuth, camera.elevation, camera.distance = AZIMUTH, ELEVATION, 6.5 * height
    with mujoco.Renderer(model, HEIGHT, WIDTH, max_geom=10_000) as renderer:
        for flag in (mujoco.mjtRndFlag.mjRND_SHADOW, mujoco.mjtRndFlag.mjRND_REFLECTION):
            renderer.scene.flags[flag] = 0
        for number, row in enumerate(qpos):
            _pose(model, data, row)
            camera.lookat[:] = row[root], row[root + 1], height
            renderer.update_scene(data, camera)
            if not len(ghost):
                yield renderer.render()
                continue
            _pose(model, other, ghost[number])
            own = renderer.scene.ngeom
            moving = int(mujoco.mjtCatBit.mjCAT_DYNAMIC)
            mujoco.mjv_addGeoms(model, other, mujoco.MjvOption(), mujoco.MjvPerturb(), moving, renderer.scene)
            _colour(renderer.scene, own, 0.35)
            left = renderer.render().copy()
            renderer.update_scene(other, camera)
            _colour(renderer.scene, 0, 1.0)
            yield np.concatenate([left, renderer.render()], axis=1)


def _pose(model: mujoco.MjModel, data: mujoco.MjData, row: NDArray[np.float64]) -> None:
    data.qpos[:] = row
    mujoco.mj_kinematics(model, data)
    mujoco.mj_camlight(model, data)


def _colour(scene: mujoco.MjvScene, first: int, alpha: float) -> None:
    """Give what moves, from the geom `first` on, the reference's colour."""
    for geom in scene.geoms[first : scene.ngeom]:
        if geom.category == mujoco.mjtCatBit.mjCAT_DYNAMIC:
            geom.rgba[:] = *GHOST, alpha


if __name__ == "__main__":
    main(*(str(Path(argument)) for argument in sys.argv[1:4]))
