import pytest

from webfoot.robots.spec import Robot
from webfoot.robots.table import load_robot


@pytest.fixture(scope="session")
def duckling() -> Robot:
    return load_robot("duckling")
