import pytest
import torch
from standing import FIELDS, random_targets, standing, standing_sim


def raised_pose(robot):
    return standing(robot, 2).joint_pos + 0.05


def test_scaled_gains_scale_the_torque_of_that_robot_alone(duckling):
    sim, plain = standing_sim(duckling, 2), standing_sim(duckling, 2)
    sim.scale_gains(torch.tensor([[1.0], [2.0]]))
    sim.step(raised_pose(duckling))
    plain.step(raised_pose(duckling))
    for name in FIELDS:
        assert torch.equal(getattr(sim.state(), name)[0], getattr(plain.state(), name)[0]), name
    assert not torch.allclose(sim.state().joint_pos[1], plain.state().joint_pos[1])


def test_a_servo_of_scaled_gains_pushes_in_proportion(duckling):
    sim = standing_sim(duckling, 1)
    factor = torch.ones(1, duckling.nu)
    factor[0, 3] = 0.5
    sim.scale_gains(factor)
    gain, bias = (sim._batch.expand(f"actuator_{name}prm")[0] for name in ("gain", "bias"))
    unscaled = [j for j in range(duckling.nu) if j != 3]
    assert gain[3, 0] == pytest.approx(0.5 * duckling.kp[3])
    assert bias[3, 1] == pytest.approx(-0.5 * duckling.kp[3])
    assert bias[3, 2] == pytest.approx(-0.5 * duckling.kd[3])
    assert gain[unscaled, 0] == pytest.approx(duckling.kp[unscaled])
    assert bias[:, 0] == pytest.approx(sim.model.actuator_biasprm[:, 0])
    assert bias[:, 3:] == pytest.approx(sim.model.actuator_biasprm[:, 3:])


def test_scaling_twice_scales_from_the_model_not_from_before(duckling):
    twice, once = standing_sim(duckling, 1), standing_sim(duckling, 1)
    twice.scale_gains(torch.tensor([[0.5]]))
    twice.scale_gains(torch.tensor([[1.25]]))
    once.scale_gains(torch.tensor([[1.25]]))
    for target in random_targets(duckling, 5, 1):
        twice.step(target)
        once.step(target)
    assert torch.equal(twice.state().joint_pos, once.state().joint_pos)


def test_scaled_gains_outlive_a_reset(duckling):
    sim = standing_sim(duckling, 2)
    sim.scale_gains(torch.tensor([[1.0], [1.5]]))
    sim.reset(torch.arange(2), standing(duckling, 2))
    sim.step(raised_pose(duckling))
    assert not torch.allclose(sim.state().joint_pos[0], sim.state().joint_pos[1])


def test_a_robot_on_ice_slides_further(duckling):
    sim = standing_sim(duckling, 2)
    sim.scale_friction(torch.tensor([1.0, 0.01]))
    start = standing(duckling, 2)
    start.lin_vel_w[:, 0] = 0.2
    sim.reset(torch.arange(2), start)
    for _ in range(15):
        sim.step(start.joint_pos)
    feet = sim.state().root_pos[:, 0]
    assert feet[1] > feet[0] + 0.01
