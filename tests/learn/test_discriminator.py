import pytest
import torch

from webfoot.learn.discriminator import LOSSES, Discriminator, gradient_penalty


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_falls_as_the_adversary_gets_better(name):
    teach = LOSSES[name].teach
    right, wrong = torch.full((4,), 0.8), torch.full((4,), -0.8)
    assert teach(right, wrong) < teach(0 * right, 0 * wrong) < teach(wrong, right)


@pytest.mark.parametrize("name", LOSSES)
def test_what_looks_more_like_a_demonstration_earns_more_from_nothing_to_one(name):
    reward = LOSSES[name].reward(torch.linspace(-1.0, 1.0, 21))
    assert (reward.diff() > 0).all() and reward.min() >= 0 and reward.max() <= 1
    assert LOSSES[name].reward(torch.tensor([-40.0])) == pytest.approx(0.0, abs=1e-6)


def test_least_squares_by_hand():
    loss = LOSSES["least_squares"]
    assert loss.teach(torch.tensor([0.0]), torch.tensor([0.5])) == pytest.approx(0.5 * 1.0 + 0.5 * 2.25)
    assert loss.reward(torch.tensor([1.0, 0.0, -1.0])).tolist() == pytest.approx([1.0, 0.75, 0.0])


def test_cross_entropy_by_hand():
    loss = LOSSES["cross_entropy"]
    assert loss.teach(torch.tensor([0.0]), torch.tensor([0.0])) == pytest.approx(0.6931, abs=1e-4)
    assert loss.reward(torch.tensor([2.0])) == pytest.approx(1.0)


def test_the_gradient_penalty_of_a_plane_is_its_slope_squared():
    plane = Discriminator(3, 8)
    plane.net = torch.nn.Sequential(torch.nn.Linear(3, 1))
    with torch.no_grad():
        plane.last.weight.copy_(torch.tensor([[1.0, 2.0, -2.0]]))
    penalty = gradient_penalty(plane, torch.randn(5, 3), torch.randn(5, 3))
    assert float(penalty.detach()) == pytest.approx(9.0, rel=1e-5)
    penalty.backward()
    assert plane.last.weight.grad is not None and plane.last.weight.grad.tolist()[0] == pytest.approx([2.0, 4.0, -4.0])
