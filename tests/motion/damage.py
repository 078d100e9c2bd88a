"""`DAMAGE`: what happens to clips on their way from a recorder to a user, each at three strengths."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial.transform import Rotation

from webfoot.motion.clip import Motion
from webfoot.motion.kinematics import motion_from_stance, soles_in_base
from webfoot.robots.spec import Robot

Z_UP_TO_Y_UP = Rotation.from_euler("x", -90, degrees=True)


@dataclass(frozen=True)
class Damage:
    """One kind of damage."""

    codes: tuple[str, ...]
    """Findings that name it; one of them must be there."""
    strengths: tuple[float, float, float]
    """Weak, middle, strong."""
    inject: Callable[[Motion, Robot, float], Motion]
    needs: str = ""
    """'root', 'loop' or 'long': the kind of clip that can suffer it."""


def recorded(cycle: Motion, robot: Robot, seconds: float = 4.0) -> Motion:
    """A clip as a recorder gives it: cycles in a row, not closed, with a root that goes forward."""
    count = int(np.ceil(seconds * cycle.fps / cycle.num_frames))
    joint_pos = np.tile(cycle.joint_pos, (count, 1))
    quat = None if cycle.root_quat is None else np.tile(cycle.root_quat, (count, 1))
    stance = motion_from_stance(soles_in_base(robot, joint_pos), cycle.fps, quat, loop=False)
    root = {"root_pos": stance.root_pos, "root_quat": stance.root_quat}
    return replace(cycle, joint_pos=joint_pos, loop=False, command=None, stored_velocity=None, **root)


def joints(motion: Motion, change: Callable[[np.ndarray], np.ndarray], **more: object) -> Motion:
    """The clip with `change` applied to a copy of its angles."""
    return replace(motion, joint_pos=change(motion.joint_pos.copy()), **more)


def leg(robot: Robot, motion: Motion, number: int, foot: int = 0) -> int:
    """Column in the clip of a leg joint, from the base down."""
    return motion.joint_names.index(robot.feet[foot].joints[number])


def frames(motion: Motion, keep: np.ndarray) -> Motion:
    """The clip with the given frames only."""
    pos, quat = motion.root_pos, motion.root_quat
    root = {"root_pos": None if pos is None else pos[keep], "root_quat": None if quat is None else quat[keep]}
    return replace(motion, joint_pos=motion.joint_pos[keep], stored_velocity=None, **root)


def moved(motion: Motion, change: Callable[[np.ndarray], np.ndarray]) -> Motion:
    """The clip with `change` applied to a copy of its root position."""
    assert motion.root_pos is not None
    return replace(motion, root_pos=change(motion.root_pos.copy()))


def turned(motion: Motion, change: Callable[[Rotation], Rotation]) -> Motion:
    """The clip with `change` applied to its root rotation."""
    quat = change(Rotation.from_quat(motion.root_quat, scalar_first=True)).as_quat(scalar_first=True)
    return replace(motion, root_quat=quat)


def nan_gap(motion: Motion, robot: Robot, strength: float) -> Motion:
    def change(q):
        q[5 : 5 + int(strength), leg(robot, motion, 3)] = np.nan
        return q

    return joints(motion, change)


def spike(motion: Motion, robot: Robot, strength: float) -> Motion:
    def change(q):
        q[len(q) // 2, leg(robot, motion, 2)] += strength
        return q

    return joints(motion, change)


def wrapped(motion: Motion, robot: Robot, strength: float) -> Motion:
    def change(q):
        q[len(q) // 2 : len(q) // 2 + int(strength * len(q)), leg(robot, motion, 3)] -= 2 * np.pi
        return q

    return joints(motion, change)


def in_degrees(motion: Motion, robot: Robot, strength: float) -> Motion:
    def change(q):
        columns = {1: [leg(robot, motion, 3)], 2: [leg(robot, motion, n) for n in range(5)], 3: slice(None)}[
            int(strength)
        ]
        q[:, columns] *= 180 / np.pi
        return q

    return joints(motion, change)


def root_in_other_unit(motion: Motion, robot: Robot, strength: float) -> Motion:
    return moved(motion, lambda p: p * strength)


def wrong_rate(motion: Motion, robot: Robot, strength: float) -> Motion:
    return replace(motion, fps=motion.fps * strength)


def too_slow(motion: Motion, robot: Robot, strength: float) -> Motion:
    return replace(motion, fps=motion.fps / strength)


def quaternion_as_xyzw(motion: Motion, robot: Robot, strength: float) -> Motion:
    turned_clip = headed(motion, strength)
    return replace(turned_clip, root_quat=np.roll(turned_clip.root_quat, -1, axis=1))


def headed(motion: Motion, yaw: float) -> Motion:
    """The clip in a world turned by `yaw`."""
    spin = Rotation.from_rotvec([0, 0, yaw])
    return turned(moved(motion, lambda p: spin.apply(p)), lambda r: spin * r)


def y_up(motion: Motion, robot: Robot, strength: float) -> Motion:
    clip = headed(motion, strength)
    return turned(moved(clip, lambda p: Z_UP_TO_Y_UP.apply(p)), lambda r: Z_UP_TO_Y_UP * r)


def height_lost(motion: Motion, robot: Robot, strength: float) -> Motion:
    return moved(motion, lambda p: p * [1, 1, 0])


def raised(motion: Motion, robot: Robot, strength: float) -> Motion:
    return moved(motion, lambda p: p + [0, 0, strength])


def sunk(motion: Motion, robot: Robot, strength: float) -> Motion:
    return moved(motion, lambda p: p - [0, 0, strength])


def slipping(motion: Motion, robot: Robot, strength: float) -> Motion:
    seconds = np.arange(motion.num_frames)[:, None] / motion.fps
    return moved(motion, lambda p: p + seconds * [strength, 0, 0])


def yaw_drift(motion: Motion, robot: Robot, strength: float) -> Motion:
    seconds = np.arange(motion.num_frames)[:, None] / motion.fps
    return turned(motion, lambda r: Rotation.from_rotvec(seconds * [0, 0, strength]) * r)


def tilted(motion: Motion, robot: Robot, strength: float) -> Motion:
    return turned(motion, lambda r: r * Rotation.from_rotvec([0, strength, 0]))


def shaking_root(motion: Motion, robot: Robot, strength: float) -> Motion:
    noise = np.random.default_rng(1).normal(size=(motion.num_frames, 3))
    return moved(motion, lambda p: p + strength * noise)


def noise(motion: Motion, robot: Robot, strength: float) -> Motion:
    return joints(motion, lambda q: q + np.random.default_rng(0).normal(size=q.shape) * strength)


def rounding(motion: Motion, robot: Robot, strength: float) -> Motion:
    return joints(motion, lambda q: np.round(q / strength) * strength)


def lost_frames(motion: Motion, robot: Robot, strength: float) -> Motion:
    moving = np.linalg.norm(np.diff(motion.joint_pos, axis=0), axis=1)
    lively = np.flatnonzero(moving[1:-1] > np.median(moving)) + 1
    chosen = lively[:: max(1, len(lively) // int(strength))][: int(strength)]
    return frames(motion, np.setdiff1d(np.arange(motion.num_frames), chosen))


def doubled_frames(motion: Motion, robot: Robot, strength: float) -> Motion:
    chosen = np.linspace(3, motion.num_frames - 4, int(strength)).astype(int)
    return frames(motion, np.sort(np.concatenate([np.arange(motion.num_frames), chosen])))


def cut_out(motion: Motion, robot: Robot, strength: float) -> Motion:
    start = motion.num_frames // 2
    return frames(motion, np.r_[0:start, start + int(strength) : motion.num_frames])


def frozen(motion: Motion, robot: Robot, strength: float) -> Motion:
    def change(q):
        j, count = leg(robot, motion, 3), max(2, int(strength * len(q)))
        start = (len(q) - count) // 2
        q[start : start + count, j] = q[start, j]
        return q

    return joints(motion, change)


def cut_off(motion: Motion, robot: Robot, strength: float) -> Motion:
    def change(q):
        j = leg(robot, motion, 3)
        q[:, j] = np.minimum(q[:, j], q[:, j].max() - strength * np.ptp(q[:, j]))
        return q

    return joints(motion, change)


def flipped(motion: Motion, robot: Robot, strength: float) -> Motion:
    def change(q):
        for number in {1: [4], 2: [3], 3: [2, 3]}[int(strength)]:
            q[:, leg(robot, motion, number)] *= -1
        return q

    return joints(motion, change)


def exchanged(motion: Motion, robot: Robot, strength: float) -> Motion:
    def change(q):
        for foot in {1: [0], 2: [1], 3: [0, 1]}[int(strength)]:
            a, b = leg(robot, motion, 3, foot), leg(robot, motion, 4, foot)
            q[:, [a, b]] = q[:, [b, a]]
        return q

    return joints(motion, change)


def sides(motion: Motion, robot: Robot, strength: float) -> Motion:
    def change(q):
        for number in {1: [2], 2: [2, 3, 4], 3: range(5)}[int(strength)]:
            a, b = leg(robot, motion, number, 0), leg(robot, motion, number, 1)
            q[:, [a, b]] = q[:, [b, a]]
        return q

    return joints(motion, change)


def wrong_zero(motion: Motion, robot: Robot, strength: float) -> Motion:
    def change(q):
        q[:, leg(robot, motion, 3)] += strength
        return q

    return joints(motion, change)


def late_leg(motion: Motion, robot: Robot, strength: float) -> Motion:
    def change(q):
        columns = [leg(robot, motion, n) for n in range(5)]
        q[:, columns] = np.roll(q[:, columns], int(strength), axis=0)
        return q

    return joints(motion, change)


def limping(motion: Motion, robot: Robot, strength: float) -> Motion:
    def change(q):
        columns = [leg(robot, motion, n) for n in range(5)]
        q[:, columns] = q[:, columns].mean(axis=0) + strength * (q[:, columns] - q[:, columns].mean(axis=0))
        return q

    return joints(motion, change)


def shuffling(motion: Motion, robot: Robot, strength: float) -> Motion:
    return joints(motion, lambda q: q.mean(axis=0) + strength * (q - q.mean(axis=0)))


def open_seam(motion: Motion, robot: Robot, strength: float) -> Motion:
    def change(q):
        q[:, leg(robot, motion, 3)] += np.linspace(0, strength, len(q))
        return q

    return joints(motion, change)


def from_rest(motion: Motion, robot: Robot, strength: float) -> Motion:
    still = np.zeros(int(strength * motion.fps), dtype=int)
    return frames(motion, np.concatenate([still, np.arange(motion.num_frames)]))


def too_far(motion: Motion, robot: Robot, strength: float) -> Motion:
    middle, size = motion.joint_pos.mean(axis=0), np.ptp(motion.joint_pos, axis=0)
    j = leg(robot, motion, 2)
    reach = robot.upper[robot.joint_names.index(motion.joint_names[j])] + strength - motion.joint_pos[:, j].max()

    def change(q):
        q[:, j] = middle[j] + (q[:, j] - middle[j]) * (1 + 2 * reach / size[j])
        return q

    return joints(motion, change)


def unnamed_leg(motion: Motion, robot: Robot, strength: float) -> Motion:
    lost = {motion.joint_names[leg(robot, motion, n)] for n in range(int(strength))}
    return replace(motion, joint_names=tuple(f"lost_{n}" if n in lost else n for n in motion.joint_names))


def sign_of_quaternion(motion: Motion, robot: Robot, strength: float) -> Motion:
    assert motion.root_quat is not None
    sign = np.ones((motion.num_frames, 1))
    sign[:: int(strength)] = -1
    return replace(motion, root_quat=motion.root_quat * sign)


def length_of_quaternion(motion: Motion, robot: Robot, strength: float) -> Motion:
    assert motion.root_quat is not None
    return replace(motion, root_quat=motion.root_quat * strength)


DAMAGE: dict[str, Damage] = {
    "nan gap": Damage(("broken_number",), (1, 3, 10), nan_gap),
    "spike": Damage(("spike",), (0.1, 0.3, 1.0), spike),
    "angle wrapped": Damage(("angle_wrapped",), (0.1, 0.2, 0.4), wrapped),
    "degrees": Damage(("degrees", "broken_number"), (1, 2, 3), in_degrees),
    "root in feet, cm, mm": Damage(("root_unit",), (3.281, 100.0, 1000.0), root_in_other_unit, "root"),
    "rate too high": Damage(("frame_rate",), (1.5, 2.4, 4.0), wrong_rate),
    "rate too low": Damage(("frame_rate",), (1.5, 2.4, 4.0), too_slow),
    "quaternion xyzw": Damage(("quaternion_order",), (0.0, 0.6, 1.2), quaternion_as_xyzw, "root"),
    "y up": Damage(("up_axis",), (0.0, 0.6, 1.2), y_up, "root"),
    "root height lost": Damage(("root_height_lost",), (1, 1, 1), height_lost, "root"),
    "floating": Damage(("floating",), (0.008, 0.025, 0.1), raised, "root"),
    "in the floor": Damage(("penetration",), (0.008, 0.025, 0.1), sunk, "root"),
    "feet slip": Damage(("feet_slip", "foot_skating"), (0.02, 0.08, 0.3), slipping, "root"),
    "yaw drift": Damage(("feet_slip",), (0.08, 0.3, 1.0), yaw_drift, "root"),
    "base tilted": Damage(("base_tilted",), (0.07, 0.2, 0.35), tilted, "root"),
    "shaking root": Damage(("root_jitter",), (0.002, 0.006, 0.02), shaking_root, "root"),
    "noise": Damage(("jitter",), (0.01, 0.03, 0.1), noise),
    "rounding": Damage(("rounded",), (0.005, 0.0349, 0.1), rounding),
    "lost frames": Damage(("dropped_frames",), (1, 3, 8), lost_frames),
    "doubled frames": Damage(("duplicate_frames",), (1, 3, 8), doubled_frames),
    "cut": Damage(("cut",), (3, 9, 11), cut_out, "long"),
    "frozen joint": Damage(("frozen_joint",), (0.15, 0.4, 1.0), frozen),
    "cut off": Damage(("clipped",), (0.1, 0.3, 0.6), cut_off),
    "sign": Damage(("sign_flipped",), (1, 2, 3), flipped),
    "columns exchanged": Damage(("columns_swapped",), (1, 2, 3), exchanged),
    "sides exchanged": Damage(("sides_swapped",), (1, 2, 3), sides),
    "wrong zero": Damage(("joint_offset",), (0.1, 0.35, 0.6), wrong_zero),
    "late leg": Damage(("out_of_step",), (2, 5, 8), late_leg),
    "limp": Damage(("asymmetric",), (0.8, 0.4, 0.1), limping),
    "shuffle": Damage(("foot_drag", "still"), (0.4, 0.1, 0.02), shuffling),
    "open seam": Damage(("seam",), (0.1, 0.3, 0.6), open_seam, "loop"),
    "start from rest": Damage(("warm_up",), (0.3, 0.8, 1.5), from_rest, "long"),
    "beyond limits": Damage(("joint_limit",), (0.02, 0.2, 0.5), too_far),
    "leg without names": Damage(("missing_leg_joint",), (1, 3, 5), unnamed_leg),
    "quaternion sign": Damage(("quaternion_sign",), (50, 9, 2), sign_of_quaternion, "root"),
    "quaternion length": Damage(("quaternion_length",), (1.002, 1.02, 1.08), length_of_quaternion, "root"),
}
"""Kinds of damage by name; `strengths[1]` must be found and named on every clip that can suffer it."""
