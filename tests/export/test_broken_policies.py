"""Good policies with one thing wrong: every one is caught, and the report says what is wrong."""

import json
import shutil

import numpy as np
import pytest
from spoil_policies import (
    edit_contract,
    exchanged,
    late_phase,
    multiply_input,
    multiply_output,
    negated,
    rolled_history,
)
from trained_parts import duckling_reference, untrained

from webfoot.errors import PolicyError
from webfoot.export.check import check_policy
from webfoot.export.describe import Provenance, describe
from webfoot.export.write import export_policy
from webfoot.pipeline import check_file, validate
from webfoot.sim.model import SimConfig
from webfoot.task.walk import TaskConfig
from webfoot_runtime.policy import OnnxPolicy


@pytest.fixture
def run(trained, tmp_path):
    """A copy of a run, to be spoilt."""
    return shutil.copytree(trained.run.folder, tmp_path / "run")


@pytest.fixture
def policy(run):
    return run / "policy.onnx"


@pytest.fixture
def layout(policy):
    return OnnxPolicy(policy).layout


def found(checks, *names):
    """What failed, by name, and what was said of it."""
    return {check.name: check.detail for check in checks if not check.passed and (not names or check.name in names)}


def after_validation(policy):
    names = "metadata_disagreement golden_error action_map robot_disagreement phase_period contract_problems"
    return found(validate(policy).checks, *names.split(), "recorded_observations", "recorded_answers")


def place_of(layout, name):
    return next(term.start for term in layout.terms if term.name == name)


def put(place, value):
    def change(tree):
        *parents, last = [int(key) if key.isdigit() else key for key in place.split(".")]
        for key in parents:
            tree = tree[key]
        tree[last] = value

    return change


def exchange(place, one, other):
    def change(tree):
        for key in place.split("."):
            tree = tree[key]
        tree[one], tree[other] = tree[other], tree[one]

    return change


def test_the_good_one_is_not_complained_about(policy):
    assert after_validation(policy) == {}


def test_joints_exchanged_in_the_contract(policy):
    edit_contract(policy, exchange("joints.names", 3, 4))
    with pytest.raises(PolicyError, match="joints.names has 'left_ankle' in the place of 'left_knee'"):
        validate(policy)
    assert "robot_disagreement" in found(check_file(policy, "duckling").checks)


def test_a_standing_pose_exchanged_in_the_contract(policy):
    edit_contract(policy, exchange("joints.default_pos", 3, 4))
    said = after_validation(policy)
    assert "default_pos of 'left_knee' is -0.54, the robot's 1" in said["robot_disagreement"]
    assert "joint_pos is shifted: 'left_knee' by -1.54, 'left_ankle' by +1.54" in said["recorded_observations"]


def test_joints_exchanged_before_the_graph(policy, layout):
    first = place_of(layout, "joint_pos")
    multiply_input(policy, exchanged(layout.obs_size, first + 3, first + 4))
    said = found(check_policy(policy))
    assert "'left_knee' and 'left_ankle' of joint_pos exchanged" in said["golden_error"]


@pytest.mark.parametrize("output", ["actions", "joint_pos_target"])
def test_joints_exchanged_behind_the_graph(policy, output):
    multiply_output(policy, output, exchanged(14, 3, 4))
    said = found(check_policy(policy))
    assert f"{output} has another order: 'left_ankle' stands in the place of 'left_knee'" in said["golden_error"]
    assert "joints may be in another order" in said["action_map"]


def test_a_sign_in_the_contract(policy):
    edit_contract(policy, put("observation.terms.0.scale", -1.0))
    assert "gyro has the opposite sign in all columns" in after_validation(policy)["recorded_observations"]


def test_a_sign_before_the_graph(policy, layout):
    multiply_input(policy, negated(layout.obs_size, 1))
    assert "'y' of gyro with the opposite sign" in found(check_policy(policy))["golden_error"]


def test_a_sign_behind_the_graph(policy):
    multiply_output(policy, "joint_pos_target", negated(14, 3))
    said = found(check_policy(policy))
    assert "joint_pos_target has the opposite sign in 'left_knee'" in said["golden_error"]
    assert "scales its action by -0.25, the contract says 0.25" in said["action_map"]


def test_a_wrong_gain(policy):
    edit_contract(policy, put("joints.kp.3", 26.74))
    said = after_validation(policy)
    assert said["robot_disagreement"] == "kp of 'left_knee' is 26.74, the robot's 13.37"
    assert "joint_stiffness is '13.37' at place 3, in the contract '26.74'" in said["metadata_disagreement"]


def test_a_wrong_scale_of_the_action(policy):
    edit_contract(policy, put("action.scale", [0.5] * 14))
    assert "scales its action by 0.25, the contract says 0.5" in found(check_policy(policy))["action_map"]


def test_a_wrong_scale_of_an_observation(policy):
    edit_contract(policy, put("observation.terms.3.scale", 0.05))
    assert "joint_vel is 20 times what it should be" in after_validation(policy)["recorded_observations"]


def test_gravity_in_another_order(policy, layout):
    multiply_input(policy, exchanged(layout.obs_size, 3, 5))
    assert "'x' and 'z' of projected_gravity exchanged" in found(check_policy(policy))["golden_error"]


def test_a_quaternion_in_another_order(policy):
    edit_contract(policy, put("robot.quaternion_order", "xyzw"))
    assert "robot.quaternion_order" in after_validation(policy)["contract_problems"]


def test_a_clock_of_another_speed(policy):
    edit_contract(policy, lambda tree: tree["phase"].update(period_s=1.1 * tree["phase"]["period_s"]))
    said = after_validation(policy)
    assert "the contract's phase.period_s is 0.572 s, the motion's cycle takes 0.52 s" in said["phase_period"]
    assert "phase runs with a period of 0.52 s instead of 0.572 s" in said["recorded_observations"]


def test_a_clock_that_starts_elsewhere(policy):
    edit_contract(policy, put("phase.initial", 0.25))
    assert (
        "phase is 0.25 of a cycle off, that is 6.5 control steps late"
        in after_validation(policy)["recorded_observations"]
    )


def test_a_stale_phase_before_the_graph(policy, layout):
    multiply_input(policy, late_phase(layout, 1))
    assert "the phase 1 control step early" in found(check_policy(policy))["golden_error"]


def test_golden_vectors_made_to_fit_are_found_out_by_the_recording(policy, layout):
    multiply_input(policy, negated(layout.obs_size, 1))
    spoilt = OnnxPolicy(policy)
    answers = [spoilt.run(row[None]) for row in layout.golden_obs]

    def adapt(tree):
        for pair, (actions, target) in zip(tree["golden"], answers, strict=True):
            pair.update(actions=actions[0].tolist(), joint_pos_target=target[0].tolist())

    edit_contract(policy, adapt)
    said = after_validation(policy)
    assert said.keys() == {"recorded_answers"} and "'y' of gyro with the opposite sign" in said["recorded_answers"]


def test_a_history_off_by_one(tmp_path):
    config, sim = TaskConfig(history=3), SimConfig()
    task, graph = untrained(config)
    robot, reference = duckling_reference("walk", "turn_left")
    contract = describe(robot, reference, config, sim, Provenance("late", "tracking", ("0",), json.dumps({})))
    rows = [task.observe().actor]
    rows += [task.step(0.5 * graph(rows[-1])[0]).observation.actor for _ in range(9)]
    observations = np.concatenate([row.numpy() for row in rows])
    path = export_policy(graph, contract, tmp_path / "policy.onnx", observations).path
    assert found(check_policy(path)) == {}
    multiply_input(path, rolled_history(OnnxPolicy(path).layout, "joint_vel"))
    assert "history off by one" in found(check_policy(path))["golden_error"]
