import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from small_walk import small_reference
from webfoot.errors import ConfigError
from webfoot.robots.table import load_robot
from webfoot.task.command import CommandConfig, CommandSpace

CLIPS = ((0.1, 0.0, 0.0), (0.2, 0.0, 0.0), (0.1, 0.1, 0.0), (0.1, 0.0, 0.6))
DUCKLING = load_robot("duckling")
LIBRARY = small_reference(DUCKLING, *CLIPS)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_a_single_clip_is_asked_for_what_it_does():
    space = CommandSpace(small_reference(DUCKLING, (0.1, 0.0, 0.3)), CommandConfig())
    assert not space.changes and not space.stands
    torch.testing.assert_close(space.sample(5, generator()), torch.tensor([[0.1, 0.0, 0.3]]).repeat(5, 1))
    assert torch.equal(space.lower, space.upper) and torch.equal(space.default, space.upper)


@given(seed=st.integers(0, 10_000))
def test_commands_lie_between_a_clip_and_a_neighbour(seed):
    space = CommandSpace(LIBRARY, CommandConfig(standing_share=0.0))
    command = space.sample(64, generator(seed))
    assert (command >= space.commands.amin(dim=0) - 1e-6).all() and (command <= space.upper + 1e-6).all()
    assert torch.cdist(command, space.commands).amin(dim=1).max() <= 0.61


def test_the_asked_share_of_commands_is_to_stand():
    command = CommandSpace(LIBRARY, CommandConfig(standing_share=0.3)).sample(4000, generator())
    assert (command == 0).all(dim=1).float().mean() == pytest.approx(0.3, abs=0.03)


def test_left_and_right_are_asked_for_alike():
    command = CommandSpace(LIBRARY, CommandConfig()).sample(20_000, generator())
    assert command[:, 1:].mean(dim=0).abs().max() < 0.01


def test_zero_is_within_what_a_library_can_be_told():
    space = CommandSpace(LIBRARY, CommandConfig())
    torch.testing.assert_close(space.lower, torch.tensor([0.0, -0.1, -0.6]))
    torch.testing.assert_close(space.upper, torch.tensor([0.2, 0.1, 0.6]))
    assert space.default.tolist() == [0.0, 0.0, 0.0]


def test_clips_that_turn_too_fast_are_left_out():
    space = CommandSpace(LIBRARY, CommandConfig(fastest_turn=0.5))
    assert space.commands[:, 2].abs().max() <= 0.5
    with pytest.raises(ConfigError, match="fastest-turn is 0.1: every clip turns faster; at least 0.6 rad/s would be"):
        CommandSpace(small_reference(DUCKLING, (0.1, 0.0, 0.6)), CommandConfig(fastest_turn=0.1))


@given(shortest=st.floats(0.1, 5), more=st.floats(0, 5))
def test_commands_hold_for_as_long_as_asked(shortest, more):
    config = CommandConfig(shortest_s=shortest, longest_s=shortest + more)
    steps = CommandSpace(LIBRARY, config).until_next(100, 0.02, generator())
    assert steps.min() >= round(shortest / 0.02) - 1 and steps.max() <= round((shortest + more) / 0.02) + 1


def test_the_shortest_time_is_no_longer_than_the_longest():
    with pytest.raises(ValidationError, match="shortest_s 5 is longer than longest_s 2"):
        CommandConfig(shortest_s=5, longest_s=2)


def test_what_can_be_told_is_said():
    assert CommandSpace(LIBRARY, CommandConfig()).summary() == (
        "8 clips can be told and all between neighbours: 0.00 to 0.20 m/s ahead, -0.10 to 0.10 m/s to the left, "
        "-0.60 to 0.60 rad/s turning left; zero stands still; others are clamped"
    )
