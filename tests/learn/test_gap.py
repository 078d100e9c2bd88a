import pytest
import torch

from webfoot.learn.gap import Gap, energy_distance


def normal(count, seed, shift=0.0, scale=1.0):
    return shift + scale * torch.randn(count, 3, generator=torch.Generator().manual_seed(seed))


def test_energy_distance_by_hand():
    assert float(energy_distance(torch.tensor([[0.0]]), torch.tensor([[3.0]]))) == pytest.approx(6.0)
    both = torch.tensor([[0.0], [2.0]])
    assert float(energy_distance(both, both)) == pytest.approx(0.0)
    assert float(energy_distance(both, torch.tensor([[1.0]]))) == pytest.approx(2 * 1.0 - 1.0)


def test_the_gap_is_about_one_for_more_of_the_same():
    gap = Gap(normal(256, 0), normal(256, 1), floor=0.01)
    assert 0.3 < gap(normal(256, 2)) < 3.0


@pytest.mark.parametrize("change", [{"shift": 1.0}, {"scale": 0.3}])
def test_the_gap_grows_with_a_difference(change):
    gap = Gap(normal(256, 0), normal(256, 1), floor=0.01)
    assert gap(normal(256, 2, **change)) > 4.0


def test_the_gap_does_not_depend_on_units():
    metres, millimetres = (Gap(k * normal(256, 0), k * normal(256, 1), floor=0.0) for k in (1.0, 1000.0))
    assert metres(normal(256, 2, 0.5)) == pytest.approx(millimetres(1000.0 * normal(256, 2, 0.5)), rel=1e-3)
