import dataclasses

import torch

from small_walk import make_task, off_reference
from webfoot.task.style import FEATURES, Windows, style_features, style_tolerances


def test_the_features_are_one_row_a_robot_and_finite(duckling, followed):
    features = style_features(off_reference(followed))
    assert features.shape == (5, len(style_tolerances(duckling, followed)))
    assert features.isfinite().all() and (style_tolerances(duckling, followed) > 0).all()


def test_neither_heading_nor_place_is_a_feature(duckling):
    task = make_task(duckling, 2)
    here = style_features(task.state)
    raw = task.sim.state()
    turned, moved = torch.tensor([[0.0, 0.0, 0.0, 1.0]]).repeat(2, 1), raw.root_pos + torch.tensor([3.0, -2.0, 0.0])
    w, x, y, z = raw.root_quat.unbind(-1)
    half_turn = torch.stack([-z, -y, x, w], dim=-1) if turned is not None else raw.root_quat
    opposite = raw.lin_vel_w * torch.tensor([-1.0, -1.0, 1.0])
    from webfoot.sim.batch import StartState

    task.sim.reset(torch.arange(2), StartState(moved, half_turn, opposite, raw.ang_vel_b, raw.joint_pos, raw.joint_vel))
    there = style_features(task._read(task.sim.state()))
    torch.testing.assert_close(here, there, atol=1e-4, rtol=0)


def test_a_standing_robots_feet_are_below_its_base(duckling):
    task = make_task(duckling, 2)
    feet = task.state.foot_pos_b
    assert (feet[..., 2] < 0).all()
    assert feet[:, 0, 1].mean() * feet[:, 1, 1].mean() < 0  # one to the left, one to the right


def test_every_feature_has_a_unit():
    assert all(feature.unit and feature.tolerance > 0 for feature in FEATURES.values())


def test_a_window_is_the_last_frames_oldest_first():
    windows = Windows(torch.tensor([[1.0]]), length=2)
    window, whole = windows.add(torch.tensor([[2.0]]))
    assert window.tolist() == [[1.0, 2.0]] and whole.tolist() == [True]
    assert windows.add(torch.tensor([[3.0]]))[0].tolist() == [[2.0, 3.0]]


def test_a_window_never_reaches_across_the_end_of_an_episode():
    windows = Windows(torch.tensor([[1.0], [10.0]]), length=3)
    windows.add(torch.tensor([[2.0], [20.0]]))
    windows.restart(torch.tensor([1]), torch.tensor([[50.0]]))
    window, whole = windows.add(torch.tensor([[3.0], [60.0]]))
    assert window[0].tolist() == [1.0, 2.0, 3.0] and whole.tolist() == [True, False]
    window, whole = windows.add(torch.tensor([[4.0], [70.0]]))
    assert window[1].tolist() == [50.0, 60.0, 70.0] and whole.tolist() == [True, True]


def test_the_adversary_knows_the_command_in_units_that_count_alike(followed):
    told = dataclasses.replace(followed, command=torch.tensor([[0.04, -0.02, 0.3]]).repeat(5, 1))
    torch.testing.assert_close(style_features(told)[:, -3:], torch.tensor([[2.0, -1.0, 2.0]]).repeat(5, 1))
