"""Robots that nobody here made, where they lie beside the repository."""

from pathlib import Path

import pytest
import torch

from webfoot.robots.inspect import inspect_robot
from webfoot.robots.table import load_robot
from webfoot.sim.cpu import CpuSim
from webfoot.sim.model import SimConfig
from webfoot.task.start import settle

DUCK = Path(__file__).parents[2].parent / "shared" / "data" / "robots" / "open_duck_mini_v2"


@pytest.mark.parametrize("scene", ["scene_flat_terrain.xml", "scene_flat_terrain_backlash.xml"])
def test_the_open_duck_mini_stands_with_and_without_play_in_its_gears(scene):
    if not (DUCK / scene).is_file():
        pytest.skip("the Open Duck Mini's model is not beside the repository")
    robot = load_robot(DUCK / scene)
    assert robot.nu == 14 and robot.mirror is not None and robot.notes == ()
    assert robot.model.nq == (31 if "backlash" in scene else 21)
    report = inspect_robot(robot)
    assert report.usable and {f.code for f in report.findings} == {"home_in_floor", "solver"}
    sim = CpuSim(robot, SimConfig(), 1, 1)
    start = settle(sim, robot, 1.0)
    assert start.root_pos[0, 2] == pytest.approx(robot.base_height, abs=0.015)
    assert torch.isfinite(sim.state().joint_pos).all()
