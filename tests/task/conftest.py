import pytest
import torch

from small_walk import on_reference, small_reference
from webfoot.robots.spec import Robot
from webfoot.robots.table import load_robot
from webfoot.task.series import ReferenceSeries
from webfoot.task.state import StepState


@pytest.fixture(scope="session")
def duckling() -> Robot:
    return load_robot("duckling")


@pytest.fixture(scope="session")
def series(duckling) -> ReferenceSeries:
    return ReferenceSeries(small_reference(duckling))


@pytest.fixture(scope="session")
def followed(duckling, series) -> StepState:
    """Five robots on the reference."""
    phase = torch.tensor([0.0, 0.13, 0.4, 0.5, 0.97])
    return on_reference(duckling, series, phase, torch.tensor([[0.1, 0.0, 0.0]]).repeat(5, 1))
