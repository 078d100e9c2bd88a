"""Spoiled clips: every kind of damage is found and named at its middle strength, and sound clips report nothing."""

from functools import cache

import pytest
from clips import NO_DATA, OPEN_DUCK_LIBRARY, SHARED_ROBOT
from damage import DAMAGE, Damage, recorded

from webfoot.motion.bundled import BUNDLED_MOTIONS, bundled_path
from webfoot.motion.clip import Motion
from webfoot.motion.gait import GaitConfig, generate_gait
from webfoot.motion.inspect import inspect
from webfoot.motion.read import read_motions
from webfoot.robots.spec import Robot
from webfoot.robots.table import load_robot

BUNDLED = tuple(BUNDLED_MOTIONS["duckling"])
GENERATED = {"curve": (0.15, 0.0, 0.2), "oblique": (0.05, 0.03, 0.0), "spin": (0.0, 0.0, 0.9)}
SOUND = [f"{name}{kind}" for name in (*BUNDLED, *GENERATED) for kind in ("", ", recorded")]
SPOILED = ["walk", "left", "curve", "walk, recorded", "turn_right, recorded", "oblique, recorded"]
REAL = ["-0.074_-0.111_-0.333", "-0.148_0.037_0.185", "0.148_-0.111_0.185"]


@cache
def sound(name: str) -> tuple[Motion, Robot]:
    """A bundled or generated clip of the duckling, as one closed cycle or as a recorder gives it."""
    robot = load_robot("duckling")
    base, _, is_recorded = name.partition(", ")
    if base in GENERATED:
        clip = generate_gait(robot, GENERATED[base], GaitConfig())
    else:
        clip = read_motions(bundled_path("duckling", base), robot)[0]
    return (recorded(clip, robot) if is_recorded else clip), robot


@cache
def real(name: str) -> tuple[Motion, Robot]:
    robot = load_robot(SHARED_ROBOT)
    return next(clip for clip in read_motions(OPEN_DUCK_LIBRARY, robot) if clip.name == name), robot


def can_suffer(damage: Damage, clip: Motion) -> bool:
    is_recorded = clip.num_frames >= 100 and not clip.loop
    has_root = clip.root_pos is not None
    return {"root": is_recorded and has_root, "long": is_recorded, "loop": clip.loop, "": True}[damage.needs]


def codes(clip: Motion, robot: Robot) -> set[str]:
    return {finding.code for finding in inspect(clip, robot).findings}


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_clip_has_neither_error_nor_warning(name):
    clip, robot = sound(name)
    assert not [finding for finding in inspect(clip, robot).findings if finding.severity != "info"]


@pytest.mark.parametrize("place", [(robot, name) for robot, clips in BUNDLED_MOTIONS.items() for name in clips])
def test_every_bundled_clip_has_neither_error_nor_warning(place):
    robot = load_robot(place[0])
    (clip,) = read_motions(bundled_path(*place), robot)
    assert not [finding for finding in inspect(clip, robot).findings if finding.severity != "info"]


CASES = [(kind, name) for kind, damage in DAMAGE.items() for name in SPOILED if can_suffer(damage, sound(name)[0])]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_damage_of_middle_strength_is_found_and_named(kind, name):
    clip, robot = sound(name)
    damage = DAMAGE[kind]
    assert codes(damage.inject(clip, robot, damage.strengths[1]), robot) & set(damage.codes)


@pytest.mark.parametrize("name", ["walk", "walk, recorded"])
@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_of_any_strength_gives_a_report(kind, name):
    clip, robot = sound(name)
    damage = DAMAGE[kind]
    if can_suffer(damage, clip):
        for strength in damage.strengths:
            assert inspect(damage.inject(clip, robot, strength), robot).to_dict()


@pytest.mark.skipif(not OPEN_DUCK_LIBRARY.is_file(), reason=NO_DATA)
@pytest.mark.parametrize("name", REAL)
def test_damage_of_real_clips_is_found_and_named(name):
    clip, robot = real(name)
    missed = [
        kind
        for kind, damage in DAMAGE.items()
        if can_suffer(damage, clip)
        and not codes(damage.inject(clip, robot, damage.strengths[1]), robot) & set(damage.codes)
    ]
    assert not missed


def test_there_are_more_than_twenty_kinds_of_damage():
    assert len(DAMAGE) > 20
