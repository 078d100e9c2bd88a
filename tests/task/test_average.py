import torch

from webfoot.task.average import CycleMean


def test_the_mean_is_that_of_the_last_steps():
    mean = CycleMean(2, 1, steps=3)
    mean.fill(torch.arange(2), torch.tensor([[6.0], [0.0]]))
    for value in (1.0, 2.0):
        mean.add(torch.full((2, 1), value))
    torch.testing.assert_close(mean.mean, torch.tensor([[3.0], [1.0]]))  # (6 + 1 + 2) / 3, (0 + 1 + 2) / 3
    for value in (3.0, 4.0):
        mean.add(torch.full((2, 1), value))
    torch.testing.assert_close(mean.mean, torch.tensor([[3.0], [3.0]]))


def test_a_swing_of_whole_cycles_leaves_the_mean_alone():
    mean = CycleMean(1, 1, steps=8)
    swing = torch.sin(2 * torch.pi * torch.arange(40) / 8)
    seen = []
    for value in swing:
        mean.add((0.1 + value).reshape(1, 1))
        seen.append(float(mean.mean))
    assert max(abs(value - 0.1) for value in seen[7:]) < 1e-6


def test_robots_that_begin_anew_forget_and_others_do_not():
    mean = CycleMean(2, 1, steps=2)
    mean.add(torch.ones(2, 1))
    mean.fill(torch.tensor([1]), torch.tensor([[5.0]]))
    torch.testing.assert_close(mean.mean, torch.tensor([[0.5], [5.0]]))
