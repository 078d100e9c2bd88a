import hashlib
import json

import jsonschema
import numpy as np
import pytest
from trained_parts import duckling_reference

from webfoot.export.contract import Contract
from webfoot.export.describe import Provenance, describe, sha256_of
from webfoot.sim.model import SimConfig
from webfoot.task.walk import TaskConfig

ROBOT, REFERENCE = duckling_reference("walk", "back", "turn_left", "turn_right")
PROVENANCE = Provenance("run-1", "tracking", ("a" * 64,), '{"epochs": 1}')


def made(task=None, sim=None):
    return describe(ROBOT, REFERENCE, task or TaskConfig(), sim or SimConfig(), PROVENANCE)


def test_terms_cover_the_observation_without_gap_or_overlap():
    observation = made().observation
    assert [term.name for term in observation.terms] == [
        *("gyro", "projected_gravity", "joint_pos", "joint_vel", "last_action", "phase", "command")
    ]
    edges = [0, *(term.stop for term in observation.terms)]
    assert [term.start for term in observation.terms] == edges[:-1]
    assert edges[-1] == observation.size == 3 + 3 + 3 * ROBOT.nu + 2 + 3
    for term in observation.terms:
        assert len(term.initial) == term.stop - term.start
        assert term.definition and term.unit and term.frame


def test_sensors_and_actions_are_remembered_where_the_task_asks_for_it():
    contract = made(TaskConfig(history=3))
    assert {term.name: term.history for term in contract.observation.terms} == {
        **dict.fromkeys(("gyro", "projected_gravity", "joint_pos", "joint_vel", "last_action"), 3),
        **dict.fromkeys(("phase", "command"), 1),
    }
    assert contract.observation.size == 3 * (3 + 3 + 3 * ROBOT.nu) + 2 + 3


def test_a_robot_before_its_first_step_stands_upright_at_phase_zero():
    initial = {term.name: term.initial for term in made().observation.terms}
    assert initial["projected_gravity"] == (0.0, 0.0, -1.0)
    assert initial["phase"] == (1.0, 0.0)
    assert not any(initial["last_action"])


def test_the_command_reaches_over_all_clips_and_standing_which_is_the_default():
    command = made().command
    np.testing.assert_allclose(command.lower, np.minimum(REFERENCE.commands.min(axis=0), 0), rtol=1e-6)
    np.testing.assert_allclose(command.upper, np.maximum(REFERENCE.commands.max(axis=0), 0), rtol=1e-6)
    assert command.default == (0.0, 0.0, 0.0)
    assert command.rate is not None
    ranges = np.array(command.upper) - command.lower
    np.testing.assert_allclose(command.rate, ranges / TaskConfig().command.ramp_s, rtol=1e-5)


def test_joints_are_the_robots_to_the_last_digit():
    joints = made().joints
    assert joints.names == ROBOT.joint_names
    for name in ("default_pos", "lower", "upper", "kp", "kd", "torque_limit", "velocity_limit"):
        assert getattr(joints, name) == tuple(getattr(ROBOT, name).tolist()), name


@pytest.mark.parametrize("base", ["reference", "default"])
def test_what_was_configured_is_what_is_written(base):
    task = TaskConfig(action_base=base, action_scale=0.3, action_limit=2.0)
    contract = made(task, SimConfig(control_hz=40, physics_hz=400))
    assert (contract.control.control_dt, contract.control.physics_dt) == (1 / 40, 1 / 400)
    assert contract.action.clip == (-2.0, 2.0)
    assert set(contract.action.scale) == {0.3}
    assert contract.action.base == base
    assert contract.phase is not None and contract.phase.period_s == REFERENCE.period_s


def test_hashes_say_what_it_was_made_from():
    hashes = made().hashes
    assert hashes.robot == sha256_of(ROBOT.mjcf) == hashlib.sha256(ROBOT.mjcf.read_bytes()).hexdigest()
    assert hashes.config == hashlib.sha256(b'{"epochs": 1}').hexdigest()
    assert hashes.motion == ("a" * 64,)


def test_it_is_a_contract_of_the_published_schema():
    document = json.loads(made().to_json())
    assert document["schema"] == "webfoot-contract/1"
    jsonschema.validate(document, Contract.model_json_schema(by_alias=True))
