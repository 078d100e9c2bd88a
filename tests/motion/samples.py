"""A sound file of every format that is read, made of one small walk of the duckling: all must mean the same."""

import io
import json
import pickle
from collections.abc import Callable
from pathlib import Path

import mujoco
import numpy as np
from clips import awd_table, stepping
from scipy.spatial.transform import Rotation
from skeletons import walking_bvh
from test_polynomial import clip as polynomial_clip

from webfoot.motion.clip import Motion
from webfoot.motion.formats import csv_table, webfoot_npz
from webfoot.motion.kinematics import robot_model
from webfoot.robots.spec import Robot


def walk(robot: Robot, frames: int = 48) -> Motion:
    """A step on the spot whose base goes forward, sways and turns."""
    clip = stepping(robot, frames)
    t = np.arange(frames) / clip.fps
    root = np.column_stack([0.1 * t, 0.01 * np.sin(6 * t), np.full(frames, robot.base_height)])
    quat = Rotation.from_euler("zyx", np.column_stack([0.2 * t, 0.05 * np.sin(5 * t), 0.03 * t])).as_quat(
        scalar_first=True
    )
    return Motion("walk", clip.fps, clip.joint_names, clip.joint_pos, root, quat, loop=False)


def bodies(robot: Robot, clip: Motion) -> tuple[np.ndarray, np.ndarray]:
    """World positions (T, B, 3) and rotations (T, B, 4) of all bodies but the world, depth first."""
    model = robot_model(robot)
    data = mujoco.MjData(model)
    addresses = model.jnt_qposadr[[model.joint(name).id for name in clip.joint_names]]
    pos, quat = [], []
    for t in range(clip.num_frames):
        data.qpos[:] = model.qpos0
        data.qpos[:3], data.qpos[3:7] = clip.root_pos[t], clip.root_quat[t]  # pyright: ignore[reportOptionalSubscript]
        data.qpos[addresses] = clip.joint_pos[t]
        mujoco.mj_kinematics(model, data)
        pos.append(data.xpos[1:].copy())
        quat.append(data.xquat[1:].copy())
    return np.array(pos), np.array(quat)


def breadth_first(robot: Robot) -> list[int]:
    """MuJoCo's numbers of the bodies, level by level."""
    model = robot_model(robot)
    depth = [0] * model.nbody
    for body in range(1, model.nbody):
        depth[body] = depth[model.body_parentid[body]] + 1
    return sorted(range(1, model.nbody), key=lambda body: (depth[body], body))


def _npz(**arrays: object) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)  # pyright: ignore[reportArgumentType]
    return stream.getvalue()


def _npy(value: object) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.array(value, dtype=object) if isinstance(value, dict) else np.asarray(value), allow_pickle=True)
    return stream.getvalue()


def webfoot(robot: Robot, folder: Path) -> bytes:
    webfoot_npz.write(walk(robot), folder / "made.npz")
    return (folder / "made.npz").read_bytes()


def isaac_amp(robot: Robot, folder: Path) -> bytes:
    clip, model = walk(robot), robot_model(robot)
    pos, quat = bodies(robot, clip)
    names = [model.body(body).name for body in range(1, model.nbody)]
    return _npz(
        fps=50, dof_names=clip.joint_names, dof_positions=clip.joint_pos, dof_velocities=clip.joint_pos,
        body_names=names, body_positions=pos.astype(np.float32), body_rotations=quat,
    )  # fmt: skip


def mjlab(robot: Robot, folder: Path) -> bytes:
    clip = walk(robot)
    pos, quat = bodies(robot, clip)
    return _npz(fps=[50], joint_pos=clip.joint_pos, joint_vel=clip.joint_pos, body_pos_w=pos, body_quat_w=quat)


def beyond_mimic(robot: Robot, folder: Path) -> bytes:
    """The same with bodies and joints level by level, as PhysX has them."""
    clip, model = walk(robot), robot_model(robot)
    pos, quat = bodies(robot, clip)
    order = breadth_first(robot)
    names = [model.joint(int(model.body_jntadr[body])).name for body in order if model.body_jntnum[body]]
    columns = [clip.joint_names.index(name) for name in names if name in clip.joint_names]
    picked = [body - 1 for body in order]
    return _npz(fps=[50], joint_pos=clip.joint_pos[:, columns], body_pos_w=pos[:, picked], body_quat_w=quat[:, picked])


def _qpos(robot: Robot) -> np.ndarray:
    clip, model = walk(robot), robot_model(robot)
    qpos = np.tile(model.qpos0, (clip.num_frames, 1))
    qpos[:, :3], qpos[:, 3:7] = clip.root_pos, clip.root_quat
    qpos[:, model.jnt_qposadr[[model.joint(name).id for name in clip.joint_names]]] = clip.joint_pos
    return qpos


def loco_mujoco(robot: Robot, folder: Path) -> bytes:
    model = robot_model(robot)
    names = [model.joint(j).name or "root" for j in range(model.njnt)]
    return _npz(
        qpos=_qpos(robot), qvel=np.zeros((48, model.nv)), frequency=50.0, joint_names=names, jnt_type=model.jnt_type,
        njnt=model.njnt, split_points=np.array([0, 48]), site_names=np.array(None, dtype=object),
    )  # fmt: skip


def qpos(robot: Robot, folder: Path) -> bytes:
    return _npz(qpos=_qpos(robot), fps=50)


def lafan_csv(robot: Robot, folder: Path) -> bytes:
    clip, stream = walk(robot), io.StringIO()
    assert clip.root_pos is not None and clip.root_quat is not None
    np.savetxt(stream, np.column_stack([clip.root_pos, clip.root_quat[:, [1, 2, 3, 0]], clip.joint_pos]), delimiter=",")
    return stream.getvalue().encode()


def headed_csv(robot: Robot, folder: Path) -> bytes:
    csv_table.write(walk(robot), folder / "made.csv", robot)
    return (folder / "made.csv").read_bytes()


def awd(robot: Robot, folder: Path) -> bytes:
    return json.dumps(awd_table(12, robot.leg_joint_names)).encode()


def pybullet_hinges(robot: Robot, folder: Path) -> bytes:
    clip = walk(robot)
    assert clip.root_pos is not None and clip.root_quat is not None
    rows = np.column_stack([np.full(48, 0.02), clip.root_pos, clip.root_quat[:, [1, 2, 3, 0]], clip.joint_pos])
    return json.dumps({"Loop": "none", "Frames": rows.tolist()}).encode()


def deep_mimic_person(robot: Robot, folder: Path) -> bytes:
    """The humanoid of 44 columns, marching in 12 frames."""
    rows = np.zeros((12, 44))
    rows[:, 0], rows[:, 2] = 1 / 12, 0.85
    rows[:, [4, 8, 12, 16, 21, 25, 30, 35, 39]] = 1.0  # w of every quaternion
    bend = 1 - np.cos(2 * np.pi * np.arange(12) / 12)
    for hip, knee, ankle, angle in ((16, 20, 21, 0.2 * bend), (30, 34, 35, 0.4 - 0.2 * bend)):
        rows[:, hip], rows[:, hip + 3] = np.cos(angle / 2), np.sin(angle / 2)
        rows[:, knee] = -2 * angle
        rows[:, ankle], rows[:, ankle + 3] = np.cos(angle / 2), np.sin(angle / 2)
    return json.dumps({"Loop": "wrap", "Frames": rows.tolist()}).encode()


def _gmr(robot: Robot) -> dict:
    clip = walk(robot)
    assert clip.root_quat is not None
    xyzw = clip.root_quat[:, [1, 2, 3, 0]]
    return {
        "fps": 50, "root_pos": clip.root_pos, "root_rot": xyzw, "dof_pos": clip.joint_pos.astype(np.float64),
        "local_body_pos": None, "link_body_list": ["base"],
    }  # fmt: skip


def gmr(robot: Robot, folder: Path) -> bytes:
    return pickle.dumps(_gmr(robot), protocol=4)


def gmr_newest(robot: Robot, folder: Path) -> bytes:
    return pickle.dumps(_gmr(robot), protocol=5)


def phc(robot: Robot, folder: Path) -> bytes:
    table = _gmr(robot)
    one = {"fps": 50, "root_trans_offset": table["root_pos"], "root_rot": table["root_rot"], "dof": table["dof_pos"]}
    return pickle.dumps({"walk": one}, protocol=2)


def ami(robot: Robot, folder: Path) -> bytes:
    table = _gmr(robot)
    return _npy(
        {
            "joints_list": list(robot.joint_names), "joint_positions": list(table["dof_pos"]), "fps": 50.0,
            "root_position": table["root_pos"], "root_quaternion": table["root_rot"],
        }
    )  # fmt: skip


def array(robot: Robot, folder: Path) -> bytes:
    return _npy(walk(robot).joint_pos)


def poselib(robot: Robot, folder: Path) -> bytes:
    """A person of two legs in metres, z up and x forward, who marches."""
    names = ["pelvis", "left_thigh", "left_shin", "left_foot", "left_toe"]
    names += [name.replace("left", "right") for name in names[1:]]
    places = [[0, 0, 0], [0, 0.1, 0], [0, 0, -0.42], [0, 0, -0.41], [0.15, 0, -0.05]]
    places += [[0, -0.1, 0], *places[2:]]
    bend = 0.2 * (1 - np.cos(2 * np.pi * np.arange(12) / 12))
    angles = np.zeros((12, 9))
    for hip, angle in ((1, bend), (5, bend[::-1])):
        angles[:, hip], angles[:, hip + 1], angles[:, hip + 2] = -angle, 2 * angle, -angle
    quat = np.zeros((12, 9, 4))
    quat[..., 1], quat[..., 3] = np.sin(angles / 2), np.cos(angles / 2)
    tree = {
        "node_names": names,
        "parent_indices": {"arr": np.array([-1, 0, 1, 2, 3, 0, 5, 6, 7]), "context": {"dtype": "int64"}},
        "local_translation": {"arr": np.array(places, dtype=np.float32), "context": {"dtype": "float32"}},
    }
    root = {"arr": np.tile([0.0, 0.0, 0.9], (12, 1)), "context": {"dtype": "float64"}}
    rotation = {"arr": quat, "context": {"dtype": "float64"}}
    return _npy(
        {
            "rotation": rotation, "root_translation": root, "skeleton_tree": tree, "is_local": True, "fps": 12,
            "__name__": "SkeletonMotion",
        }
    )  # fmt: skip


def bvh(robot: Robot, folder: Path) -> bytes:
    return walking_bvh(1.2, 20).encode()


def polynomials(robot: Robot, folder: Path) -> bytes:
    return pickle.dumps({"walk": polynomial_clip()})


SAMPLES: dict[str, tuple[str, Callable[[Robot, Path], bytes]]] = {
    "webfoot": (".npz", webfoot),
    "isaac_amp": (".npz", isaac_amp),
    "mjlab": (".npz", mjlab),
    "beyond_mimic": (".npz", beyond_mimic),
    "loco_mujoco": (".npz", loco_mujoco),
    "qpos": (".npz", qpos),
    "lafan_csv": (".csv", lafan_csv),
    "headed_csv": (".csv", headed_csv),
    "pybullet_hinges": (".txt", pybullet_hinges),
    "gmr": (".pkl", gmr),
    "gmr_newest": (".pkl", gmr_newest),
    "phc": (".pkl", phc),
    "ami": (".npy", ami),
    "array": (".npy", array),
    "awd": (".json", awd),
    "deep_mimic": (".json", deep_mimic_person),
    "poselib": (".npy", poselib),
    "bvh": (".bvh", bvh),
    "polynomials": (".pkl", polynomials),
}
"""Name of a format: the ending of its files, and what makes a sound one."""
SAME_WALK = tuple(SAMPLES)[:13]
"""Formats whose sample is the walk itself, root and all."""
