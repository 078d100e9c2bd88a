"""Every profile is read as its consumer reads it, along a recorded rollout, and gives our own runtime's targets."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from consumers import MjlabPlayer, OpenDuckRuntime, Sensed, UnitreeController
from trained_parts import duckling_reference, untrained

from webfoot.errors import PolicyError, UnknownName, WebfootError
from webfoot.evaluate.rollout import RolloutConfig, Stage, roll_out
from webfoot.export.compact import CompactGraph
from webfoot.export.describe import Provenance, describe
from webfoot.export.graph import example_observations
from webfoot.export.profiles import PROFILES, write_profile
from webfoot.export.write import export_policy
from webfoot.sim.model import SimConfig
from webfoot.task.walk import TaskConfig
from webfoot_runtime.policy import OnnxPolicy

OPEN_DUCK_PERIOD_S = 0.54
EXACT = 2e-5
"""[rad]; our action is computed again from float32 targets, step after step."""
LOUDER = 4.0
"""So that targets depend on what was said before."""
WITHOUT_GRAVITY = ("gyro", "joint_pos", "joint_vel", "last_action", "phase", "command")


class Case:
    """A policy, and what it says to a recorded walk."""

    def __init__(self, folder: Path, clips=("walk",), **options):
        robot, reference = duckling_reference(*clips)
        reference = replace(reference, period_s=options.pop("period_s", OPEN_DUCK_PERIOD_S))
        if options.pop("roomy", True):
            robot = replace(robot, lower=robot.lower - 2.0, upper=robot.upper + 2.0)
        config = TaskConfig(**options)
        task, graph = untrained(config, of=(robot, reference), symmetric=True)
        with torch.no_grad():
            graph.actor.mlp[-1].weight.mul_(LOUDER)
        contract = describe(robot, reference, config, SimConfig(), Provenance("tried", "tracking", ("a" * 64,), "{}"))
        seen = example_observations(task.observe().actor, 64).numpy()
        self.file = export_policy(graph, contract, folder / "ours.onnx", seen, written=CompactGraph(graph)).path
        self.policy, self.contract = OnnxPolicy(self.file), contract
        self.stage = Stage(robot, reference, SimConfig(), command=config.command)

    def follow(self, walk: list[Sensed]) -> np.ndarray:
        """Our runtime's targets."""
        self.policy.reset()
        targets = [self._step(sensed) for sensed in walk]
        assert np.abs(np.diff(targets, axis=0)).max() > 0.02
        return np.array(targets)

    def _step(self, sensed: Sensed) -> np.ndarray:
        fields = (sensed.gyro, sensed.gravity, sensed.joint_pos, sensed.joint_vel, sensed.command)
        return self.policy.step(*(value[None] for value in fields))[0]


def recorded(case: Case) -> list[Sensed]:
    """What a policy senses that walks, newest value of every term."""
    rows, columns = roll_out(case.policy, case.stage, RolloutConfig(episodes=1, episode_s=2.0)), {}
    observation = rows.observation[:, 0].astype(float)
    for term in case.policy.layout.terms:
        columns[term.name] = observation[:, term.start : term.start + len(term.initial)]
    position = columns["joint_pos"] + case.policy.layout.default_pos
    alien = np.tile([0.1, 0.2, 9.8], (len(observation), 1))
    fields = (columns["gyro"], columns["projected_gravity"], alien, position, columns["joint_vel"], columns["command"])
    return [Sensed(*values) for values in zip(*fields, strict=True)]


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    made = {}

    def case(**options) -> Case:
        key = repr(options)
        if key not in made:
            made[key] = Case(tmp_path_factory.mktemp("policy"), **options)
        return made[key]

    return case


@pytest.fixture(scope="module")
def walk(make) -> list[Sensed]:
    return recorded(make())


def assert_followed(case: Case, walk: list[Sensed], consumer, exact=EXACT):
    np.testing.assert_allclose([consumer.step(sensed) for sensed in walk], case.follow(walk), atol=exact)


BASES = [{"action_base": "reference"}, {"action_base": "default"}]


@pytest.mark.parametrize("options", BASES, ids=str)
def test_the_duck_with_gravity_sends_our_targets(make, walk, tmp_path, options):
    case = make(**options)
    (path,) = write_profile(case.file, "open-duck-runtime-gravity", tmp_path)
    assert_followed(case, walk, OpenDuckRuntime(path, gravity=True))


@pytest.mark.parametrize("options", BASES, ids=str)
def test_the_duck_with_a_raw_accelerometer_sends_our_targets(make, walk, tmp_path, options):
    case = make(observation=WITHOUT_GRAVITY, **options)
    (path,) = write_profile(case.file, "open-duck-runtime", tmp_path)
    assert_followed(case, walk, OpenDuckRuntime(path, gravity=False))


def test_where_targets_touch_limits_they_are_kept_and_the_next_ones_are_a_little_off(make, walk, tmp_path):
    """What a target at its limit was clipped from cannot be told from it; unitree's controller clips by itself."""
    case = make(roomy=False)
    ours, layout = case.follow(walk), case.policy.layout
    assert (ours >= layout.upper - 1e-6).any()
    (path,) = write_profile(case.file, "mjlab", tmp_path)
    player = MjlabPlayer(path, 0.02, OPEN_DUCK_PERIOD_S, _before(case, walk))
    said = np.array([player.step(sensed) for sensed in walk])
    assert (said <= layout.upper + 1e-6).all() and (said >= layout.lower - 1e-6).all()
    assert EXACT < np.abs(said - ours).max() < 0.01
    write_profile(case.file, "unitree", tmp_path)
    assert_followed(case, walk, UnitreeController(tmp_path, _before(case, walk)))


def test_a_duck_that_is_told_to_stand_has_a_clock_that_stands(make, walk, tmp_path):
    """While it stands, what it said a step ago belongs to phase 0, as everything does."""
    case = make(clips=("walk", "turn_left", "turn_right"))
    (path,) = write_profile(case.file, "open-duck-runtime-gravity", tmp_path)
    duck, policy = OpenDuckRuntime(path, gravity=True), case.policy
    policy.reset()
    for sensed in walk[:20]:
        still = replace(sensed, command=np.zeros(3))
        policy.phase[:] = 0.0
        arrays = (still.gyro, still.gravity, still.joint_pos, still.joint_vel, still.command)
        target = policy.step(*(value[None] for value in arrays))[0]
        np.testing.assert_allclose(duck.step(still), target, atol=EXACT)


@pytest.mark.parametrize("options", [*BASES, {"history": 3}, {"history": 3, "action_base": "default"}], ids=str)
def test_unitrees_controller_sends_our_targets(make, walk, tmp_path, options):
    case = make(**options)
    paths = write_profile(case.file, "unitree", tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == ["exported/policy.onnx", "params/deploy.yaml"]
    controller = UnitreeController(tmp_path, _before(case, walk))
    assert_followed(case, walk, controller)
    assert controller.cfg["joint_ids_map"] == list(range(14)) and controller.cfg["step_dt"] == 0.02
    assert controller.cfg["stiffness"] == list(case.contract.joints.kp)


@pytest.mark.parametrize("options", [*BASES, {"history": 3}], ids=str)
def test_mjlabs_player_sends_our_targets(make, walk, tmp_path, options):
    case = make(**options)
    (path,) = write_profile(case.file, "mjlab", tmp_path)
    assert_followed(case, walk, MjlabPlayer(path, 0.02, OPEN_DUCK_PERIOD_S, _before(case, walk)))


def _before(case: Case, walk: list[Sensed]) -> Sensed:
    """What fills the histories of a policy of ours before its first step."""
    layout = case.policy.layout
    first = walk[0]
    if max(term.history for term in layout.terms) == 1:
        return first
    zeros = np.zeros(3)
    return Sensed(zeros, np.array([0.0, 0.0, -1.0]), zeros, layout.default_pos, np.zeros(layout.nu), first.command)


def test_our_own_profile_is_the_file_itself(make, tmp_path):
    case = make()
    (path,) = write_profile(case.file, "webfoot", tmp_path / "new" / "folder")
    assert path.read_bytes() == case.file.read_bytes()


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_says_for_whom_it_is(name):
    assert PROFILES[name].what


def test_a_profile_that_is_not_there_is_named(make, tmp_path):
    with pytest.raises(UnknownName, match="unknown profile 'ros': choose one of mjlab, open-duck-runtime, "):
        write_profile(make().file, "ros", tmp_path)


@pytest.mark.parametrize(
    ("profile", "options", "sentence"),
    [
        ("open-duck-runtime", {}, "raw accelerometer where this policy observes projected_gravity; take 'open-duck-"),
        ("open-duck-runtime-gravity", {"period_s": 0.6}, "gait clock takes 27 steps, 0.54 s, .* cycle takes 0.6 s"),
        ("open-duck-runtime-gravity", {"history": 3}, "observes 3 steps of gyro, but the runtime's 101 numbers hold 1"),
    ],
    ids=str,
)
def test_what_a_duck_cannot_tell_is_refused(make, tmp_path, profile, options, sentence):
    with pytest.raises(PolicyError, match=f"ours.onnx: profile '{profile}'.*{sentence}"):
        write_profile(make(**options).file, profile, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("profile", ["open-duck-runtime", "open-duck-runtime-gravity"])
def test_another_robot_is_no_duck(policy_path, tmp_path, profile):
    with pytest.raises(PolicyError, match="moves 'hopper', whose joints are hip, knee, ...; take 'webfoot'"):
        write_profile(policy_path, profile, tmp_path / "out")


def test_a_graph_of_somebody_elses_making_is_adapted_too(policy_path, tmp_path):
    """`TinyPolicy` clips with Max and Min, remembers two positions, and scales what it sees."""
    assert len(write_profile(policy_path, "unitree", tmp_path / "out")) == 2


def test_a_file_in_the_place_of_the_folder_is_named(make, tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(WebfootError, match=r"out: cannot be made \(.*\); give another folder"):
        write_profile(make().file, "mjlab", tmp_path / "out")
