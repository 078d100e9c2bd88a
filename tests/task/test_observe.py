import dataclasses

import pytest
import torch

from small_walk import apply, mirrored_state, off_reference, term_size
from webfoot.task.observe import ACTOR_TERMS, PHASELESS_TERMS, TERMS, critic_terms, mirror_layout, observe, term_layouts

CRITIC_TERMS = critic_terms(ACTOR_TERMS)


@pytest.mark.parametrize("name", TERMS)
def test_every_term_is_finite_and_as_wide_as_its_layout_says(duckling, followed, name):
    values = TERMS[name].read(off_reference(followed))
    assert values.shape == (5, term_size(duckling, name))
    assert values.isfinite().all()


@pytest.mark.parametrize("name", TERMS)
def test_every_term_says_its_frame_unit_and_meaning(name):
    term = TERMS[name]
    assert term.frame and term.unit and term.definition


@pytest.mark.parametrize("name", TERMS)
def test_a_term_mirrored_twice_is_itself(duckling, followed, name):
    layout = mirror_layout(duckling, (name,))
    values = TERMS[name].read(off_reference(followed))
    assert torch.equal(apply(layout, apply(layout, values)), values)


@pytest.mark.parametrize("name", TERMS)
def test_a_mirrored_robot_sees_the_mirrored_term(duckling, followed, name):
    state = off_reference(followed)
    seen = TERMS[name].read(mirrored_state(duckling, state))
    torch.testing.assert_close(
        seen, apply(mirror_layout(duckling, (name,)), TERMS[name].read(state)), atol=1e-5, rtol=0
    )


def test_an_observation_is_its_terms_in_the_order_asked_for(followed):
    state = off_reference(followed)
    both = observe(state, ("command", "gyro"))
    assert torch.equal(both, torch.cat([state.command, state.ang_vel_b], dim=1))
    assert observe(state, CRITIC_TERMS).shape[1] == sum(TERMS[name].read(state).shape[1] for name in CRITIC_TERMS)


def test_the_critic_sees_what_the_actor_sees_first_and_nothing_twice():
    assert CRITIC_TERMS[: len(ACTOR_TERMS)] == ACTOR_TERMS
    assert len(set(CRITIC_TERMS)) == len(CRITIC_TERMS)


def test_without_a_phase_the_critic_sees_neither_phase_nor_pose_error():
    without = critic_terms(PHASELESS_TERMS)
    assert without[: len(PHASELESS_TERMS)] == PHASELESS_TERMS
    assert set(CRITIC_TERMS) - set(without) == {"phase", "pose_error"}


def test_the_actor_sees_only_what_a_real_robot_has():
    simulator_only = {"lin_vel", "mean_velocity", "heading_error", "base_height", "foot_height", "pose_error"}
    assert not simulator_only & set(ACTOR_TERMS)


def test_the_actors_terms_by_hand(followed):
    state = dataclasses.replace(
        followed, phase=torch.tensor([0.0, 0.25, 0.5, 0.75, 0.125]), joint_pos=followed.joint_pos + 0.5
    )
    half = 0.5**0.5
    by_hand = torch.tensor([[1.0, 0], [0, 1], [-1, 0], [0, -1], [half, half]])
    torch.testing.assert_close(TERMS["phase"].read(state), by_hand, atol=1e-6, rtol=0)
    torch.testing.assert_close(TERMS["pose_error"].read(state), torch.full((5, state.joint_pos.shape[1]), 0.5))
    assert torch.equal(TERMS["joint_pos"].read(state), state.joint_offset)
    assert torch.equal(TERMS["last_action"].read(state), state.action)


def test_a_mirror_turns_vectors_rotations_and_commands_by_hand(duckling):
    layout = mirror_layout(duckling, ("gyro", "projected_gravity", "phase", "command", "heading_error"))
    assert layout.permutation == list(range(12))
    assert layout.sign == [-1, 1, -1, *[1, -1, 1], *[-1, -1], *[1, -1, -1], -1]


def test_a_mirror_swaps_the_feet_and_the_joints_of_the_legs(duckling):
    assert term_layouts(duckling)["feet"].permutation == [1, 0]
    joints = mirror_layout(duckling, ("base_height", "joint_vel"))
    left, right = (1 + duckling.joint_names.index(f"{side}_knee") for side in ("left", "right"))
    assert joints.permutation[left] == right
    assert joints.permutation[0] == 0


def test_a_robot_without_a_mirror_map_still_knows_its_sizes(duckling):
    lopsided = dataclasses.replace(duckling, mirror=None)
    for kind, layout in term_layouts(duckling).items():
        assert len(term_layouts(lopsided)[kind].permutation) == len(layout.permutation), kind
        assert len(layout.sign) == len(layout.permutation), kind
    assert term_layouts(lopsided)["joints"].permutation == list(range(duckling.nu))
    assert term_layouts(lopsided)["feet"].permutation == [0, 1]
