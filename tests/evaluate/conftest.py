"""Synthetic walkers whose numbers can be worked out by hand."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from webfoot.evaluate.episodes import Episodes
from webfoot.robots.derive import robot_from_mjcf
from webfoot.robots.spec import Robot

DT, PERIOD, STEPS = 0.02, 0.5, 500
"""50 Hz, 25 steps a gait cycle, 10 s."""


def sine_walker(
    num_episodes: int = 2, speed: float = 0.1, lift: float = 0.03, yaw_rate: float = 0.0, wz: float = 0.0
) -> Episodes:
    """Walks forward at `speed` with feet that rise `lift` in turn, joints exactly on the reference.

    `yaw_rate` is the rate at which it really turns, `wz` the one it is told to [rad/s]; 0.1 m/s is the command.
    """
    time = np.arange(STEPS + 1) * DT
    phase = np.arange(STEPS + 1) % 25 / 25
    heading = yaw_rate * time
    step = speed * DT * np.stack([np.cos(heading + yaw_rate * DT / 2), np.sin(heading + yaw_rate * DT / 2)], axis=1)
    position = np.concatenate([np.zeros((1, 2)), np.cumsum(step[:-1], axis=0)])
    root_pos = np.column_stack([position, np.full(STEPS + 1, 0.16)])
    root_quat = np.column_stack([np.cos(heading / 2), np.zeros((STEPS + 1, 2)), np.sin(heading / 2)])
    wave = np.sin(2 * np.pi * phase)
    joints = 0.3 * np.column_stack([wave, -wave, np.zeros(STEPS + 1)])
    feet = np.clip(np.column_stack([wave, -wave]), 0, None)

    def many(values: np.ndarray) -> np.ndarray:
        return np.repeat(values[:, None], num_episodes, axis=1)

    return Episodes(
        control_dt=DT,
        joint_names=("left_hip", "right_hip", "neck"),
        foot_names=("left", "right"),
        root_pos=many(root_pos),
        root_quat=many(root_quat),
        root_vel=many(np.zeros((STEPS + 1, 6))),
        joint_pos=many(joints),
        joint_vel=many(np.zeros((STEPS + 1, 3))),
        foot_height=many(lift * feet),
        phase=many(phase),
        reference_joint_pos=many(joints),
        reference_foot_height=many(0.03 * feet),
        observation=np.zeros((STEPS, num_episodes, 4), dtype=np.float32),
        action=np.zeros((STEPS, num_episodes, 3), dtype=np.float32),
        joint_pos_target=many(joints[1:]).astype(np.float32),
        torque=many(np.zeros((STEPS, 3))),
        command=np.tile([0.1, 0.0, wz], (STEPS, num_episodes, 1)),
        alive=np.ones((STEPS + 1, num_episodes), dtype=bool),
        torque_limit=np.full(3, 2.0),
        velocity_limit=np.full(3, 5.0),
        period_s=PERIOD,
    )


def falling(episodes: Episodes, episode: int, time_s: float) -> Episodes:
    """The same, but one episode falls at `time_s` and is NaN from then on."""
    alive, root_pos = episodes.alive.copy(), episodes.root_pos.copy()
    joint_pos, foot_height = episodes.joint_pos.copy(), episodes.foot_height.copy()
    root_quat = episodes.root_quat.copy()
    step = round(time_s / episodes.control_dt)
    alive[step:, episode] = False
    for values in (root_pos, root_quat, joint_pos, foot_height):
        values[step:, episode] = np.nan
    return replace(
        episodes, alive=alive, root_pos=root_pos, root_quat=root_quat, joint_pos=joint_pos, foot_height=foot_height
    )


@pytest.fixture
def walker() -> Callable[..., Episodes]:
    return sine_walker


@pytest.fixture
def fall() -> Callable[[Episodes, int, float], Episodes]:
    return falling


TOY = """
<mujoco>
  <worldbody>
    <body name="base" pos="0 0 0.16">
      <freejoint/>
      <geom type="box" size="0.04 0.05 0.03" rgba="1 0 0 1" contype="0" conaffinity="0" mass="1"/>
      <body name="left_leg" pos="0 0.04 -0.02">
        <joint name="left_hip" axis="0 1 0" range="-1 1"/>
        <geom type="capsule" fromto="0 0 0 0 0 -0.1" size="0.01" contype="0" conaffinity="0"/>
        <geom type="box" size="0.03 0.015 0.005" pos="0 0 -0.12" mass="0.1"/>
      </body>
      <body name="right_leg" pos="0 -0.04 -0.02">
        <joint name="right_hip" axis="0 1 0" range="-1 1"/>
        <geom type="capsule" fromto="0 0 0 0 0 -0.1" size="0.01" contype="0" conaffinity="0"/>
        <geom type="box" size="0.03 0.015 0.005" pos="0 0 -0.12" mass="0.1"/>
      </body>
      <body name="head" pos="0 0 0.06">
        <joint name="neck" axis="0 1 0" range="-1 1"/>
        <geom type="sphere" size="0.03" contype="0" conaffinity="0"/>
      </body>
    </body>
  </worldbody>
  <actuator>
    <position joint="left_hip" kp="5" forcerange="-2 2"/>
    <position joint="right_hip" kp="5" forcerange="-2 2"/>
    <position joint="neck" kp="5" forcerange="-2 2"/>
  </actuator>
</mujoco>
"""


@pytest.fixture
def toy_robot(tmp_path) -> Robot:
    """A robot with the joints of `sine_walker`, without floor, light or sky."""
    path = tmp_path / "toy.xml"
    path.write_text(TOY)
    return robot_from_mjcf(path)
