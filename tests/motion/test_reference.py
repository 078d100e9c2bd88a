import dataclasses
import math

import mujoco
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.kinematics import sole_heights, soles_in_base
from webfoot.motion.library import build_reference
from webfoot.motion.reference import fourier_basis, is_symmetric
from webfoot.robots.derive import robot_from_mjcf

FRAMES, FPS = 40, 50.0
PERIOD_S = FRAMES / FPS


def turning_walk(robot, command=(0.1, 0.02, 0.4)):
    """One cycle whose joints, height and tilt hold two harmonics, walking along an arc."""
    angle = 2 * np.pi * np.arange(FRAMES) / FRAMES
    swing = np.random.default_rng(3).uniform(-0.1, 0.1, (2, robot.nu))
    joint_pos = robot.default_pos + np.outer(np.sin(angle), swing[0]) + np.outer(np.cos(2 * angle), swing[1])
    time = np.arange(FRAMES) / FPS
    yaw = command[2] * time
    quat = Rotation.from_euler("ZYX", np.stack([yaw, 0.02 * np.cos(angle), 0.03 * np.sin(angle)], 1))
    forward = (
        np.stack([np.cos(yaw), np.sin(yaw)], 1) * command[0] + np.stack([-np.sin(yaw), np.cos(yaw)], 1) * command[1]
    )
    xy = np.cumsum(forward, axis=0) / FPS
    root_pos = np.column_stack([xy, 0.18 + 0.004 * np.cos(2 * angle)])
    return Motion("arc", FPS, robot.joint_names, joint_pos, root_pos, quat.as_quat(scalar_first=True), command=command)


def test_the_fourier_basis_by_hand():
    basis = fourier_basis(np.array([0.0, 0.25]), 2)  # 1, cos, cos 2, sin, sin 2
    np.testing.assert_allclose(basis, [[1, 1, 1, 0, 0], [1, 0, -1, 1, 0]], atol=1e-12)


def test_a_clip_comes_back_at_its_own_frames(duckling):
    clip = turning_walk(duckling)
    reference = build_reference([clip], duckling)
    assert (reference.num_clips, reference.names, reference.period_s) == (1, ("arc",), pytest.approx(PERIOD_S))
    values = reference.at(0, np.arange(FRAMES) / FRAMES)
    nu = duckling.nu
    np.testing.assert_allclose(values[:, :nu], clip.joint_pos, atol=1e-9)
    np.testing.assert_allclose(values[:, nu], clip.root_pos[:, 2], atol=1e-9)
    heights = sole_heights(soles_in_base(duckling, clip.joint_pos), clip.root_quat) + clip.root_pos[:, 2:]
    np.testing.assert_allclose(values[:, nu + 6 : -nu], heights, atol=2e-3)  # the lowest corner has kinks


def test_tilt_is_roll_and_pitch_whatever_the_heading(duckling):
    phase = np.arange(FRAMES) / FRAMES
    roll, pitch = 0.03 * np.sin(2 * np.pi * phase), 0.02 * np.cos(2 * np.pi * phase)
    tilt = build_reference([turning_walk(duckling)], duckling).at(0, phase)[:, duckling.nu + 1 : duckling.nu + 3]
    np.testing.assert_allclose(tilt, np.stack([roll, pitch], axis=1), atol=5e-4)


def test_the_mean_velocity_is_the_command(duckling):
    reference = build_reference([turning_walk(duckling)], duckling)
    velocity = reference.coefficients[0, 0, duckling.nu + 3 : duckling.nu + 6]
    np.testing.assert_allclose(velocity, [0.1, 0.02, 0.4], atol=1e-12)
    np.testing.assert_array_equal(reference.commands, [[0.1, 0.02, 0.4]])


def test_a_series_has_no_seam(duckling):
    reference = build_reference([turning_walk(duckling)], duckling)
    np.testing.assert_allclose(reference.at(0, np.array([1.0])), reference.at(0, np.array([0.0])), atol=1e-9)


@pytest.fixture(scope="module")
def weightless(duckling, tmp_path_factory):
    """The duckling where nothing weighs anything, so that servos need not carry it."""
    spec = mujoco.MjSpec.from_file(str(duckling.mjcf))
    spec.option.gravity = [0, 0, 0]
    path = tmp_path_factory.mktemp("robot") / "weightless.xml"
    path.write_text(spec.to_xml())
    return robot_from_mjcf(path)


def test_servo_targets_lead_a_sine_by_damping_and_inertia(weightless):
    duckling, joint, size = weightless, 3, 0.2
    angle = 2 * np.pi * np.arange(FRAMES) / FRAMES
    clip = turning_walk(duckling)
    joint_pos = np.tile(duckling.default_pos, (FRAMES, 1))
    joint_pos[:, joint] += size * np.sin(angle)
    reference = build_reference([dataclasses.replace(clip, joint_pos=joint_pos)], duckling)
    targets = reference.at(0, np.arange(FRAMES) / FRAMES)[:, -duckling.nu :]
    speed = 2 * math.pi / PERIOD_S
    lag = (duckling.joint_damping[joint] + duckling.kd[joint]) / duckling.kp[joint]
    inertia = duckling.joint_armature[joint] / duckling.kp[joint]
    # kp (u - q) = d q' + J q'' with q = A sin wt
    by_hand = size * ((1 - inertia * speed**2) * np.sin(angle) + lag * speed * np.cos(angle))
    np.testing.assert_allclose(targets[:, joint], duckling.default_pos[joint] + by_hand, atol=1e-9)
    still = [j for j in range(duckling.nu) if j != joint]
    np.testing.assert_allclose(targets[:, still], np.tile(duckling.default_pos[still], (FRAMES, 1)), atol=1e-9)


def test_an_unloaded_servo_given_the_targets_follows_the_joint_angles(weightless):
    duckling, joint = weightless, 3
    model = mujoco.MjModel.from_xml_string(f"""
        <mujoco><option timestep="0.0005" gravity="0 0 0" integrator="implicitfast"/><worldbody><body>
          <joint name="servo" damping="{duckling.joint_damping[joint]}" armature="{duckling.joint_armature[joint]}"/>
          <geom type="sphere" size="0.001" mass="1e-6"/>
        </body></worldbody>
        <actuator><position joint="servo" kp="{duckling.kp[joint]}" kv="{duckling.kd[joint]}"/></actuator></mujoco>""")
    reference = build_reference([turning_walk(duckling)], duckling)
    data = mujoco.MjData(model)
    worst = 0.0
    for _ in range(round(2 * PERIOD_S / 0.0005)):
        wanted = reference.at(0, np.array([data.time / PERIOD_S]))[0]
        if data.time > PERIOD_S:  # the first cycle is for swinging in
            worst = max(worst, abs(float(data.qpos[0]) - wanted[joint]))
        data.ctrl[0] = wanted[joint - duckling.nu]
        mujoco.mj_step(model, data)
    assert worst < 2e-3


def test_a_walk_is_symmetric_when_its_second_half_mirrors_its_first(duckling):
    angle = 2 * np.pi * np.arange(FRAMES)[:, None] / FRAMES
    swing = np.random.default_rng(1).uniform(-0.1, 0.1, duckling.nu)
    clip = turning_walk(duckling)
    odd = duckling.default_pos + np.sin(angle) * (swing - duckling.mirror(swing))
    even = duckling.default_pos + np.cos(2 * angle) * (swing + duckling.mirror(swing))
    limping = duckling.default_pos + np.sin(angle) * (swing + duckling.mirror(swing))
    fair, bouncing, lame = (dataclasses.replace(clip, joint_pos=joint_pos) for joint_pos in (odd, even, limping))
    assert is_symmetric(build_reference([fair], duckling), duckling.mirror)
    assert is_symmetric(build_reference([bouncing], duckling), duckling.mirror)
    assert not is_symmetric(build_reference([lame], duckling), duckling.mirror)


def test_a_short_clip_keeps_as_many_harmonics_as_its_frames_hold(duckling):
    clip = turning_walk(duckling)
    few = Motion(
        "few", 5.0, clip.joint_names, clip.joint_pos[::8], clip.root_pos[::8], clip.root_quat[::8], command=clip.command
    )
    assert build_reference([few], duckling).num_harmonics == 2  # five frames hold two


def test_no_motion_makes_no_reference(duckling):
    with pytest.raises(MotionError, match="no motion to build a reference from"):
        build_reference([], duckling)


@pytest.mark.parametrize("lost", ["root_pos", "command"])
def test_an_unprepared_motion_is_refused(duckling, lost):
    with pytest.raises(MotionError, match="arc: not prepared for robot 'duckling'; call prepare"):
        build_reference([dataclasses.replace(turning_walk(duckling), **{lost: None})], duckling)
