import mujoco
import numpy as np
import pytest
from bodies import JOINTS, OBJ, biped, urdf

from webfoot.errors import RobotError
from webfoot.robots.derive import robot_from_mjcf
from webfoot.robots.inspect import inspect_robot


@pytest.fixture
def load(tmp_path):
    """A robot from a model's text, and from the lines of a `robot.yaml` beside it."""

    def build(text, settings="", name="toy.xml"):
        (tmp_path / name).write_text(text)
        if settings:
            (tmp_path / "robot.yaml").write_text(settings)
        return robot_from_mjcf(tmp_path / name)

    return build


def says(robot, words):
    return any(words in note for note in robot.notes)


def stands(robot):
    return inspect_robot(robot).stand.stands


def test_a_model_with_nothing_but_links_becomes_a_robot_that_stands_on_bent_legs(load):
    robot = load(biped(base=""))
    assert robot.joint_names == JOINTS
    assert [foot.body for foot in robot.feet] == ["left_foot", "right_foot"]
    assert robot.mirror is not None
    assert robot.default_pos[1] == pytest.approx(robot.default_pos[4], abs=2e-3)
    assert robot.default_pos[1] > 0.3
    assert stands(robot)
    for words in ("the base 'trunk' was fixed", "servos are added to 6 joints", "no torque limit", "with bent legs"):
        assert says(robot, words)


def test_the_completed_model_holds_one_keyframe_with_the_soles_on_the_floor(load):
    robot = load(biped())
    model = robot.model
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    mujoco.mj_forward(model, data)
    assert (model.nkey, model.nu) == (1, 6)
    soles = [foot.sole @ data.body(foot.body).xmat.reshape(3, 3).T + data.body(foot.body).xpos for foot in robot.feet]
    assert np.min(soles) == pytest.approx(0.0, abs=1e-9) or np.array(soles)[..., 2].min() == pytest.approx(0, abs=1e-9)
    np.testing.assert_array_equal(data.ctrl, robot.default_pos)


def test_a_copy_of_the_spec_compiles_to_the_same_model(load):
    robot = load(biped(base=""))
    again = robot.spec().compile()
    np.testing.assert_array_equal(again.key_qpos, robot.model.key_qpos)
    np.testing.assert_array_equal(again.geom_contype, robot.model.geom_contype)
    np.testing.assert_array_equal(again.actuator_gainprm, robot.model.actuator_gainprm)


def test_a_motor_gives_its_torque_to_a_servo_with_full_torque_at_half_a_radian(load):
    robot = load(biped(actuator="<motor joint='{j}' gear='4' ctrlrange='-2 2'/>"))
    assert robot.torque_limit.tolist() == [8.0] * 6
    assert robot.kp.tolist() == [16.0] * 6
    assert robot.kd[0] == pytest.approx(2 * 16 / (2 * np.pi * 10))
    assert robot.joint_armature[0] == pytest.approx(16 / (2 * np.pi * 10) ** 2)


def test_an_added_base_gets_no_rotor_inertia(load):
    model = load(biped(base="")).model
    assert (model.dof_armature[:6] == 0).all() and (model.dof_armature[6:] > 0).all()


def test_a_position_and_a_velocity_actuator_on_a_joint_are_one_servo(load):
    robot = load(biped(actuator="<position joint='{j}' kp='12' forcerange='-5 5'/><velocity joint='{j}' kv='0.4'/>"))
    assert (robot.nu, robot.kp[0], robot.kd[0], robot.torque_limit[0]) == (6, 12.0, 0.4, 5.0)


def test_a_geared_servo_is_a_servo_at_the_joint(load):
    robot = load(biped(actuator="<position joint='{j}' kp='3' kv='0.1' gear='2' forcerange='-2 2'/>"))
    assert (robot.kp[0], robot.kd[0], robot.torque_limit[0]) == (12.0, pytest.approx(0.4), 4.0)


def test_torque_limits_of_joints_are_the_torque_of_added_servos(load):
    robot = load(biped(limit="actuatorfrcrange='-7 7'"))
    assert robot.torque_limit.tolist() == [7.0] * 6
    assert not says(robot, "no torque limit")


def test_joints_keep_the_order_of_the_actuators(load):
    order = (JOINTS[3], JOINTS[0], JOINTS[4], JOINTS[1], JOINTS[5], JOINTS[2])
    assert load(biped(actuator="<motor joint='{j}'/>", joints=order)).joint_names == order


def test_links_that_touch_each_other_are_taken_apart_and_it_is_said(load):
    robot = load(biped())
    own = robot.model.geom_bodyid > 0
    assert (robot.model.geom_contype[own] == 0).all() and (robot.model.geom_conaffinity[own] == 1).all()
    assert says(robot, "touched each other")


def test_collisions_can_be_left_as_in_the_file_or_cut_down_to_the_feet(load):
    as_file = load(biped(), "collisions: file")
    assert (as_file.model.geom_contype == 1).all()
    feet = load(biped(), "collisions: feet")
    meets = [feet.model.body(feet.model.geom_bodyid[g]).name for g in np.flatnonzero(feet.model.geom_conaffinity)]
    assert set(meets) == {"world", "left_foot", "right_foot"}


def test_names_are_given_to_what_has_none(load):
    text = biped().replace(' name="trunk"', "").replace(' name="left_foot"', "").replace(' name="left_ankle"', "")
    robot = load(text)
    assert robot.base_body == "base"
    assert all(foot.body for foot in robot.feet) and all(robot.joint_names)
    assert says(robot, "2 bodies and 1 joints had no name")


def test_of_several_keyframes_the_one_that_is_called_like_standing_is_taken(load):
    key = "<key name='{n}' qpos='0 0 0.6 1 0 0 0 {h} {k} {a} {h} {k} {a}'/>"
    frames = key.format(n="sit", h=-1, k=2, a=-1) + key.format(n="stand", h=-0.3, k=0.6, a=-0.3)
    robot = load(biped().replace("</mujoco>", f"<keyframe>{frames}</keyframe></mujoco>"))
    assert robot.default_pos.tolist() == [-0.3, 0.6, -0.3] * 2


def test_play_in_a_gear_is_no_joint_of_the_policy(load):
    play = '<joint name="left_knee_backlash" axis="0 1 0" range="-0.01 0.01" armature="0.01"/>'
    robot = load(biped().replace('<joint name="left_knee"', f'{play}<joint name="left_knee"'))
    assert robot.joint_names == JOINTS
    assert robot.model.nq == 7 + 7
    assert says(robot, "left_knee_backlash: passive")


def test_joints_that_the_policy_does_not_move_are_held_in_the_pose(load):
    joint = '<joint name="wave" axis="1 0 0" range="-2 2"/>'
    arm = f'<body name="arm" pos="0 0 0.2">{joint}<geom size="0.03" mass="0.1"/></body>'
    text = biped().replace('<body name="left_thigh"', f'{arm}<body name="left_thigh"')
    robot = load(text, f"joints: [{', '.join(JOINTS)}]\npose: {{wave: 0.7}}")
    assert robot.joint_names == JOINTS
    wave = robot.model.joint("wave")
    assert robot.model.key_qpos[0, wave.qposadr[0]] == 0.7
    assert robot.model.qpos_spring[wave.qposadr[0]] == 0.7 and robot.model.jnt_stiffness[wave.id] > 0


def test_settings_win_over_what_is_derived(load):
    gains = "kp: {'*': 20, '*_knee': 30}\nkd: 0.5\ntorque: 6\n"
    robot = load(biped(), gains + "pose: {left_knee: 0.5, right_knee: 0.5}\nfeet: [right_foot, left_foot]")
    assert robot.kp.tolist() == [20, 30, 20] * 2
    assert set(robot.kd) == {0.5} and set(robot.torque_limit) == {6.0}
    assert robot.default_pos.tolist() == [0, 0.5, 0] * 2
    assert [foot.body for foot in robot.feet] == ["right_foot", "left_foot"]


def test_a_urdf_is_a_robot_with_its_efforts_and_speeds(load):
    robot = load(urdf(), name="toy.urdf")
    assert robot.joint_names == JOINTS
    assert robot.torque_limit.tolist() == [9.0] * 6
    assert robot.velocity_limit.tolist() == [7.0] * 6
    assert [foot.body for foot in robot.feet] == ["left_foot", "right_foot"]
    assert says(robot, "no readable mesh for the looks of left_thigh, right_thigh")
    assert stands(robot)


@pytest.mark.parametrize("name", ["package://toy/meshes/sole.obj", "meshes/sole.obj", "package://toy/meshes/sole.dae"])
def test_meshes_of_a_urdf_are_found_beside_it_and_in_its_package(tmp_path, name):
    package = tmp_path / "toy"
    (package / "meshes").mkdir(parents=True)
    (package / "urdf").mkdir()
    (package / "meshes" / "sole.obj").write_text(OBJ)
    (package / "urdf" / "toy.urdf").write_text(urdf(sole=f'<mesh filename="{name}"/>'))
    robot = robot_from_mjcf(package / "urdf" / "toy.urdf")
    assert robot.model.nmesh >= 1
    assert len(robot.feet) == 2


WRONG = {
    "a colliding mesh that is lost": (
        urdf('<mesh filename="lost.stl"/>'),
        "",
        r"no file 'lost\.stl'.*the shape collides",
    ),
    "two bases": (
        biped().replace("<worldbody>", '<worldbody><body name="ball"><freejoint/><geom size="0.1"/></body>'),
        "",
        "2 free joints, on ball, trunk; name the robot's base under 'base' in robot.yaml",
    ),
    "two fixed robots": (
        biped(base="").replace("<worldbody>", '<worldbody><body name="fan"><joint/><geom size="0.1"/></body>'),
        "",
        "2 bodies with joints .*'base' in robot.yaml",
    ),
    "a planar walker": (
        biped(base='<joint name="rootx" type="slide" axis="1 0 0"/>'),
        "",
        "moves on rootx: replace them by <freejoint/>",
    ),
    "an unknown key": (biped(), "foot: [left_foot]", "robot.yaml: unknown key 'foot': choose of base, joints, feet"),
    "a foot that is not there": (biped(), "feet: [paw]", "'feet' names 'paw', which the model lacks; it has trunk"),
    "a joint twice": (biped(), "joints: [left_hip, left_hip]", "'joints' names a joint twice"),
    "a negative gain": (biped(), "kp: -3", "'kp' is -3.0: Stiffness of the servos"),
    "a gain that is a word": (biped(), "kp: strong", "'kp' is 'strong': Stiffness of the servos"),
    "NaN": (biped(), "torque: .nan", "'torque' is nan"),
    "a list": (biped(), "- 3", "holds a list"),
    "broken YAML": (biped(), "kp: [", "not plain YAML"),
    "aliases": (biped(), "kp: &a 3\nkd: *a", "aliases"),
    "an unknown mode": (biped(), "collisions: none", "'collisions' is 'none': What touches what"),
}


@pytest.mark.parametrize(("text", "settings", "message"), WRONG.values(), ids=WRONG)
def test_what_only_the_user_can_settle_is_one_sentence(load, text, settings, message):
    with pytest.raises(RobotError, match=message) as error:
        load(text, settings, name="toy.urdf" if "<robot" in text else "toy.xml")
    assert "\n" not in str(error.value)


def test_the_base_that_is_named_wins_and_other_free_bodies_are_left_out(load):
    text = biped().replace("<worldbody>", '<worldbody><body name="ball"><freejoint/><geom size="0.1"/></body>')
    robot = load(text, "base: trunk")
    assert robot.base_body == "trunk" and robot.model.nq == 13
    assert says(robot, "ball left out")
