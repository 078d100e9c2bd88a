"""Robots with one thing wrong: the replay of their logs names it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from webfoot.evaluate.simulated_robot import SimulatedRobot
from webfoot.robots.table import load_robot
from webfoot_runtime.cli import main
from webfoot_runtime.exercise import NAME as EXERCISE
from webfoot_runtime.exercise import Exercise
from webfoot_runtime.log_file import LogWriter
from webfoot_runtime.log_read import COLUMNS, read_log
from webfoot_runtime.policy import OnnxPolicy
from webfoot_runtime.replay import replay
from webfoot_runtime.robot_loop import RobotLoop
from webfoot_runtime.safety import SafetyLimits


class Faulty:
    """A robot whose sensors are not wired as they should be."""

    def __init__(self, robot, spoil, late=()):
        self.robot, self.spoil, self.late, self.seen = robot, spoil, late, []

    def read(self):
        reading = self.spoil(self.robot.read())
        self.seen.append(reading)
        before = self.seen[max(0, len(self.seen) - 4)]
        return replace(reading, **{name: getattr(before, name) for name in self.late})

    def write(self, targets):
        self.robot.write(targets)


@pytest.fixture(scope="module")
def policy(trained):
    return OnnxPolicy(trained.run.policy_file)


@pytest.fixture(scope="module")
def make_log(policy, tmp_path_factory):
    """The log of a robot that is wired so, led by the policy or through the exercise."""

    def make(spoil=lambda sensors: sensors, late=(), exercise=False, limits=None, walk_s=4.0, leader=policy):
        simulated = SimulatedRobot(load_robot("duckling"))
        leader = Exercise(policy.layout) if exercise else leader
        walk_s = leader.duration_s if exercise else walk_s
        path = tmp_path_factory.mktemp("logs") / "robot.log"
        with LogWriter(path, policy.layout, EXERCISE if exercise else "walk") as log:
            hardware = Faulty(simulated, spoil, late)
            RobotLoop(leader, hardware, limits, clock=simulated, log=log).run(walk_s=walk_s)
        return path

    return make


@pytest.fixture(scope="module")
def sound(make_log, policy):
    """The log of a robot on which all is well."""
    return read_log(make_log(), policy.layout)


def exchanged(values, one, other):
    values = values.copy()
    values[[one, other]] = values[[other, one]]
    return values


def turned(values, *columns):
    values = values.copy()
    values[list(columns)] *= -1
    return values


def joints(change):
    return lambda s: replace(s, joint_pos=change(s.joint_pos), joint_vel=change(s.joint_vel))


STANDING = load_robot("duckling").default_pos
LEFT_KNEE, LEFT_ANKLE, RIGHT_HIP_PITCH, RIGHT_KNEE = 3, 4, 11, 12
WIRED_WRONG = {
    "knees exchanged": (
        joints(lambda v: exchanged(v, LEFT_KNEE, RIGHT_KNEE)),
        (),
        ("joint_pos", "order", "'right_knee' stands in the place of 'left_knee'"),
    ),
    "hip mirrored": (
        joints(lambda v: turned(v, RIGHT_HIP_PITCH)),
        (),
        ("joint_pos", "sign", "has the opposite sign in 'right_hip_pitch'"),
    ),
    "speeds exchanged": (
        lambda s: replace(s, joint_vel=exchanged(s.joint_vel, LEFT_KNEE, LEFT_ANKLE)),
        (),
        ("joint_vel", "order", "'left_ankle' stands in the place of 'left_knee'"),
    ),
    "speeds mirrored": (
        lambda s: replace(s, joint_vel=-s.joint_vel),
        (),
        ("joint_vel", "sign", "has the opposite sign in 'left_hip_"),
    ),
    "speeds in degrees": (
        lambda s: replace(s, joint_vel=np.degrees(s.joint_vel)),
        (),
        ("joint_vel", "unit", "is in degrees instead of radians"),
    ),
    "speeds three times": (
        lambda s: replace(s, joint_vel=3 * s.joint_vel),
        (),
        ("joint_vel", "scale", "times what it should be"),
    ),
    "speeds late": (lambda s: s, ("joint_vel",), ("joint_vel", "delay", "is 3 control steps late")),
    "joints late": (lambda s: s, ("joint_pos", "joint_vel"), ("joint_pos", "delay", "follows its targets 7 control")),
    "gyro in degrees": (
        lambda s: replace(s, gyro=np.degrees(s.gyro)),
        (),
        ("gyro", "unit", "is in degrees instead of radians"),
    ),
    "gyro dead": (lambda s: replace(s, gyro=np.zeros(3)), (), ("gyro", "frozen", "never changes")),
    "gyro mirrored": (lambda s: replace(s, gyro=turned(s.gyro, 0)), (), ("gyro", "sign", "opposite sign in 'x'")),
    "gyro exchanged": (
        lambda s: replace(s, gyro=exchanged(s.gyro, 0, 1)),
        (),
        ("gyro", "order", "'x' stands in the place of 'y'"),
    ),
    "gyro late": (lambda s: s, ("gyro",), ("gyro", "delay", "is 3 control steps late against projected_gravity")),
}


def test_a_sound_robot_is_not_complained_about(policy, sound):
    found = replay(policy, sound)
    assert found.agrees and found.walked_steps == 200 and found.answer_error == 0.0
    assert (found.observations, found.answers, found.sensors) == ((), (), ())


def test_a_sound_robot_in_exercise_is_not_complained_about(policy, make_log):
    log = read_log(make_log(exercise=True), policy.layout)
    found = replay(policy, log)
    assert found.agrees and np.isnan(found.answer_error) and found.walked_steps == 1050


@pytest.mark.parametrize("name", WIRED_WRONG)
def test_sensors_that_are_wired_wrongly_are_named(policy, make_log, name):
    spoil, late, (term, kind, words) = WIRED_WRONG[name]
    found = replay(policy, read_log(make_log(spoil, late), policy.layout))
    assert not found.agrees and found.observations == ()  # the contract is kept, of what is wrong
    (finding,) = found.sensors
    assert (finding.term, finding.kind) == (term, kind) and words in finding.words, finding.words


HANGS_WRONG = {
    "gravity upside down": (
        lambda s: replace(s, projected_gravity=-s.projected_gravity),
        ("projected_gravity", "sign", "has the opposite sign"),
    ),
    "gravity in another order": (
        lambda s: replace(s, projected_gravity=s.projected_gravity[[2, 0, 1]]),
        ("projected_gravity", "order", "'x' points down instead of 'z'"),
    ),
    "knee mirrored": (
        joints(lambda v: turned(v, LEFT_KNEE)),
        ("joint_pos", "sign", "has the opposite sign in 'left_knee'"),
    ),
}


@pytest.mark.parametrize("name", HANGS_WRONG)
def test_what_would_not_start_is_named_by_the_exercise(policy, make_log, name):
    spoil, (term, kind, words) = HANGS_WRONG[name]
    limits = SafetyLimits(max_tilt_deg=180, joint_slack=3.0)
    found = replay(policy, read_log(make_log(spoil, exercise=True, limits=limits), policy.layout))
    assert (term, kind) in [(finding.term, finding.kind) for finding in found.sensors], found.sensors
    assert any(words in finding.words for finding in found.sensors)


class FedWrong(OnnxPolicy):
    """A program that feeds the policy otherwise than its contract says."""

    spoil = staticmethod(lambda term, values, before: values)
    before = None

    def reset(self, num_envs=1):
        super().reset(num_envs)
        self.before = None

    def run(self, obs):
        fed, before = obs.copy(), obs if self.before is None else self.before
        for term in self.layout.terms:
            place = slice(term.start, term.stop)
            fed[:, place] = self.spoil(term.name, obs[:, place], before[:, place])
        self.observation, self.before = fed, obs
        return super().run(fed)


def only(name, change):
    return lambda term, values, before: change(values, before) if term == name else values


FED_WRONG = {
    "order": (only("joint_pos", lambda v, _: v[:, [0, 1, 2, 4, 3, *range(5, 14)]]), "joint_pos has another order"),
    "sign": (only("gyro", lambda v, _: v * [1, -1, 1]), "gyro has the opposite sign in 'y'"),
    "scale": (only("joint_vel", lambda v, _: 0.05 * v), "joint_vel is 0.05 times what it should be"),
    "unit": (only("joint_vel", lambda v, _: np.degrees(v)), "joint_vel is in degrees instead of radians"),
    "delay": (only("projected_gravity", lambda _, before: before), "projected_gravity is 1 control step late"),
    "phase": (only("phase", lambda v, _: v[:, ::-1]), "phase has another order"),
    "absolute": (only("joint_pos", lambda v, _: v + STANDING), "joint_pos is absolute: joints.default_pos was not"),
}


@pytest.mark.parametrize("kind", FED_WRONG)
def test_a_program_that_feeds_a_policy_wrongly_is_told_how(trained, policy, make_log, kind):
    spoil, words = FED_WRONG[kind]
    leader = FedWrong(trained.run.policy_file)
    leader.spoil = spoil
    found = replay(policy, read_log(make_log(leader=leader, walk_s=2.0), policy.layout))
    assert found.answer_error <= 1e-5 and found.sensors == ()
    (finding,) = found.observations
    assert words in finding.words, finding.words


def another_program(policy, sound, **changes):
    """A recording of a program with a log of its own."""
    (walk,) = sound.walks()
    arrays = {name: sound.rows[name][walk].copy() for name in (*COLUMNS, "joint_pos_target")}
    return arrays | changes


def test_a_recording_of_another_program_agrees(policy, sound, tmp_path):
    np.savez(tmp_path / "other.npz", **another_program(policy, sound))
    assert replay(policy, read_log(tmp_path / "other.npz", policy.layout)).agrees


def test_a_misread_quaternion_is_named_where_it_was_recorded(policy, sound, tmp_path):
    rng = np.random.default_rng(0)
    (walk,) = sound.walks()
    quat = np.array([1.0, 0, 0, 0]) + 0.1 * rng.normal(size=(walk.stop - walk.start, 4))
    quat /= np.linalg.norm(quat, axis=1, keepdims=True)
    w, x, y, z = np.roll(quat, -1, axis=1).T
    misread = np.stack([2 * (w * y - x * z), -2 * (w * x + y * z), 2 * (x * x + y * y) - 1], axis=1)
    arrays = another_program(policy, sound, quat=quat)
    term = next(term for term in policy.layout.terms if term.name == "projected_gravity")
    arrays["observation"][:, term.start : term.stop] = misread
    np.savez(tmp_path / "other.npz", **arrays)
    found = replay(policy, read_log(tmp_path / "other.npz", policy.layout))
    assert [f.words for f in found.observations] == ["projected_gravity is made of a quaternion in xyzw, read as wxyz"]


def test_answers_of_another_policy_are_found_out(policy, sound, tmp_path):
    arrays = another_program(policy, sound)
    arrays["action"] = 1.5 * arrays["action"]
    np.savez(tmp_path / "other.npz", **arrays)
    found = replay(policy, read_log(tmp_path / "other.npz", policy.layout))
    assert found.answer_error > 0.01
    assert any("actions is 0.6667 times what it should be" in finding.words for finding in found.answers)


def test_the_command_tells_it_and_answers_with_its_exit_code(trained, make_log, capsys):
    good, bad = make_log(walk_s=1.0), make_log(lambda s: replace(s, joint_vel=-s.joint_vel), walk_s=2.0)
    policy_file = str(trained.run.policy_file)
    assert main(["replay", policy_file, str(good)]) == 0
    assert "WALKING: settled" in (text := capsys.readouterr().out) and text.endswith("all agrees\n")
    assert main(["replay", policy_file, str(bad)]) == 3
    assert "joint_vel has the opposite sign in 'left_hip_roll'" in capsys.readouterr().out
    assert main(["replay", policy_file, str(bad), "--json"]) == 3
    document = json.loads(capsys.readouterr().out)
    assert document["agrees"] is False and document["sensors"][0]["kind"] == "sign"
