"""Simulations that blow up on many threads are counted, and leave nothing in the folder where somebody works."""

import math

import torch
from standing import standing

from webfoot.sim.cpu import CpuSim
from webfoot.sim.model import SimConfig


def test_blow_ups_on_many_threads_write_no_log_and_say_nothing(duckling, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    sim = CpuSim(duckling, SimConfig(), 64, num_threads=4)
    start = standing(duckling, 64)
    start.joint_vel[:, 2] = math.nan
    sim.reset(torch.arange(64), start)
    sim.step(standing(duckling, 64).joint_pos)
    assert sim.num_unstable == 64
    assert list(tmp_path.iterdir()) == [] and capfd.readouterr() == ("", "")
