"""One servo at a time on numbers worked out by hand; physics steps of 5 ms, control steps of 20 ms."""

import math

import mujoco
import pytest
import torch
from standing import random_targets, standing, standing_sim

from webfoot.sim.servos import Servos, ServoTraits, torque_limits

PENDULUM = """
<mujoco>
  <option timestep="0.005" gravity="0 0 0"/>
  <worldbody>
    <body>
      <joint name="hinge" axis="0 1 0" damping="0.5" armature="0.03"/>
      <geom type="capsule" size="0.01" fromto="0 0 0 0 0 -0.1" mass="0.1"/>
    </body>
  </worldbody>
  <actuator><position joint="hinge" kp="10" forcerange="-3 3"/></actuator>
</mujoco>
"""
KP, DAMPING, STALL = 10.0, 0.5, 3.0


def traits(count=1, **changed) -> ServoTraits:
    """Servos that are ideal but for what is given; numbers or lists of one number a robot."""
    ideal = {"kp": KP, "kd": 0.0, "backlash": 0.0, "rate": math.inf, "offset": 0.0}
    ideal |= {"stall_torque": STALL, "no_load_speed": math.inf, "damping": DAMPING}
    latency = torch.as_tensor(changed.pop("latency_s", 0.0), dtype=torch.float32).expand(count).clone()
    values = {name: torch.full((count, 1), float(value)) for name, value in (ideal | changed).items()}
    return ServoTraits(latency_s=latency, **values)


def servos(count=1, **changed) -> Servos:
    made = Servos(traits(count, **changed), physics_dt=0.005, decimation=4)
    made.reset(torch.arange(count), torch.zeros(count, 1))
    return made


def asked(made: Servos, target: float, joint_pos=0.0, joint_vel=0.0) -> list[float]:
    """What the ideal servo is asked for in the four physics steps after a target was sent; the joint stays."""
    count = len(made.traits.kp)
    state = torch.full((count, 1), joint_pos), torch.full((count, 1), joint_vel)
    made.send(torch.full((count, 1), target))
    return [made.ask(substep, *state)[:, 0].tolist() for substep in range(4)]


def test_an_ideal_servo_is_asked_for_its_target():
    assert asked(servos(), 0.25) == [[0.25]] * 4


def test_latency_is_finer_than_the_control_step():
    made = servos(4, latency_s=[0.0, 0.005, 0.01, 0.02])
    assert asked(made, 1.0) == [[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 0]]
    assert asked(made, 2.0) == [[2, 1, 1, 1], [2, 2, 1, 1], [2, 2, 2, 1], [2, 2, 2, 1]]


def test_a_target_that_arrives_within_a_physics_step_counts_for_the_rest_of_it():
    made = servos(latency_s=0.012)  # two physics steps of 5 ms and 2 ms of the third
    assert asked(made, 1.0) == [[0.0], [0.0], [pytest.approx(0.6)], [1.0]]


def test_latency_may_be_longer_than_a_control_step():
    made = servos(latency_s=0.03)
    assert asked(made, 1.0) == [[0.0]] * 4
    assert asked(made, 2.0) == [[0.0], [0.0], [1.0], [1.0]]
    assert asked(made, 3.0) == [[1.0], [1.0], [2.0], [2.0]]


def test_a_reset_forgets_what_is_under_way():
    made = servos(2, latency_s=0.03)
    asked(made, 1.0)
    made.reset(torch.tensor([1]), torch.tensor([[0.5]]))
    assert asked(made, 2.0)[2:] == [[1.0, 0.5]] * 2


def test_targets_turn_no_faster_than_the_limit():
    made = servos(rate=4.0)  # 0.02 rad in 5 ms
    assert asked(made, 1.0) == [[pytest.approx(0.02 * step)] for step in (1, 2, 3, 4)]
    assert asked(made, 0.05) == [[pytest.approx(x)] for x in (0.06, 0.05, 0.05, 0.05)]


def test_there_is_no_torque_within_the_play():
    made = servos(backlash=0.01)
    assert asked(made, 0.008)[0] == [0.0]  # asked to be where it is: no torque
    assert asked(made, 0.03)[0] == [pytest.approx(0.02)]  # kp (0.03 - 0.01)
    assert asked(made, -0.03)[0] == [pytest.approx(-0.02)]


def test_the_encoder_sits_on_the_servos_side_of_the_play():
    made = servos(backlash=0.01)
    asked(made, 0.008)
    joint = torch.tensor([[0.0]])
    assert made.encoder(joint).item() == pytest.approx(0.008)  # the servo turned, the joint did not
    asked(made, 0.5)
    assert made.encoder(joint).item() == pytest.approx(0.01)  # the servo leans on the joint


def test_a_servo_whose_zero_is_off_goes_wrong_and_does_not_know():
    made = servos(offset=0.1)
    assert asked(made, 0.3)[0] == [pytest.approx(0.4)]
    assert made.encoder(torch.tensor([[0.4]])).item() == pytest.approx(0.3)


def test_a_reset_holds_the_true_pose_whatever_the_encoder_says():
    made = servos(offset=0.1)
    made.reset(torch.tensor([0]), torch.tensor([[0.4]]))
    assert made.ask(0, torch.tensor([[0.4]]), torch.zeros(1, 1)).item() == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("speed", "low", "high"),
    [(0.0, -3.0, 3.0), (1.0, -3.0, 2.5), (3.0, -3.0, 1.5), (6.0, -3.0, 0.0), (9.0, -3.0, 0.0), (-3.0, -1.5, 3.0)],
)
def test_torque_falls_linearly_with_the_speed_and_braking_does_not(speed, low, high):
    one = torch.ones(1)
    limits = torque_limits(speed * one, stall=3.0 * one, no_load=6.0 * one, damping=0.0 * one)
    assert [limit.item() for limit in limits] == pytest.approx([low, high])


def test_what_the_joint_loses_anyway_is_not_taken_off_twice():
    one = torch.ones(1)
    high = torque_limits(3.0 * one, stall=3.0 * one, no_load=6.0 * one, damping=0.3 * one)[1]
    assert high.item() - 0.3 * 3.0 == pytest.approx(3.0 * (1 - 3.0 / 6.0))
    high = torque_limits(3.0 * one, stall=3.0 * one, no_load=6.0 * one, damping=0.5 * one)[1]
    assert high.item() == pytest.approx(3.0)  # 3 Nm less 0.5 v is nothing at 6 rad/s: the model says it all


def test_the_position_loop_stays_below_the_torque_speed_curve():
    made = servos(no_load_speed=6.0, damping=0.0)
    (asked_for,) = asked(made, 1.0, joint_pos=0.2, joint_vel=3.0)[0]
    assert KP * (asked_for - 0.2) == pytest.approx(1.5)  # 8 Nm wanted, 3 (1 - 3/6) to be had
    (asked_for,) = asked(made, 0.25, joint_pos=0.2, joint_vel=3.0)[0]
    assert KP * (asked_for - 0.2) == pytest.approx(0.5)  # wanted and had


def test_servo_damping_counts_as_torque():
    made = servos(no_load_speed=6.0, damping=0.0, kd=0.2)
    (asked_for,) = asked(made, 1.0, joint_pos=0.2, joint_vel=3.0)[0]
    assert KP * (asked_for - 0.2) - 0.2 * 3.0 == pytest.approx(1.5)


def test_new_traits_go_on_where_the_old_ones_were():
    before = servos(latency_s=0.03)
    asked(before, 1.0)
    after = Servos(traits(latency_s=0.01), 0.005, 4)
    after.take_over(before)
    assert asked(after, 2.0) == [[1.0], [1.0], [2.0], [2.0]]


def swing(made: Servos, target: float, steps: int) -> tuple[list[float], list[float]]:
    """Angles and servo torques of a pendulum without gravity, by MuJoCo itself."""
    model = mujoco.MjModel.from_xml_string(PENDULUM)
    data = mujoco.MjData(model)
    angles, torques = [], []
    for _ in range(steps):
        made.send(torch.tensor([[target]]))
        for substep in range(4):
            q, v = (torch.tensor(x, dtype=torch.float32).reshape(1, 1) for x in (data.qpos, data.qvel))
            data.ctrl[:] = made.ask(substep, q, v).numpy()[0]
            mujoco.mj_step(model, data)
            angles.append(float(data.qpos[0]))
            torques.append(float(data.actuator_force[0]))
    return angles, torques


def test_a_pendulum_rests_anywhere_within_the_play():
    angles, torques = swing(servos(backlash=0.05), target=0.04, steps=50)
    assert max(map(abs, angles)) == 0.0 and max(map(abs, torques)) == 0.0


def test_a_pendulum_comes_to_rest_where_it_is_let_go_within_the_play():
    angles, torques = swing(servos(backlash=0.05), target=0.3, steps=200)
    assert abs(angles[-1] - 0.3) <= 0.05 + 1e-3 and angles[-1] == pytest.approx(angles[-40], abs=1e-3)
    assert torques[-1] == pytest.approx(0.0, abs=1e-2)


def test_a_pendulum_begins_to_move_when_the_latency_is_over():
    angles, _ = swing(servos(latency_s=0.03), target=0.3, steps=3)
    assert angles[5] == 0.0 and angles[6] > 0.0  # 30 ms are six physics steps


def test_a_pendulum_never_exceeds_the_torque_speed_curve():
    made = servos(no_load_speed=2.0, damping=DAMPING)
    angles, torques = swing(made, target=5.0, steps=40)
    speeds = [(b - a) / 0.005 for a, b in zip([0.0, *angles], angles, strict=False)]
    assert 1.5 < max(speeds) < 2.0 + 1e-3  # without the curve: 3 Nm / 0.5 Nm s/rad = 6 rad/s
    for torque, speed in zip(torques[1:], speeds, strict=False):
        assert torque <= STALL * (1 - speed / 2.0) + DAMPING * speed + 1e-3


def test_real_servos_that_are_ideal_move_the_robot_as_the_ideal_ones_do(duckling):
    bare, sim = standing_sim(duckling, 2), standing_sim(duckling, 2)
    nu = duckling.nu
    ideal = {name: torch.zeros(2, nu) for name in ("kd", "backlash", "offset")}
    numbers = {"kp": duckling.kp, "stall_torque": duckling.torque_limit, "damping": duckling.joint_damping}
    ideal |= {name: torch.tensor(value, dtype=torch.float32).expand(2, nu) for name, value in numbers.items()}
    endless = torch.full((2, nu), math.inf)
    sim.equip(ServoTraits(latency_s=torch.zeros(2), rate=endless, no_load_speed=endless, **ideal))
    for target in random_targets(duckling, 15, 2):
        bare.step(target)
        sim.step(target)
    torch.testing.assert_close(sim.state().joint_pos, bare.state().joint_pos, atol=1e-4, rtol=0)
    torch.testing.assert_close(sim.state().encoder_pos, sim.state().joint_pos)


def test_robots_can_be_given_ideal_servos_again(duckling):
    bare, sim = standing_sim(duckling, 1), standing_sim(duckling, 1)
    one = torch.ones(1, duckling.nu)
    sim.equip(ServoTraits(one, one, torch.ones(1), one, one, one, one, one, one))
    sim.equip(None)
    for one_sim in (sim, bare):
        one_sim.reset(torch.arange(1), standing(duckling, 1))
    for target in random_targets(duckling, 5, 1):
        bare.step(target)
        sim.step(target)
    assert torch.equal(sim.state().joint_pos, bare.state().joint_pos)
