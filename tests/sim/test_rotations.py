import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.transform import Rotation

from webfoot.sim.rotations import heading, into_heading, projected_gravity, rotate_inverse, wrap_angle

numbers = st.floats(-1.0, 1.0, width=32)
quaternions = (
    arrays(np.float64, 4, elements=numbers)
    .filter(lambda q: np.linalg.norm(q) > 0.1)
    .map(lambda q: q / np.linalg.norm(q))
)
vectors = arrays(np.float64, 3, elements=numbers)


def rotation(quat: np.ndarray) -> Rotation:
    return Rotation.from_quat(quat, scalar_first=True)


def one(values: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(values)[None]


@given(quaternions, vectors)
def test_rotate_inverse_brings_world_into_base(quat, vector):
    np.testing.assert_allclose(rotate_inverse(one(quat), one(vector))[0], rotation(quat).inv().apply(vector), atol=1e-9)


@given(quaternions)
def test_projected_gravity_is_world_down_in_the_base_frame(quat):
    expected = rotation(quat).inv().apply([0.0, 0.0, -1.0])
    np.testing.assert_allclose(projected_gravity(one(quat))[0], expected, atol=1e-9)


@given(st.floats(-3.1, 3.1), st.floats(-1.4, 1.4), st.floats(-3.1, 3.1))
def test_heading_is_the_yaw_whatever_roll_and_pitch(yaw, pitch, roll):
    quat = Rotation.from_euler("ZYX", [yaw, pitch, roll]).as_quat(scalar_first=True)
    assert float(heading(one(quat))) == pytest.approx(yaw, abs=1e-6)


@given(st.floats(-3.1, 3.1), st.floats(-1.4, 1.4), st.floats(-3.1, 3.1), vectors)
def test_into_heading_turns_back_by_the_yaw_alone(yaw, pitch, roll, vector):
    quat = Rotation.from_euler("ZYX", [yaw, pitch, roll]).as_quat(scalar_first=True)
    expected = Rotation.from_euler("z", -yaw).apply([*vector[:2], 0.0])[:2]
    np.testing.assert_allclose(into_heading(one(quat), one(vector[:2]))[0], expected, atol=1e-6)


def test_into_heading_is_finite_where_the_nose_points_straight_up():
    up = torch.tensor([[math.sqrt(0.5), 0.0, -math.sqrt(0.5), 0.0]])
    assert into_heading(up, torch.tensor([[1.0, 2.0]])).isfinite().all()


@given(st.floats(-100.0, 100.0))
def test_wrap_angle_is_the_same_angle_within_a_turn(angle):
    wrapped = float(wrap_angle(torch.tensor(angle, dtype=torch.float64)))
    assert -math.pi <= wrapped < math.pi
    assert math.cos(wrapped - angle) == pytest.approx(1.0)


def test_wrap_angle_sends_half_a_turn_to_minus_pi():
    assert wrap_angle(torch.tensor([math.pi, -math.pi, 3 * math.pi], dtype=torch.float64)).tolist() == [-math.pi] * 3
