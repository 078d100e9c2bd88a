import os

import pytest
import torch

from webfoot.sim.threads import Threads, apply_threads, share_cores


@pytest.mark.parametrize(("cores", "physics", "learning"), [(1, 1, 1), (2, 2, 1), (8, 8, 1), (16, 16, 2), (64, 64, 8)])
def test_physics_takes_every_core_and_torch_one_in_eight(cores, physics, learning):
    assert share_cores(cores) == Threads(physics=physics, torch=learning)


def test_only_the_cores_that_this_process_may_use_are_shared():
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert share_cores().physics == allowed


def test_a_given_number_of_cores_counts_where_the_system_knows_no_affinity(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert share_cores(3).physics == 3
    assert share_cores().physics == os.cpu_count()


def test_torch_is_limited_to_its_share():
    before = torch.get_num_threads()
    try:
        apply_threads(Threads(physics=2, torch=1))
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)
