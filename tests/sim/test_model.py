import mujoco
import pytest
from pydantic import ValidationError

from webfoot.robots.derive import robot_from_mjcf
from webfoot.sim.model import INTEGRATORS, SimConfig, build_model, own_physics

LEG = """
<mujoco model="hopper">
  <option timestep="0.004" integrator="{integrator}" iterations="37"/>
  <worldbody>
    {floor}
    <body name="trunk" pos="0 0 0.5">
      <freejoint/>
      <geom type="box" size="0.1 0.1 0.1" mass="1" contype="0" conaffinity="0"/>
      <body name="foot" pos="0 0 -0.3">
        <joint name="knee" axis="0 1 0" range="-1 1" damping="0.1"/>
        <geom type="box" size="0.05 0.03 0.01" mass="0.1"/>
      </body>
    </body>
  </worldbody>
  <actuator><position joint="knee" kp="5" forcerange="-2 2"/></actuator>
</mujoco>
"""


def hopper(tmp_path, floor="", integrator="implicitfast"):
    path = tmp_path / "hopper.xml"
    path.write_text(LEG.format(floor=floor, integrator=integrator))
    return robot_from_mjcf(path)


def planes(model):
    return int((model.geom_type == mujoco.mjtGeom.mjGEOM_PLANE).sum())


def test_a_model_without_floor_gets_one_and_its_robot_lands_on_it(tmp_path):
    model = build_model(hopper(tmp_path), SimConfig())
    assert planes(model) == 1
    data = mujoco.MjData(model)
    mujoco.mj_step(model, data, 400)
    assert 0.1 < data.qpos[2] < 0.5


def test_a_model_with_a_floor_keeps_its_own(tmp_path):
    model = build_model(hopper(tmp_path, floor='<geom name="ground" type="plane" size="1 1 0.1"/>'), SimConfig())
    assert planes(model) == 1
    assert model.geom("ground").id >= 0


def test_the_model_is_stepped_as_the_config_says(duckling):
    config = SimConfig(control_hz=50, physics_hz=500, integrator="rk4", solver_iterations=7)
    option = build_model(duckling, config).opt
    assert option.timestep == pytest.approx(0.002)
    assert option.integrator == mujoco.mjtIntegrator.mjINT_RK4
    assert option.iterations == 7


@pytest.mark.parametrize("name", INTEGRATORS)
def test_own_physics_are_those_of_the_file(tmp_path, name):
    config = own_physics(hopper(tmp_path, integrator={"rk4": "RK4", "euler": "Euler"}.get(name, name)), control_hz=50)
    assert (config.physics_hz, config.decimation, config.control_dt) == (250, 5, pytest.approx(0.02))
    assert (config.integrator, config.solver_iterations) == (name, 37)


def test_own_physics_round_to_whole_steps_a_control_step(tmp_path):
    assert own_physics(hopper(tmp_path), control_hz=60).physics_hz == 240  # 250 Hz lies nearest to 4 x 60


def test_rates_that_do_not_divide_are_refused():
    with pytest.raises(ValidationError, match="physics_hz 220 is not a multiple of control_hz 50"):
        SimConfig(control_hz=50, physics_hz=220)


def test_an_unknown_integrator_lists_the_known_ones():
    with pytest.raises(ValidationError, match="unknown integrator 'heun': choose one of euler, implicit, implicitfast"):
        SimConfig(integrator="heun")


@pytest.mark.parametrize(
    ("field", "value"), [("control_hz", 5), ("physics_hz", 20), ("solver_iterations", 0), ("timestep", 0.002)]
)
def test_values_out_of_range_and_unknown_options_name_their_field(field, value):
    with pytest.raises(ValidationError, match=field):
        SimConfig.model_validate({field: value})
