"""Draws poses as a video: `python -m webfoot.evaluate.render_process MJCF POSES.npz OUT.webm`, MUJOCO_GL set before."""

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
SKY = ([0.93, 0.95, 0.96], [0.74, 0.80, 0.84])
FLOOR = ([0.80, 0.83, 0.85], [0.74, 0.77, 0.80])


def main(mjcf: str, poses: str, out: str) -> None:
    """Draw every pose of `poses` ('qpos' (K, nq), 'frames_per_s', 'base_height' [m]) into `out`."""
    with np.load(poses) as stored:
        qpos, rate, height = stored["qpos"], float(stored["frames_per_s"]), float(stored["base_height"])
    model = _lit_model(mjcf)
    frames = _frames(model, qpos, height)
    with av.open(out, "w", format="webm") as container:
        stream = container.add_stream("libvpx-vp9", rate=Fraction(rate).limit_denominator(1000))
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"deadline": "realtime", "cpu-used": "8", "crf": "34", "b": "0", "row-mt": "1"}
        for image in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())


def _lit_model(mjcf: str) -> mujoco.MjModel:
    """The model, with a sky and a floor where it has none, without shadows (slow in software)."""
    spec = mujoco.MjSpec.from_file(mjcf)
    texture = mujoco.mjtTexture
    if not any(item.type == texture.mjTEXTURE_SKYBOX for item in spec.textures):
        gradient = mujoco.mjtBuiltin.mjBUILTIN_GRADIENT
        sky = {"type": texture.mjTEXTURE_SKYBOX, "builtin": gradient, "width": 128, "height": 128}
        spec.add_texture(name="webfoot_sky", rgb1=SKY[0], rgb2=SKY[1], **sky)
    grounds = (mujoco.mjtGeom.mjGEOM_PLANE, mujoco.mjtGeom.mjGEOM_HFIELD)
    if not any(geom.type in grounds for geom in spec.worldbody.geoms):
        _add_floor(spec)
    model = spec.compile()
    model.vis.global_.offwidth, model.vis.global_.offheight = WIDTH, HEIGHT
    model.light_castshadow[:] = 0
    model.vis.headlight.active = 1
    model.vis.headlight.ambient[:] = 0.35
    model.vis.headlight.diffuse[:] = 0.3 if model.nlight else 0.6
    model.vis.headlight.specular[:] = 0.0
    return model


def _add_floor(spec: mujoco.MjSpec) -> None:
    checker = {"type": mujoco.mjtTexture.mjTEXTURE_2D, "builtin": mujoco.mjtBuiltin.mjBUILTIN_CHECKER}
    spec.add_texture(name="webfoot_floor", rgb1=FLOOR[0], rgb2=FLOOR[1], width=256, height=256, **checker)
    material = spec.add_material(name="webfoot_floor", texrepeat=[5, 5], texuniform=True)
    material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = "webfoot_floor"
    spec.worldbody.add_geom(type=mujoco.mjtGeom.mjGEOM_PLANE, size=[0, 0, 0.05], material="webfoot_floor")


def _frames(model: mujoco.MjModel, qpos: NDArray[np.float64], height: float) -> Iterator[NDArray[np.uint8]]:
    """One image per row of qpos, (HEIGHT, WIDTH, 3)."""
    data = mujoco.MjData(model)
    root = int(model.jnt_qposadr[np.flatnonzero(model.jnt_type == mujoco.mjtJoint.mjJNT_FREE)[0]])
    camera = mujoco.MjvCamera()
    camera.azimuth, camera.elevation, camera.distance = AZIMUTH, ELEVATION, 6.5 * height
    with mujoco.Renderer(model, HEIGHT, WIDTH) as renderer:
        for flag in (mujoco.mjtRndFlag.mjRND_SHADOW, mujoco.mjtRndFlag.mjRND_REFLECTION):
            renderer.scene.flags[flag] = 0
        for row in qpos:
            data.qpos[:] = row
            mujoco.mj_kinematics(model, data)
            mujoco.mj_camlight(model, data)
            camera.lookat[:] = row[root], row[root + 1], height
            renderer.update_scene(data, camera)
            yield renderer.render()


if __name__ == "__main__":
    main(*(str(Path(argument)) for argument in sys.argv[1:4]))
