import math

import numpy as np
import pytest

from webfoot.errors import RobotError
from webfoot.robots.derive import robot_from_mjcf
from webfoot.robots.servos import FALLBACK_VELOCITY_LIMIT

LEG = """
    <body name="{side}_thigh" pos="0 {y} 0">
      <joint name="{side}_hip" type="hinge" axis="0 1 0" range="-1 0.8" damping="0.5" armature="0.02"/>
      <geom type="capsule" fromto="0 0 0 0 0 -0.2" size="0.02" mass="0.3" contype="0" conaffinity="0"/>
      <body name="{side}_shin" pos="0 0 -0.2">
        <joint name="{side}_knee" type="hinge" axis="0 1 0" range="-0.5 2" damping="0.5" actuatorfrcrange="-3 3"/>
        <geom type="box" size="0.06 0.03 0.01" pos="0.02 0 -0.19" mass="0.2"/>
      </body>
    </body>"""
MODEL = """
<mujoco>
  <compiler angle="radian"/>
  <worldbody>
    <geom name="floor" type="plane" size="1 1 0.1"/>
    <body name="trunk" pos="0 0 0.4">
      <freejoint/>
      <geom type="box" size="0.1 0.1 0.05" mass="2" contype="0" conaffinity="0"/>
      {legs}
    </body>
  </worldbody>
  <actuator>
    <position name="right_knee" joint="right_knee" kp="20" kv="0.5"/>
    <position name="right_hip" joint="right_hip" kp="10" forcerange="-4 4"/>
    <position name="left_hip" joint="left_hip" kp="10" forcerange="-4 4"/>
    <position name="left_knee" joint="left_knee" kp="20" kv="0.5"/>
  </actuator>
  <keyframe>
    <key name="bent" qpos="0 0 0.4 1 0 0 0  0.9 0.9 0.9 0.9"/>
    <key name="home" qpos="0 0 0.4 1 0 0 0  0.1 0.2 0.1 0.2"/>
  </keyframe>
</mujoco>"""
LEGS = LEG.format(side="left", y="0.1") + LEG.format(side="right", y="-0.1")
BIPED = MODEL.format(legs=LEGS)


@pytest.fixture
def derive(tmp_path):
    """A robot from the biped's text after replacements, each of which must have had something to replace."""

    def build(*changes, text=BIPED, name="biped.xml"):
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        (tmp_path / name).write_text(text)
        return robot_from_mjcf(tmp_path / name)

    return build


def without(text, start, end):
    """The text less what stands between two marks."""
    return text[: text.index(start)] + text[text.index(end) + len(end) :]


def test_joints_come_in_the_order_of_the_actuators(derive):
    robot = derive()
    assert robot.joint_names == ("right_knee", "right_hip", "left_hip", "left_knee")
    assert (robot.name, robot.base_body, robot.nu) == ("biped", "trunk", 4)
    assert robot.kp.tolist() == [20, 10, 10, 20]
    assert robot.kd.tolist() == [0.5, 0, 0, 0.5]
    assert robot.lower.tolist() == [-0.5, -1, -1, -0.5]
    assert robot.upper.tolist() == [2, 0.8, 0.8, 2]
    assert robot.joint_damping.tolist() == [0.5] * 4
    assert robot.joint_armature.tolist() == [0, 0.02, 0.02, 0]
    assert robot.mass_kg == pytest.approx(3.0)
    assert robot.notes == ()


def test_the_home_keyframe_is_the_standing_pose(derive):
    assert derive().default_pos.tolist() == [0.2, 0.1, 0.1, 0.2]


def test_without_a_home_keyframe_the_first_one_is(derive):
    robot = derive(('name="home"', 'name="other"'), ("0.9 0.9 0.9 0.9", "0.3 0.4 0.3 0.4"))
    assert robot.default_pos.tolist() == [0.4, 0.3, 0.3, 0.4]


def test_without_any_keyframe_the_zero_pose_is_taken_and_said(derive):
    robot = derive(text=without(BIPED, "<keyframe>", "</keyframe>"))
    assert robot.default_pos.tolist() == [0.0] * 4
    assert robot.notes == ("no keyframe; the model's zero pose is taken as the standing pose",)


def test_a_home_pose_outside_the_limits_is_clipped_and_said(derive):
    robot = derive(("0.1 0.2 0.1 0.2", "1.5 0.2 0.1 0.2"))
    assert robot.default_pos.tolist() == [0.2, 0.1, 0.8, 0.2]
    assert "outside joint limits" in robot.notes[0]


def test_the_torque_limit_is_the_smaller_of_actuator_and_joint(derive):
    assert derive().torque_limit.tolist() == [3, 4, 4, 3]
    assert derive(('forcerange="-4 4"', 'forcerange="-4 2"')).torque_limit.tolist() == [3, 4, 4, 3]
    both = derive(('kp="20" kv="0.5"', 'kp="20" kv="0.5" forcerange="-1 1"'))
    assert both.torque_limit.tolist() == [1, 4, 4, 1]


def test_a_missing_torque_limit_is_assumed_and_said(derive):
    robot = derive(('kp="10" forcerange="-4 4"', 'kp="10"'))
    assert robot.torque_limit.tolist() == [3, 5, 5, 3]  # 10 Nm/rad at half a radian
    assert robot.notes == ("no torque limit on right_hip, left_hip; kp times 0.5 rad assumed",)


def test_the_speed_limit_is_where_damping_takes_all_torque(derive):
    assert derive().velocity_limit.tolist() == [3, 8, 8, 3]  # knee 3 Nm / (0.5 + 0.5); hip 4 Nm / 0.5
    undamped = derive(('damping="0.5"', 'damping="0"'), (' kv="0.5"', ""))
    assert undamped.velocity_limit.tolist() == [FALLBACK_VELOCITY_LIMIT] * 4


def test_a_joint_without_range_may_turn_half_a_turn_and_it_is_said(derive):
    robot = derive((' range="-1 0.8"', ""))
    assert robot.lower.tolist() == pytest.approx([-0.5, -math.pi, -math.pi, -0.5])
    assert robot.upper.tolist() == pytest.approx([2, math.pi, math.pi, 2])
    assert "joint 'left_hip' has no range; -pi to pi assumed" in robot.notes


def test_feet_are_the_lowest_colliding_bodies_with_their_legs(derive):
    left, right = derive().feet
    assert (left.body, left.side, left.joints) == ("left_shin", "left", ("left_hip", "left_knee"))
    assert (right.body, right.side, right.joints) == ("right_shin", "right", ("right_hip", "right_knee"))


def test_a_sole_is_the_lower_face_of_the_foots_box(derive):
    sole = derive().feet[0].sole
    np.testing.assert_allclose(sole[:, 2], -0.2, atol=1e-9)
    assert sorted({round(float(x), 6) for x in sole[:, 0]}) == [-0.04, 0.08]
    assert sorted({round(float(y), 6) for y in sole[:, 1]}) == [-0.03, 0.03]


def test_the_base_stands_as_high_as_its_straight_legs_are_long(derive):
    assert derive(("0.1 0.2 0.1 0.2", "0 0 0 0")).base_height == pytest.approx(0.4)


def test_a_file_that_lets_the_base_lean_in_its_keyframe_still_stands_upright(derive):
    upright, leaning = derive(), derive(("0.4 1 0 0 0  0.1", "0.4 0.9 0.1 0 0.4  0.1"))
    assert leaning.base_height == pytest.approx(upright.base_height)


def test_a_scene_that_includes_the_robot_is_a_robot(tmp_path, derive):
    inner = derive(name="inner.xml")
    (tmp_path / "scene.xml").write_text('<mujoco><include file="inner.xml"/></mujoco>')
    scene = robot_from_mjcf(tmp_path / "scene.xml")
    assert scene.joint_names == inner.joint_names
    assert scene.name == "scene"


KNEE = '<position name="left_knee" joint="left_knee" kp="20" kv="0.5"/>'
BROKEN = {
    "two free joints": (
        [("<worldbody>", '<worldbody><body name="ball"><freejoint/><geom size="0.1"/></body>')],
        r"biped.xml: (2 free joints|MuJoCo cannot load)",
    ),
    "broken XML": ([("</worldbody>", "</world>")], "biped.xml: MuJoCo cannot load this model"),
    "missing mesh": (
        [("<worldbody>", '<asset><mesh name="m" file="lost.stl"/></asset><worldbody>')],
        r"MuJoCo cannot load this model: .*lost\.stl",
    ),
    "two servos on a joint": ([(KNEE, KNEE + KNEE.replace('name="left_knee"', 'name="b"', 1))], "'left_knee' has two"),
    "a slide": (
        [('name="left_knee" type="hinge"', 'name="left_knee" type="slide"')],
        "drives joint 'left_knee', which is not a hinge",
    ),
    "a servo on the base": (
        [("<freejoint/>", '<freejoint name="root"/>'), (KNEE, '<position name="pull" joint="root" kp="2"/>')],
        "actuator pull drives joint 'root', which is not a hinge",
    ),
    "no colliding foot": ([('mass="0.2"/>', 'mass="0.2" contype="0" conaffinity="0"/>')], "biped.xml: no foot found"),
}


@pytest.mark.parametrize(("changes", "message"), BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_a_robot_is_said_in_one_sentence(derive, changes, message):
    text = BIPED if "free joints" not in message else without(BIPED, "<keyframe>", "</keyframe>")
    with pytest.raises(RobotError, match=message) as error:
        derive(*changes, text=text)
    assert "\n" not in str(error.value)


def test_a_tendon_is_no_joint(derive):
    tendon = '<tendon><fixed name="t"><joint joint="left_knee" coef="1"/></fixed></tendon><actuator>'
    with pytest.raises(RobotError, match="actuator pull does not drive a joint"):
        derive(("<actuator>", tendon), (KNEE, '<position name="pull" tendon="t" kp="1"/>'))


@pytest.mark.parametrize(("name", "message"), [("lost.xml", "is not a file"), ("walk.json", "ends in '.json'")])
def test_a_path_that_is_no_model_says_what_one_is(tmp_path, name, message):
    (tmp_path / "walk.json").write_text("{}")
    with pytest.raises(RobotError, match=message):
        robot_from_mjcf(tmp_path / name)


def test_partners_are_found_and_the_mirror_map_proved(derive):
    mirror = derive().mirror
    assert mirror is not None
    assert mirror.permutation.tolist() == [3, 2, 1, 0]
    assert mirror.sign.tolist() == [1, 1, 1, 1]  # axes across the body turn the same way on both sides
    assert mirror(np.array([1.0, 2.0, 3.0, 4.0])).tolist() == [4, 3, 2, 1]


def test_joints_about_x_and_z_turn_the_other_way_in_the_mirror(derive):
    mirror = derive(
        ('name="left_hip" type="hinge" axis="0 1 0"', 'name="left_hip" type="hinge" axis="1 0 0"'),
        ('name="right_hip" type="hinge" axis="0 1 0"', 'name="right_hip" type="hinge" axis="1 0 0"'),
    ).mirror
    assert mirror is not None and mirror.sign.tolist() == [1, -1, -1, 1]


def test_an_axis_that_points_the_other_way_flips_the_sign(derive):
    mirror = derive(
        ('name="left_knee" type="hinge" axis="0 1 0"', 'name="left_knee" type="hinge" axis="0 -1 0"')
    ).mirror
    assert mirror is not None and mirror.sign.tolist() == [-1, 1, 1, -1]


@pytest.mark.parametrize("change", [("left_knee", "wheel"), ("left_", "port_")], ids=["one", "all of a side"])
def test_names_that_say_nothing_leave_it_to_geometry(derive, change):
    mirror = derive(change).mirror
    assert mirror is not None and mirror.permutation.tolist() == [3, 2, 1, 0]


def test_a_robot_that_is_not_symmetric_has_no_mirror_map_and_says_why(derive):
    robot = derive(('name="left_shin" pos="0 0 -0.2"', 'name="left_shin" pos="0.03 0 -0.2"'))
    assert robot.mirror is None
    assert any("no left-right mirror map: mirrored poses put the feet" in note for note in robot.notes)
