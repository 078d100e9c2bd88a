"""Ways to earn a reward without walking, in the simulator: none of them passes. A drifter stands in test_criteria."""

import numpy as np
import pytest

from webfoot.evaluate.criteria import judge
from webfoot.evaluate.rollout import RolloutConfig, Stage, roll_out
from webfoot.motion.bundled import bundled_path
from webfoot.motion.library import build_reference
from webfoot.motion.prepare import prepare
from webfoot.motion.read import read_motions
from webfoot.robots.table import load_robot
from webfoot.sim.model import SimConfig

DUCKLING = load_robot("duckling")
WALK = prepare(read_motions(bundled_path("duckling", "walk"), DUCKLING)[0], DUCKLING)
PERIOD_S = WALK.duration_s


class OpenLoop:
    """Plays a share of the walk's swing about the standing pose, whatever it senses; with a share of 0 it stands."""

    has_phase = True

    def __init__(self, share):
        self.share = share

    def reset(self, num_envs=1):
        self.observation = np.zeros((num_envs, 1), dtype=np.float32)
        self.action = np.zeros((num_envs, DUCKLING.nu), dtype=np.float32)
        self.phase = np.zeros(num_envs)

    def step(self, gyro, projected_gravity, joint_pos, joint_vel, command):
        self.command = command.copy()
        frame = WALK.joint_pos[int(self.phase[0] * WALK.num_frames) % WALK.num_frames]
        swing = self.share * (frame - WALK.joint_pos.mean(axis=0))
        self.phase = (self.phase + 0.02 / PERIOD_S) % 1.0
        return np.tile(DUCKLING.default_pos + swing, (len(gyro), 1)).astype(np.float32)


@pytest.fixture(scope="module")
def stage():
    return Stage(DUCKLING, build_reference([WALK], DUCKLING), SimConfig())


def judged(policy, stage):
    checks = judge(roll_out(policy, stage, RolloutConfig(episodes=8, episode_s=6.0)))
    return {check.name: check for check in checks}


def test_who_stands_survives_and_tracks_closely_but_does_not_pass(stage):
    checks = judged(OpenLoop(0.0), stage)
    assert checks["survival"].value == 1.0 and checks["tilt_p95"].passed and checks["target_jitter"].passed
    assert not checks["speed_error"].passed and checks["speed_error"].value > 0.9
    assert not checks["lifted_cycles"].passed and checks["lifted_cycles"].value == 0.0


def test_who_shuffles_survives_but_does_not_pass(stage):
    checks = judged(OpenLoop(0.25), stage)
    assert checks["survival"].value == 1.0
    assert not checks["lifted_cycles"].passed
