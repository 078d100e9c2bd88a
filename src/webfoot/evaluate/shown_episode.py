"""`shown_episode`: an episode of a rollout beside its reference, to be looked at."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from webfoot.counted import counted
from webfoot.errors import RunError
from webfoot.evaluate.episodes import Episodes
from webfoot.evaluate.gait import SWING_M, lift
from webfoot.evaluate.replay_document import Poses, Shown
from webfoot.evaluate.store import one_episode
from webfoot.motion.kinematics import motion_from_stance, soles_in_base
from webfoot.robots.spec import Robot


def shown_episode(robot: Robot, episodes: Episodes, episode: int, iteration: int | None) -> Shown:
    """One episode, up to where its simulation broke; the ghost walks in its place.

    Args:
        robot: that walked.
        episodes: what happened.
        episode: which of them, from 0.
        iteration: of the training, where the policy was tried while it learnt.

    Raises:
        RunError: no such episode, one that holds nothing, or one of another robot.
    """
    count = episodes.num_episodes
    if not 0 <= episode < count:
        raise RunError(f"episode {episode} is not kept; the rollout holds {count}, from 0 to {count - 1}")
    if episodes.joint_names != robot.joint_names:
        raise RunError(f"the rollout is of another robot than '{robot.name}': its joints have other names")
    alone = one_episode(episodes, episode)
    rows = slice(_num_finite(alone))
    if not rows.stop:
        raise RunError(f"episode {episode} holds no state that is a number; look at another one")
    poses = Poses(
        alone.root_pos[rows, 0],
        alone.root_quat[rows, 0],
        alone.joint_pos[rows, 0],
        _stands(alone, alone.foot_height)[rows],
    )
    lived = int(alone.alive[1:, 0].sum())
    what = "validation" if iteration is None else f"trial after {counted(iteration, 'epoch')}"
    return Shown(
        title=f"{what}, episode {episode + 1} of {count}",
        hz=1 / alone.control_dt,
        poses=poses,
        ghost=_ghost(robot, alone, poses),
        command=np.concatenate([alone.command[:, 0], alone.command[-1:, 0]])[rows],
        fell_at_s=(lived + 1) * alone.control_dt if lived < alone.num_steps else None,
        episode=episode,
        episodes=count,
        iteration=iteration,
    )


def _num_finite(alone: Episodes) -> int:
    """States before the first that is no number."""
    arrays = (alone.root_pos, alone.root_quat, alone.joint_pos)
    finite = np.logical_and.reduce([np.isfinite(values[:, 0]).all(axis=1) for values in arrays])
    return len(finite) if finite.all() else int(np.argmin(finite))


def _stands(alone: Episodes, heights: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which feet are at their stance level, none behind a fall, (T + 1, F)."""
    return (lift(alone, heights)[:, 0] <= SWING_M) & alone.alive[:, :1]


def _ghost(robot: Robot, alone: Episodes, poses: Poses) -> Poses:
    """The reference at the same phase: over the robot and headed as it is, on the ground with flat soles.

    Where the robot has fallen it stays as it was then.
    """
    frames = len(poses.root_pos)
    at = np.minimum(np.arange(frames), max(0, int(alone.alive[:frames, 0].sum()) - 1))
    joints = alone.reference_joint_pos[:frames, 0][at]
    stance = motion_from_stance(soles_in_base(robot, joints), 1 / alone.control_dt, None, loop=False)
    own = Rotation.from_quat(stance.root_quat, scalar_first=True)
    turn = _heading(Rotation.from_quat(poses.root_quat[at], scalar_first=True)) - _heading(own)
    return Poses(
        root_pos=np.column_stack([poses.root_pos[at, :2], stance.root_pos[:, 2]]),
        root_quat=(Rotation.from_euler("z", turn[:, None]) * own).as_quat(scalar_first=True),
        joint_pos=joints,
        contact=_stands(alone, alone.reference_foot_height)[:frames][at],
    )


def _heading(rotation: Rotation) -> NDArray[np.float64]:
    forward = rotation.as_matrix()[:, :, 0]
    return np.arctan2(forward[:, 1], forward[:, 0])
