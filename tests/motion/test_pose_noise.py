import numpy as np
import pytest
from clips import stepping

from webfoot.motion.bundled import bundled_path
from webfoot.motion.pose_noise import HIGHEST_HZ, add_noise
from webfoot.motion.prepare import prepare
from webfoot.motion.read import read_motions
from webfoot.motion.traces import trace
from webfoot.robots.table import ROBOTS, load_robot

SIZES = (0.005, 0.01, 0.03)


@pytest.fixture(scope="module", params=[("duckling", "turn_left"), ("duckling", "walk"), ("otter", "trot")])
def case(request):
    """A robot and a prepared clip of it."""
    robot_name, clip = request.param
    assert robot_name in ROBOTS
    robot = load_robot(robot_name)
    return robot, prepare(read_motions(bundled_path(robot_name, clip))[0], robot)


def added(clip, noisy):
    moves = np.ptp(clip.joint_pos, axis=0) > 1e-6
    return (noisy.joint_pos - clip.joint_pos)[:, moves]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", range(4))
def test_noise_has_the_size_that_was_asked_for(case, size, seed):
    robot, clip = case
    noise = added(clip, add_noise(clip, robot, size, seed))
    assert np.sqrt(np.square(noise).mean()) == pytest.approx(size, rel=0.02)


@pytest.mark.parametrize("seed", range(4))
def test_a_noisy_loop_still_closes_and_does_not_shake(case, seed):
    robot, clip = case
    noise = added(clip, add_noise(clip, robot, 0.02, seed))
    seam, within = np.abs(noise[0] - noise[-1]).max(), np.abs(np.diff(noise, axis=0)).max()
    assert seam <= 1.5 * within
    power = np.square(np.abs(np.fft.rfft(noise, axis=0))).sum(axis=1)
    frequency = np.arange(len(power)) / clip.duration_s
    assert power[frequency > 4 * HIGHEST_HZ].sum() < 0.01 * power.sum()


@pytest.mark.parametrize("seed", range(3))
def test_soles_stay_at_their_heights_and_as_flat_as_they_were(case, seed):
    robot, clip = case
    noisy = add_noise(clip, robot, 0.02, seed)
    before, after = trace(clip, robot), trace(noisy, robot)
    rise = (after.heights + noisy.root_pos[:, 2:]) - (before.heights + clip.root_pos[:, 2:])
    assert np.abs(rise).max() < 0.001
    assert (after.heights + noisy.root_pos[:, 2:]).min(axis=1) == pytest.approx(0.0, abs=1e-9)
    assert after.sole_tilt_deg == pytest.approx(before.sole_tilt_deg, abs=0.2)


@pytest.mark.parametrize("seed", range(4))
def test_noise_keeps_the_joint_limits(duckling, seed):
    clip = prepare(stepping(duckling), duckling)
    at_edge = clip.noted("", joint_pos=clip.joint_pos - clip.joint_pos.max(axis=0) + duckling.upper)
    noisy = add_noise(at_edge, duckling, 0.05, seed)
    assert (noisy.joint_pos <= np.maximum(duckling.upper, at_edge.joint_pos) + 1e-12).all()
    assert np.abs(noisy.joint_pos - at_edge.joint_pos).max() > 0.01


def test_the_same_seed_gives_the_same_noise_another_seed_or_clip_another(case):
    robot, clip = case
    once = add_noise(clip, robot, 0.01, 3).joint_pos
    assert (add_noise(clip, robot, 0.01, 3).joint_pos == once).all()
    assert np.abs(add_noise(clip, robot, 0.01, 4).joint_pos - once).max() > 0.005
    assert np.abs(add_noise(clip.noted("", name="another"), robot, 0.01, 3).joint_pos - once).max() > 0.005


def test_a_joint_that_stands_still_stays_still(duckling):
    clip = stepping(duckling, 24, loop=True)
    still = np.ptp(clip.joint_pos, axis=0) <= 1e-6
    noisy = add_noise(clip, duckling, 0.02, 0)
    assert still.any() and (noisy.joint_pos[:, still] == clip.joint_pos[:, still]).all()


def test_root_and_command_of_a_prepared_clip_follow_its_feet(case):
    robot, clip = case
    noisy = add_noise(clip, robot, 0.02, 1)
    assert "smooth noise of 0.02 rad RMS added (seed 1)" in noisy.notes
    assert "base and command from the stance feet" in noisy.notes[-1]
    assert noisy.command != clip.command and noisy.command == pytest.approx(clip.command, abs=0.4)


def test_a_clip_without_a_root_keeps_none(duckling):
    noisy = add_noise(stepping(duckling), duckling, 0.02, 0)
    assert noisy.root_pos is None and noisy.command is None and noisy.name == "stepping_noise0"
