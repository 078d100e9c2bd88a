import shutil

import pytest

from webfoot.errors import RobotError, UnknownName
from webfoot.robots.table import ROBOTS, load_robot


@pytest.mark.parametrize("name", ROBOTS)
def test_every_bundled_robot_loads_without_an_assumption(name):
    robot = load_robot(name)
    assert robot.name == name
    assert robot.notes == ()
    assert robot.mirror is not None
    assert (robot.lower <= robot.default_pos).all() and (robot.default_pos <= robot.upper).all()


def test_a_robot_loads_by_its_path(tmp_path):
    copy = tmp_path / "my_duck.xml"
    shutil.copy(ROBOTS["duckling"], copy)
    for place in (copy, str(copy)):
        robot = load_robot(place)
        assert (robot.name, robot.mjcf) == ("my_duck", copy)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(UnknownName, match="unknown robot 'goose': choose one of .*duckling"):
        load_robot("goose")


@pytest.mark.parametrize("place", ["goose.xml", "robots/goose"])
def test_what_looks_like_a_path_is_looked_for_as_one(place):
    with pytest.raises(RobotError, match="is not a file"):
        load_robot(place)
