"""Sound models and settings, spoiled: a robot or one RobotError, nothing else, soon, and nothing beside them."""

import resource
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from bodies import JOINTS, biped, urdf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spoil_robots import spoil_bytes, spoil_model, spoil_settings

from webfoot.errors import RobotError
from webfoot.robots.derive import robot_from_mjcf
from webfoot.robots.spec import Robot

SERVO = "<position joint='{j}' kp='40' kv='1' forcerange='-10 10'/>"
HOME = "<keyframe><key name='home' qpos='0 0 0.592 1 0 0 0 -0.3 0.6 -0.3 -0.3 0.6 -0.3'/></keyframe></mujoco>"
MJCF = biped(actuator=SERVO).replace("</mujoco>", HOME)
YAML = f"""base: trunk
joints: [{", ".join(JOINTS)}]
feet: [left_foot, right_foot]
pose: {{left_knee: 0.6, right_knee: 0.6}}
kp: {{'*': 40, '*_knee': 50}}
kd: 1
torque: 10
armature: 0.01
imu: trunk
collisions: floor
"""
SPOILED: dict[str, tuple[str, str, Callable[[str, Random], bytes], int]] = {
    "bytes of an MJCF": ("toy.xml", MJCF, spoil_bytes, 6_000),
    "elements of an MJCF": ("toy.xml", MJCF, spoil_model, 4_000),
    "bytes of a URDF": ("toy.urdf", urdf(), spoil_bytes, 2_000),
    "elements of a URDF": ("toy.urdf", urdf(), spoil_model, 500),
    "bytes of a robot.yaml": ("robot.yaml", YAML, spoil_bytes, 4_000),
    "values of a robot.yaml": ("robot.yaml", YAML, spoil_settings, 3_500),
}
"""The file, its sound text, what spoils it, and how often in a soak: 20,000 cases in all."""
LONGEST_S = 10.0


def derive_or_refuse(kind: str, folder: Path, random: Random) -> None:
    name, sound, spoil, _ = SPOILED[kind]
    model = folder / ("toy.xml" if name == "robot.yaml" else name)
    if name == "robot.yaml" and not model.is_file():
        model.write_text(MJCF)
    (folder / name).write_bytes(spoil(sound, random))
    before = set(folder.rglob("*"))
    began = time.monotonic()
    try:
        assert isinstance(robot_from_mjcf(model), Robot)
    except RobotError as error:
        text = str(error)
        assert len(text.splitlines()) == 1 and len(text) < 1000, text
        assert model.name in text or name in text, text
    assert time.monotonic() - began < LONGEST_S
    assert set(folder.rglob("*")) == before


@pytest.mark.parametrize("kind", SPOILED)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(random=st.randoms(use_true_random=False))
def test_a_spoiled_robot_is_derived_or_refused(tmp_path, monkeypatch, kind, random):
    monkeypatch.chdir(tmp_path)
    derive_or_refuse(kind, tmp_path, random)


@pytest.mark.soak
@pytest.mark.parametrize("kind", SPOILED)
def test_thousands_of_spoiled_robots_are_derived_or_refused(tmp_path, monkeypatch, kind):
    monkeypatch.chdir(tmp_path)
    for case in range(SPOILED[kind][-1]):
        derive_or_refuse(kind, tmp_path, Random(case))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2**20  # KiB


def test_the_soak_is_of_twenty_thousand_cases():
    assert sum(count for *_, count in SPOILED.values()) == 20_000
