"""Sound files of every format, spoiled: clips or one MotionError, nothing else, soon, and within memory."""

import resource
import time
from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import SAMPLES
from spoil import spoil

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.read import read_motions
from webfoot.robots.table import load_robot

DUCKLING = load_robot("duckling")
RETARGETED = ("bvh", "deep_mimic", "poselib")
"""Formats whose every clip costs inverse kinematics."""
LONGEST_S = 10.0
SOAK_CASES = 20_000


@cache
def sound(name: str, folder: Path) -> bytes:
    return SAMPLES[name][1](DUCKLING, folder)


def read_or_refuse(name: str, folder: Path, random: Random) -> None:
    path = folder / f"clip{SAMPLES[name][0]}"
    path.write_bytes(spoil(sound(name, folder), random))
    began = time.monotonic()
    try:
        motions = read_motions(path, DUCKLING)
    except MotionError as error:
        assert "\n" not in str(error) and path.name in str(error) and len(str(error)) < 1000
    else:
        assert motions and all(isinstance(motion, Motion) for motion in motions)
    assert time.monotonic() - began < LONGEST_S


@pytest.mark.parametrize("name", [name for name in SAMPLES if name not in RETARGETED])
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(random=st.randoms(use_true_random=False))
def test_a_spoiled_file_is_read_or_refused(tmp_path, name, random):
    read_or_refuse(name, tmp_path, random)


@pytest.mark.parametrize("name", RETARGETED)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(random=st.randoms(use_true_random=False))
def test_a_spoiled_skeleton_is_read_or_refused(tmp_path, name, random):
    read_or_refuse(name, tmp_path, random)


@pytest.mark.soak
def test_twenty_thousand_spoiled_files_are_read_or_refused(tmp_path):
    names = sorted(SAMPLES)
    for case in range(SOAK_CASES):
        read_or_refuse(names[case % len(names)], tmp_path, Random(case))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2**20  # KiB
