import mujoco
import numpy as np
import pytest
from bodies import biped

from webfoot.errors import RobotError
from webfoot.robots.derive import robot_from_mjcf
from webfoot.robots.draft import draft_settings, write_draft
from webfoot.robots.inspect import CHECKS, inspect_robot
from webfoot.robots.settings import parse_settings
from webfoot.robots.table import ROBOTS, load_robot

SERVO = "<position joint='{j}' kp='40' kv='1' forcerange='-10 10'/>"
HOME = "<keyframe><key name='home' qpos='0 0 {z} 1 0 0 0 -0.3 0.6 -0.3 -0.3 0.6 -0.3'/></keyframe></mujoco>"


def sound(z="0.592"):
    return biped(actuator=SERVO, limit="armature='0.01' damping='0.2'").replace("</mujoco>", HOME.format(z=z))


@pytest.fixture
def report(tmp_path):
    def build(*changes, settings="", text=None):
        text = text or sound()
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        (tmp_path / "toy.xml").write_text(text)
        if settings:
            (tmp_path / "robot.yaml").write_text(settings)
        return inspect_robot(robot_from_mjcf(tmp_path / "toy.xml"))

    return build


def codes(report):
    return {finding.code for finding in report.findings}


@pytest.mark.parametrize("name", ROBOTS)
def test_nothing_is_suspicious_about_the_bundled_robots(name):
    report = inspect_robot(load_robot(name))
    assert report.findings == () and report.usable
    assert report.stand.stood_s == 5.0 and report.stand.load < 0.5
    assert set(report.stand.touching) == {foot.body for foot in report.robot.feet}


def test_a_sound_robot_stands_and_nothing_is_found(report):
    looked = report()
    assert looked.stand.stands and looked.findings == ()


SUSPICIOUS = {
    "falls": (("-0.3 0.6 -0.3 -0.3 0.6 -0.3", "0.8 0 -1 0.8 0 -1"),),
    "weak_servo": (("forcerange='-10 10'", "forcerange='-0.8 0.8'"),),
    "soft_servo": (("kp='40' kv='1'", "kp='10' kv='1'"),),
    "home_in_floor": (("0 0 0.592 1", "0 0 0.38 1"),),
    "mass": (('mass="2"', 'mass="2000"'),),
    "light_link": (
        (
            '<geom type="box" size="0.07 0.04 0.01" pos="0.02 0 -0.01" mass="0.1"/>',
            '<geom type="box" size="0.07 0.04 0.01" pos="0.02 0 -0.01" mass="0.0005"/>',
        ),
    ),
    "no_range": ((' range="-0.2 2"', ""),),
    "wide_range": ((' range="-0.2 2"', ' range="-11 114"'),),
    "stiff_servo": (("kp='40' kv='1'", "kp='4000' kv='60'"),),
    "solver": (("<worldbody>", "<option iterations='1' integrator='implicitfast'/><worldbody>"),),
    "no_mirror": (('name="left_shin" pos="0 0 -0.2"', 'name="left_shin" pos="0.03 0 -0.2"'),),
}


@pytest.mark.parametrize(("code", "changes"), SUSPICIOUS.items(), ids=SUSPICIOUS)
def test_what_is_suspicious_is_found_and_has_a_cure(report, code, changes):
    looked = report(*changes)
    assert code in codes(looked), codes(looked)
    assert all(finding.message and finding.cure for finding in looked.findings)


def test_legs_of_different_mass_are_found(report):
    text = sound()
    at = text.index("left_thigh")
    looked = report(text=text[:at] + text[at:].replace('mass="0.3"', 'mass="0.5"', 1))
    assert "asymmetric_mass" in codes(looked)


def test_a_robot_that_cannot_begin_to_stand_is_not_usable(report):
    looked = report(("forcerange='-10 10'", "forcerange='-0.01 0.01'"))
    assert not looked.usable and looked.findings[0].code == "falls"


def test_a_draft_says_only_what_was_assumed_and_gives_the_same_robot(tmp_path, report):
    first = report(text=biped(base=""))
    path = write_draft(first)
    lines = path.read_text().splitlines()
    assert [line.split(":")[0] for line in lines[1:]] == ["kp", "kd", "torque", "armature", "pose", "collisions"]
    again = robot_from_mjcf(tmp_path / "toy.xml")
    np.testing.assert_allclose(again.kp, first.robot.kp, rtol=1e-3)
    np.testing.assert_allclose(again.default_pos, first.robot.default_pos, atol=1e-3)
    assert not any("robot.yaml" in note for note in again.notes)


def test_a_draft_of_a_robot_without_a_doubt_is_empty(report):
    text = draft_settings(inspect_robot(load_robot("duckling")))
    assert len(text.splitlines()) == 1
    assert parse_settings(text, "robot.yaml").model_fields_set == set()


def test_a_robot_yaml_that_is_there_is_not_overwritten(tmp_path, report):
    looked = report(settings="kp: 30")
    with pytest.raises(RobotError, match="robot.yaml: is there already"):
        write_draft(looked)
    assert (tmp_path / "robot.yaml").read_text() == "kp: 30"


def test_every_check_says_what_it_looks_at():
    assert all(check.__doc__ for check in CHECKS.values())


def test_the_models_own_physics_are_left_as_they_are(report):
    looked = report(("<worldbody>", "<option timestep='0.001' iterations='1'/><worldbody>"))
    assert looked.robot.model.opt.timestep == 0.001 and looked.robot.model.opt.iterations == 1
    assert looked.robot.model.opt.integrator == mujoco.mjtIntegrator.mjINT_EULER


def test_no_draft_is_written_into_the_program():
    with pytest.raises(RobotError, match="'duckling' comes with the program"):
        write_draft(inspect_robot(load_robot("duckling")))
