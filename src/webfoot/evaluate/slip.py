"""How much the standing feet slide. Needs the robot, because `Episodes` holds no place of a foot."""

import numpy as np
from scipy.spatial.transform import Rotation

from webfoot.evaluate.episodes import Episodes
from webfoot.evaluate.gait import SWING_M
from webfoot.motion.kinematics import soles_in_base
from webfoot.robots.spec import Robot


def foot_slip(episodes: Episodes, robot: Robot, count: int = 4) -> float:
    """Mean horizontal speed of the soles' centres while they stand, over the first `count` episodes [m/s].

    A sole stands between two states if its lowest corner is within `SWING_M` of the ground at both.
    """
    slid: list[np.ndarray] = []
    for episode in range(min(count, episodes.num_episodes)):
        lived = int(episodes.alive[:, episode].sum())
        centres = soles_in_base(robot, episodes.joint_pos[:lived, episode]).mean(axis=2)  # (L, F, 3)
        turn = Rotation.from_quat(episodes.root_quat[:lived, episode], scalar_first=True).as_matrix()
        world = np.einsum("tij,tfj->tfi", turn, centres) + episodes.root_pos[:lived, episode, None]
        stands = episodes.foot_height[:lived, episode] < SWING_M
        speed = np.linalg.norm(np.diff(world[..., :2], axis=0), axis=-1) / episodes.control_dt
        slid.append(speed[stands[1:] & stands[:-1]])
    every = np.concatenate(slid)
    return float(every.mean()) if len(every) else 0.0
