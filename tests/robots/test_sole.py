import mujoco
import numpy as np
import pytest

from webfoot.robots.sole import sole_corners

BODY = """<mujoco><worldbody><body name="foot" pos="0 0 1" euler="{tilt} 0 0">
  <freejoint/>{geoms}
</body></worldbody></mujoco>"""


def corners_of(geoms: str, tilt_deg: float = 0.0) -> np.ndarray:
    """Corners in the world, relative to the body's place; none where there is no sole."""
    model = mujoco.MjModel.from_xml_string(BODY.format(geoms=geoms, tilt=tilt_deg))
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    body = model.body("foot").id
    corners = sole_corners(model, data, body)
    return np.empty((0, 3)) if corners is None else corners @ data.xmat[body].reshape(3, 3).T


@pytest.mark.parametrize("tilt_deg", [0.0, 25.0])
def test_a_ball_stands_on_its_lowest_point_however_it_is_tilted(tilt_deg: float):
    corners = corners_of('<geom type="sphere" size="0.02"/>', tilt_deg)
    np.testing.assert_allclose(corners, np.tile([0.0, 0.0, -0.02], (4, 1)), atol=1e-12)


def test_a_leg_of_one_capsule_stands_on_its_lower_end():
    corners = corners_of('<geom type="capsule" fromto="0 0 0 0.03 0 -0.1" size="0.01"/>')
    np.testing.assert_allclose(corners, np.tile([0.03, 0.0, -0.11], (4, 1)), atol=1e-9)


def test_a_shin_that_collides_is_no_part_of_the_sole():
    shin = '<geom type="capsule" fromto="0 0 0 0 0 -0.1" size="0.01"/>'
    corners = corners_of(shin + '<geom type="sphere" size="0.02" pos="0 0 -0.1"/>')
    np.testing.assert_allclose(corners, np.tile([0.0, 0.0, -0.12], (4, 1)), atol=1e-12)


def test_a_box_gives_its_lower_face():
    corners = corners_of('<geom type="box" size="0.05 0.02 0.01"/>')
    np.testing.assert_allclose(np.abs(corners), np.tile([0.05, 0.02, 0.01], (4, 1)))
    assert (corners[:, 2] < 0).all()


def test_four_balls_under_a_foot_span_its_sole():
    balls = [f'<geom type="sphere" size="0.005" pos="{x} {y} 0"/>' for x in (-0.1, 0.1) for y in (-0.03, 0.03)]
    corners = corners_of("".join(balls))
    np.testing.assert_allclose(np.ptp(corners, axis=0), [0.21, 0.07, 0.0], atol=1e-12)


def test_a_body_without_colliding_geoms_has_no_sole():
    assert corners_of('<geom type="sphere" size="0.02" contype="0" conaffinity="0" mass="1"/>').size == 0
