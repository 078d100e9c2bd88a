"""What is wrong with two streams that should be equal: every cause that is named is made, and found again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiny_policy import DEFAULT_POS, OBS_SIZE, contract_dict
from webfoot.export.contract import Contract, Golden
from webfoot_runtime.diagnose import Suspect, column_names, diagnose
from webfoot_runtime.expected import Recording, expected_observations
from webfoot_runtime.layout import Layout, parse_layout

STEPS = 60
JOINTS = slice(6, 10)
GRAVITY = slice(3, 6)
PHASE = slice(16, 18)


@pytest.fixture(scope="module")
def layout() -> Layout:
    pair = Golden(obs=(0.0,) * OBS_SIZE, actions=(0.0, 0.0), joint_pos_target=DEFAULT_POS)
    contract = Contract.model_validate(contract_dict()).model_copy(update={"golden": (pair,) * 10})
    return parse_layout(contract.to_json(), "tiny")[1]


@pytest.fixture(scope="module")
def recording() -> Recording:
    """A robot that sways, with noise that no two columns share."""
    draw = np.random.default_rng(0).normal
    tilt = 0.3 * np.sin(np.arange(STEPS) / 7)[:, None, None] * np.array([1.0, 0.6, 0.0])
    gravity = tilt + [0.0, 0.0, -1.0]
    return Recording(
        gyro=draw(size=(STEPS, 1, 3)),
        projected_gravity=gravity / np.linalg.norm(gravity, axis=-1, keepdims=True),
        joint_pos=np.array(DEFAULT_POS) + 0.3 * draw(size=(STEPS, 1, 2)),
        joint_vel=draw(size=(STEPS, 1, 2)),
        command=np.tile([0.1, 0.0, 0.2], (STEPS, 1, 1)),
        action=draw(size=(STEPS, 1, 2)).astype(np.float32).clip(-1, 1),
    )


@pytest.fixture(scope="module")
def expected(layout, recording) -> np.ndarray:
    return expected_observations(layout, recording)[:, 0]


def spoilt(expected, place, change):
    seen = expected.copy()
    seen[:, place] = change(seen[:, place])
    return seen


def only(findings):
    assert len(findings) == 1, findings
    return findings[0]


def late(values, steps):
    return np.concatenate([np.repeat(values[:1], steps, axis=0), values[:-steps]])


def test_what_is_right_gives_no_findings(layout, expected):
    assert diagnose(expected, expected, layout) == ()
    assert diagnose(expected + 1e-6, expected, layout) == ()


CASES = {
    "two joints exchanged": (slice(10, 12), lambda v: v[:, ::-1], "order", "'knee' stands in the place of 'hip'"),
    "gravity in another order": (GRAVITY, lambda v: v[:, [2, 0, 1]], "order", "'z' stands in the place of 'x'"),
    "gravity upside down": (GRAVITY, lambda v: -v, "sign", "opposite sign in all columns"),
    "one sign": (slice(0, 3), lambda v: v * [1, -1, 1], "sign", "opposite sign in 'y'"),
    "order and sign": (slice(0, 3), lambda v: v[:, [1, 0, 2]] * [1, -1, 1], "order", "'y' has the opposite sign"),
    "degrees": (slice(0, 3), lambda v: np.degrees(v), "unit", "degrees instead of radians"),
    "accelerometer": (GRAVITY, lambda v: 9.81 * v, "unit", "instead of a unit vector"),
    "accelerometer's sign": (GRAVITY, lambda v: -9.81 * v, "unit", "with the opposite sign"),
    "scale left out": (slice(10, 12), lambda v: 10 * v, "scale", "is 10 times what it should be"),
    "gain of one": (slice(0, 3), lambda v: v * [1, 1, 1.3], "scale", "is 1.3 times what it should be in 'z'"),
    "absolute joints": (JOINTS, lambda v: v + 2 * np.tile(DEFAULT_POS, 2), "offset", "default_pos was not subtracted"),
    "encoder's zero": (slice(10, 12), lambda v: v + [0, 0.7], "offset", "is shifted: 'knee' by +0.7"),
    "late": (slice(0, 3), lambda v: late(v, 1), "delay", "is 1 control step late"),
    "four late": (GRAVITY, lambda v: late(v, 4), "delay", "is 4 control steps late"),
    "late and turned": (slice(0, 3), lambda v: -late(v, 1), "delay", "late, and has the opposite sign"),
    "oldest first": (JOINTS, lambda v: v[:, [2, 3, 0, 1]], "history", "oldest first instead of newest first"),
    "joint by joint": (JOINTS, lambda v: v[:, [0, 2, 1, 3]], "history", "joint by joint instead of step by step"),
    "history off by one": (JOINTS, lambda v: late(v, 1), "history", "off by one: the newest value is missing"),
    "frozen": (slice(0, 3), lambda v: 0 * v, "frozen", "never changes in 'x', 'y', 'z'"),
    "NaN": (slice(10, 12), lambda v: v * [1, np.nan], "not finite", "holds NaN or infinity in 'knee'"),
    "noise": (slice(0, 3), lambda v: v + np.random.default_rng(5).normal(size=v.shape), "?", "no simple reason"),
    "clock late": (PHASE, lambda v: turned(v, -0.02 / 0.05), "delay", "is 0.4 of a cycle off, that is 1 control steps"),
    "clock the other way": (PHASE, lambda v: v * [1, -1], "sign", "opposite sign in 'sin'"),
}


def turned(vector, cycles):
    turn = np.exp(2j * np.pi * cycles)
    both = (vector[:, 0] + 1j * vector[:, 1]) * turn
    return np.stack([both.real, both.imag], axis=1)


@pytest.mark.parametrize("name", CASES)
def test_a_cause_is_named(layout, expected, name):
    place, change, kind, words = CASES[name]
    found = only(diagnose(spoilt(expected, place, change), expected, layout))
    assert found.kind == kind and words in found.words, found
    assert found.words.startswith(found.term) and "\n" not in found.words


def test_a_clock_of_another_speed_tells_its_period(layout, recording, expected):
    time = 0.02 * np.arange(STEPS)
    angle = 2 * np.pi * (0.25 + time / 0.0625)
    seen = spoilt(expected, PHASE, lambda v: np.stack([np.cos(angle), np.sin(angle)], axis=1))
    found = only(diagnose(seen, expected, layout))
    assert found.words == "phase runs with a period of 0.0625 s instead of 0.05 s"


def test_columns_are_those_of_the_whole_observation(layout, expected):
    found = only(diagnose(spoilt(expected, slice(11, 12), lambda v: -v), expected, layout))
    assert found.columns == (11,) and found.term == "joint_vel"
    assert found.error == pytest.approx(2 * np.abs(expected[:, 11]).max())


def test_several_terms_are_told_apart(layout, expected):
    seen = spoilt(spoilt(expected, GRAVITY, lambda v: -v), slice(18, 21), lambda v: 2 * v)
    assert [(found.term, found.kind) for found in diagnose(seen, expected, layout)] == [
        ("projected_gravity", "sign"),
        ("command", "scale"),
    ]


def test_a_suspect_is_named_before_anything_else(layout, expected):
    other = np.random.default_rng(1).normal(size=(STEPS, 3))
    seen = spoilt(expected, slice(0, 3), lambda v: 0.5 * other)  # the scale of the gyro
    found = only(diagnose(seen, expected, layout, [Suspect("gyro", "is that of the head", other)]))
    assert (found.kind, found.words) == ("misread", "gyro is that of the head")


def test_streams_of_another_size_are_told(layout, expected):
    found = only(diagnose(expected[:, :-1], expected, layout))
    assert found.words == "observations are (60, 20), where (60, 21) would be right"


def test_columns_have_the_names_of_joints_and_ages(layout):
    names = {term.name: column_names(term, layout) for term in layout.terms}
    assert names["joint_pos"] == ["hip", "knee", "hip 1 before", "knee 1 before"]
    assert names["gyro"] == ["x", "y", "z"] and names["phase"] == ["cos", "sin"]


def test_what_is_expected_is_worked_out_by_the_runtime(layout, recording, expected):
    np.testing.assert_allclose(expected[:, :3], 0.5 * recording.gyro[:, 0], rtol=1e-6)
    np.testing.assert_allclose(expected[3, 6:8], 2 * (recording.joint_pos[3, 0] - DEFAULT_POS), rtol=1e-5)
    np.testing.assert_allclose(expected[3, 8:10], expected[2, 6:8])  # the second place is the step before
    np.testing.assert_allclose(expected[0, 8:10], 2 * np.array([0.7, 0.8]), rtol=1e-6)  # initial
    np.testing.assert_allclose(expected[3, 12:16], recording.action[[2, 1], 0].ravel())


@given(
    term=st.integers(0, 6),
    order=st.permutations(range(4)),
    factor=st.floats(-100, 100).filter(lambda f: abs(f) > 0.01),
    offset=st.floats(-10, 10),
    steps=st.integers(0, 3),
)
def test_it_says_something_of_whatever_is_wrong(layout, expected, term, order, factor, offset, steps):
    place = layout.terms[term]
    values = expected[:, place.start : place.stop]
    columns = [i for i in order if i < values.shape[1]]
    seen = expected.copy()
    changed = factor * values[:, columns] + offset
    seen[:, place.start : place.stop] = late(changed, steps) if steps else changed
    found = diagnose(seen, expected, layout)
    assert [finding.term for finding in found] == ([place.name] if np.abs(seen - expected).max() > 1e-4 else [])
    assert all(finding.words.isprintable() for finding in found)
