"""`RobotScene`: a robot as coloured triangles, and where its bodies were, for a page that draws them itself."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from webfoot.evaluate.episodes import Episodes
from webfoot.evaluate.shapes import Mesh, primitive
from webfoot.evaluate.simplify import Simplify, hulled
from webfoot.robots.spec import Robot

VISIBLE_GROUPS = (0, 1, 2)
"""Geom groups that MuJoCo's viewer shows unless told otherwise."""
REPLAY_HZ = 25.0
"""Poses a second in a page, which interpolates between them [Hz]."""


@dataclass(frozen=True)
class Part:
    """Triangles of one colour that move with one body."""

    body: int
    """Index into `RobotScene.body_ids`."""
    colour: tuple[float, float, float]
    vertices: NDArray[np.float64]
    """In the body's frame [m], (V, 3)."""
    faces: NDArray[np.int64]
    """(F, 3)."""


@dataclass(frozen=True)
class RobotScene:
    """What to draw of a robot, and the model that says where its bodies are."""

    model: mujoco.MjModel
    body_ids: NDArray[np.int64]
    """Bodies of the robot that carry something to draw."""
    parts: tuple[Part, ...]
    base_height: float
    root_address: int
    """Where the free joint starts in qpos."""
    joint_addresses: NDArray[np.int64]
    """Where the joints of `Episodes` are in qpos."""


def robot_scene(robot: Robot, simplify: Simplify = hulled) -> RobotScene:
    """Take the visible shapes of a robot out of its model, its meshes simplified."""
    model = robot.model
    base = model.body(robot.base_body).id
    own = np.flatnonzero(model.body_rootid[model.geom_bodyid] == model.body_rootid[base]).tolist()
    shown = [g for g in own if model.geom_group[g] in VISIBLE_GROUPS and _rgba(model, g)[3] > 0] or own
    body_ids = np.unique(model.geom_bodyid[shown])
    parts = [_part(model, geom, body_ids, simplify) for geom in shown]
    return RobotScene(
        model=model,
        body_ids=body_ids,
        parts=tuple(part for part in parts if len(part.faces)),
        base_height=robot.base_height,
        root_address=int(model.jnt_qposadr[model.body_jntadr[base]]),
        joint_addresses=np.array([model.jnt_qposadr[model.joint(name).id] for name in robot.joint_names]),
    )


def body_poses(
    scene: RobotScene, root_pos: NDArray[np.float64], root_quat: NDArray[np.float64], joint_pos: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Where the bodies of `scene.body_ids` are: position [m] and wxyz in the world, shape (K, B, 7)."""
    data = mujoco.MjData(scene.model)
    mujoco.mj_resetDataKeyframe(scene.model, data, 0)
    poses = np.empty((len(root_pos), len(scene.body_ids), 7))
    root = scene.root_address
    for k in range(len(root_pos)):
        data.qpos[root : root + 3] = root_pos[k]
        data.qpos[root + 3 : root + 7] = root_quat[k]
        data.qpos[scene.joint_addresses] = joint_pos[k]
        mujoco.mj_kinematics(scene.model, data)
        poses[k, :, :3] = data.xpos[scene.body_ids]
        poses[k, :, 3:] = data.xquat[scene.body_ids]
    return poses


@dataclass(frozen=True)
class Take:
    """An episode to be replayed."""

    episodes: Episodes
    episode: int = 0
    """Which of them."""
    title: str = ""
    """What a reader chooses it by, where there are several."""


def replay(scene: RobotScene, takes: Sequence[Take]) -> dict[str, Any]:
    """Episodes as plain data for the page: shapes, poses, the reference's poses, time of the fall.

    Numbers are little-endian integers in base64: positions and vertices in steps of 'unit' [m], quaternions of 1e-4.
    'height' is how high the robot reaches at the start [m].
    """
    posed = [_posed(scene, take) for take in takes]
    farthest = max(float(np.abs(poses[..., :3]).max()) for poses, _ in posed)
    unit = max(farthest, scene.base_height) / 32000
    return {
        "bodies": len(scene.body_ids),
        "height": _top(scene, posed[0][0][0]),
        "unit": unit,
        "parts": [_encode_part(part, unit) for part in scene.parts],
        "takes": [
            {
                "title": take.title,
                "dt": take.episodes.control_dt * _stride(take.episodes),
                "frames": len(poses),
                "fell_s": _fell_s(take),
                "poses": _encode_poses(poses, unit),
                "ghost": _encode_poses(ghost, unit),
            }
            for take, (poses, ghost) in zip(takes, posed, strict=True)
        ],
    }


def _posed(scene: RobotScene, take: Take) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Poses of the robot and of the reference, until the simulation broke if it did, both (K, B, 7)."""
    episodes, episode = take.episodes, take.episode
    rows = slice(0, None, _stride(episodes))
    root_pos, root_quat = episodes.root_pos[rows, episode], episodes.root_quat[rows, episode]
    finite = np.isfinite(root_pos).all(axis=1) & np.isfinite(episodes.joint_pos[rows, episode]).all(axis=1)
    last = int(np.argmin(finite)) if not finite.all() else len(root_pos)
    joints = (episodes.joint_pos, episodes.reference_joint_pos)
    poses, ghost = (body_poses(scene, root_pos[:last], root_quat[:last], q[rows, episode][:last]) for q in joints)
    return poses, ghost


def _stride(episodes: Episodes) -> int:
    return max(round(1 / (REPLAY_HZ * episodes.control_dt)), 1)


def _fell_s(take: Take) -> float | None:
    lived = int(take.episodes.alive[1:, take.episode].sum())
    return (lived + 1) * take.episodes.control_dt if lived < take.episodes.num_steps else None


def _top(scene: RobotScene, poses: NDArray[np.float64]) -> float:
    """Highest point of the robot [m] with its bodies at `poses`, (B, 7)."""
    heights, down = [scene.base_height], np.empty(9)
    for part in scene.parts:
        mujoco.mju_quat2Mat(down, poses[part.body, 3:])
        heights.append(float(np.max(part.vertices @ down[6:]) + poses[part.body, 2]))
    return max(heights)


def _encode_poses(poses: NDArray[np.float64], unit: float) -> str:
    steps = np.array([unit] * 3 + [1e-4] * 4)
    return _base64(np.round(poses / steps), "<i2")


def _encode_part(part: Part, unit: float) -> dict[str, Any]:
    return {
        "body": part.body,
        "colour": [round(255 * channel) for channel in part.colour],
        "vertices": _base64(np.round(part.vertices / unit), "<i2"),
        "faces": _base64(part.faces, "<u2"),
    }


def _base64(values: NDArray, dtype: str) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype=dtype).tobytes()).decode()


def _part(model: mujoco.MjModel, geom: int, body_ids: NDArray[np.int64], simplify: Simplify) -> Part:
    vertices, faces = _triangles(model, geom, simplify)
    rotation = np.empty(9)
    mujoco.mju_quat2Mat(rotation, model.geom_quat[geom])
    red, green, blue, _ = _rgba(model, geom)
    return Part(
        body=int(np.searchsorted(body_ids, model.geom_bodyid[geom])),
        colour=(float(red), float(green), float(blue)),
        vertices=vertices @ rotation.reshape(3, 3).T + model.geom_pos[geom],
        faces=faces,
    )


def _rgba(model: mujoco.MjModel, geom: int) -> NDArray[np.float32]:
    material = model.geom_matid[geom]
    return model.mat_rgba[material] if material >= 0 else model.geom_rgba[geom]


def _triangles(model: mujoco.MjModel, geom: int, simplify: Simplify) -> Mesh:
    """A geom in its own frame: vertices (V, 3) and faces (F, 3)."""
    if model.geom_type[geom] != mujoco.mjtGeom.mjGEOM_MESH:
        return primitive(int(model.geom_type[geom]), model.geom_size[geom])
    mesh = model.geom_dataid[geom]
    first, count = model.mesh_vertadr[mesh], model.mesh_vertnum[mesh]
    vertices = model.mesh_vert[first : first + count].astype(np.float64)
    first, count = model.mesh_faceadr[mesh], model.mesh_facenum[mesh]
    faces = model.mesh_face[first : first + count].astype(np.int64)
    return simplify((vertices, faces))
