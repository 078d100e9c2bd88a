import json
import math

import jsonschema
import numpy as np
import pytest
from pydantic import ValidationError

from tiny_policy import contract_dict
from webfoot.errors import PolicyError
from webfoot.export.contract import SCHEMA_FILE, Contract, Joints, contract_json_schema, parse_contract, read_contract


def changed(place, value):
    """The example contract as JSON text with the value at `place` ('a.b.0') replaced, or removed if it is `...`."""
    tree = contract_dict()
    *parents, last = [int(key) if key.isdigit() else key for key in place.split(".")]
    part = tree
    for key in parents:
        part = part[key]
    if value is ...:
        del part[last]
    else:
        part[last] = value
    return json.dumps(tree)


def test_the_published_schema_is_the_one_of_the_models():
    assert json.loads(SCHEMA_FILE.read_text()) == contract_json_schema()


def test_the_published_schema_accepts_the_example_and_refuses_a_stranger(contract):
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text()))
    validator.validate(contract_dict())
    validator.validate(json.loads(contract.to_json()))
    assert not validator.is_valid({**contract_dict(), "extra": 1})
    assert not validator.is_valid({key: part for key, part in contract_dict().items() if key != "schema"})


def test_json_keeps_every_digit(contract):
    again = json.loads(contract.to_json())
    assert again["joints"]["kd"][1] == 1 / 3
    assert parse_contract(contract.to_json(), "example") == contract


def test_json_has_exactly_the_keys_of_the_contract_page(contract):
    page = "schema name created method versions hashes robot control joints action phase command observation reset"
    assert list(json.loads(contract.to_json())) == [*page.split(), "golden", "limits"]


def test_arrays_are_taken_as_lists():
    fields = contract_dict()["joints"]
    joints = Joints.model_validate({**fields, "default_pos": np.array(fields["default_pos"])})
    assert joints.default_pos == (0.1, -0.2)


def test_a_contract_is_frozen(contract):
    with pytest.raises(ValidationError, match="frozen"):
        contract.name = "other"


def test_a_policy_without_a_phase_is_allowed():
    tree = contract_dict()
    tree["phase"] = None
    del tree["observation"]["terms"][5]
    tree["observation"]["terms"][5].update(start=16, stop=19)
    tree["observation"]["size"] = 19
    assert Contract.model_validate(tree).phase is None


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        ("schema", "webfoot-contract/2", r"schema .* 'webfoot-contract/1'"),
        ("name", ..., "name .*Field required"),
        ("surprise", 1, "surprise .*Extra inputs are not permitted"),
        ("robot.mass_kg", 0, "robot.mass_kg .*greater than 0"),
        ("robot.quaternion_order", "xyzw", "quaternion_order .*'wxyz'"),
        ("created", "2026-11-22T00:00:00", "created .*timezone"),
        ("control.physics_dt", 0.003, "physics_dt 0.003 s does not divide control_dt 0.02 s"),
        ("joints.kp", [1.0], "kp has 1 entries instead of 2"),
        ("joints.names.1", "hip", "holds a joint twice"),
        ("joints.lower.0", 2.0, "joint 'hip': lower limit 2.0 is not below upper limit 1.0"),
        ("joints.default_pos.1", -1.6, r"joint 'knee': default_pos -1.6 is outside \[-1.5, 1.5\]"),
        ("joints.kd.0", math.nan, "finite number"),
        ("joints.kd.0", -1.0, "kp and kd must not be negative"),
        ("joints.torque_limit.0", 0.0, "limits of torque and speed"),
        ("action.size", 3, "scale has 2 entries instead of 3"),
        ("action.clip", [1.0, -1.0], "lower bound is not below"),
        ("action.rate_limit", [1.0], "rate_limit has 1 entries"),
        ("phase", None, "observation term 'phase' needs a phase"),
        ("phase.initial", 1.0, "less than 1"),
        ("command.default.0", 0.3, "command 'vx'"),
        ("command.units", ["m/s"], "units has 1 entries instead of 3"),
        ("observation.size", 22, "the terms end at 21, but size is 22"),
        ("observation.terms.1.start", 4, "term 'projected_gravity': .*initial has 3 entries instead of 2"),
        ("observation.terms.2.start", 7, "term 'joint_pos': 7..10 does not hold 2 equal values"),
        ("observation.terms.1", contract_dict()["observation"]["terms"][0], "term 'gyro' starts at 0 instead of 3"),
        ("observation.terms.3.name", "joint_pos", "holds a name twice"),
        ("observation.terms.3.name", "command", "holds a name twice|'command' holds 2 numbers instead of 3"),
        ("observation.terms.4.initial", [0.0], "initial has 1 entries instead of 2"),
        ("reset.joint_pos", [0.0], "reset.joint_pos has 1 entries instead of 2"),
        ("golden", [{"obs": [0.0], "actions": [0.0], "joint_pos_target": [0.0]}], "golden has 1 entries, not 10"),
        ("limits.survival.limit", "high", "limits.survival.limit .*number"),
    ],
)
def test_a_contradiction_is_named_in_one_sentence(place, value, sentence):
    with pytest.raises(PolicyError, match=sentence) as caught:
        parse_contract(changed(place, value), "policy.onnx")
    assert str(caught.value).startswith("policy.onnx: ") and "\n" not in str(caught.value)


def test_terms_of_others_are_allowed_with_their_definition(contract):
    tree = contract_dict()
    tree["observation"]["terms"][3]["name"] = "foot_load"
    assert Contract.model_validate(tree).observation.terms[3].name == "foot_load"


def test_a_contract_is_read_from_a_policy(policy_path):
    contract = read_contract(policy_path)
    assert contract.name == "tiny" and len(contract.golden) == 10
