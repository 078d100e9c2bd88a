from dataclasses import replace

import numpy as np
import pytest
from clips import NO_DATA, OPEN_DUCK_LIBRARY, SHARED_ROBOT, stepping
from pydantic import ValidationError

from webfoot.errors import MotionError
from webfoot.motion.augment import AUGMENTATIONS, AugmentConfig, augment, transform
from webfoot.motion.bundled import BUNDLED_MOTIONS, bundled_path
from webfoot.motion.prepare import prepare
from webfoot.motion.read import read_motions
from webfoot.robots.table import load_robot

ONE_EACH = {"mirror": {"mirror": True}, "speed": {"speed": (0.8,)}, "noise": {"noise": 0.01}, "yaw": {"yaw": (90.0,)}}


@pytest.fixture(scope="module")
def turning(duckling):
    return prepare(read_motions(bundled_path("duckling", "turn_left"))[0], duckling)


@pytest.fixture(scope="module")
def walking(duckling):
    return prepare(read_motions(bundled_path("duckling", "walk"))[0], duckling)


def names(made):
    return [motion.name for motion in made.motions]


@pytest.mark.parametrize("kind", AUGMENTATIONS)
def test_every_augmentation_is_pure_deterministic_and_says_what_it_did(duckling, turning, kind):
    (change,) = AUGMENTATIONS[kind](AugmentConfig(**ONE_EACH[kind]))
    before = turning.joint_pos.copy(), turning.root_pos.copy()
    made, again = change(turning, duckling), change(turning, duckling)
    assert (turning.joint_pos == before[0]).all() and (turning.root_pos == before[1]).all()
    assert (made.joint_pos == again.joint_pos).all() and (made.root_pos == again.root_pos).all()
    assert made.name.startswith("turn_left_") and made.notes[: len(turning.notes)] == turning.notes
    assert len(made.notes) > len(turning.notes)


@pytest.mark.parametrize("kind", AUGMENTATIONS)
def test_no_augmentation_does_anything_by_default(kind):
    assert AUGMENTATIONS[kind](AugmentConfig()) == [] and AugmentConfig().does_nothing
    assert not AugmentConfig(**ONE_EACH[kind]).does_nothing


def test_what_is_asked_for_is_combined(duckling, turning):
    made = augment([turning], duckling, AugmentConfig(mirror=True, speed=(0.8,), noise=0.01, copies=2))
    assert len(made.motions) == 2 * 2 * 3 and len(set(names(made))) == 12
    assert "turn_left_mirrored_x0.8_noise1" in names(made)
    assert made.summary() == "11 clips added to 1 (1 by mirror, 2 by speed, 8 by noise), 0 left out"


def test_the_same_seed_makes_the_same_library_whatever_else_is_in_it(duckling, turning, walking):
    config = AugmentConfig(noise=0.01, copies=2, seed=5)
    alone, among = augment([turning], duckling, config), augment([walking, turning], duckling, config)
    for one, other in zip(alone.motions, among.motions[3:], strict=True):
        assert one.name == other.name and (one.joint_pos == other.joint_pos).all()
    other_seed = augment([turning], duckling, AugmentConfig(noise=0.01, copies=2, seed=50))
    assert (other_seed.motions[1].joint_pos != alone.motions[1].joint_pos).any()


def test_a_mirrored_library_has_a_symmetric_command_set(duckling):
    library = [
        prepare(read_motions(bundled_path("duckling", name))[0], duckling) for name in BUNDLED_MOTIONS["duckling"]
    ]
    lopsided = [clip for clip in library if clip.command[1] > -0.01 and clip.command[2] > -0.01]
    made = augment(lopsided, duckling, AugmentConfig(mirror=True))
    commands = {tuple(np.round(motion.command, 6) + 0.0) for motion in made.motions}
    assert len(made.motions) > len(lopsided)
    assert commands == {(vx, -vy + 0.0, -wz + 0.0) for vx, vy, wz in commands}


def test_the_mirror_image_of_a_symmetric_walk_is_left_out(duckling, walking):
    made = augment([walking], duckling, AugmentConfig(mirror=True))
    assert names(made) == ["walk"]
    assert made.variants[0].left_out == "it is the same walk as walk, at most begun at another point of the cycle"


@pytest.mark.parametrize("config", [AugmentConfig(yaw=(90.0, 360.0)), AugmentConfig(speed=(0.8,))])
def test_what_a_training_cannot_tell_from_its_source_is_made_for_others_only(duckling, turning, config):
    (made,) = augment([turning], duckling, config).variants
    assert made.motion is not None and not made.left_out
    (seen,) = augment([turning], duckling, config, for_training=True).variants
    assert seen.motion is None and seen.left_out.startswith("a training cannot tell it from turn_left")


def test_mirror_images_and_noise_are_made_for_a_training(duckling, turning):
    made = augment([turning], duckling, AugmentConfig(mirror=True, noise=0.01), for_training=True)
    assert names(made)[1:] == ["turn_left_mirrored", "turn_left_noise0", "turn_left_mirrored_noise0"]


def test_what_is_worse_than_its_source_is_left_out_with_the_reason(duckling, walking):
    (shaken,) = augment([walking], duckling, AugmentConfig(noise=0.1, seed=1)).variants
    assert shaken.motion is None and shaken.score < 0.8 * shaken.source_score
    assert shaken.left_out.startswith(f"its score is {shaken.score:.2f}, its source's 1.00: ")
    assert augment([walking], duckling, AugmentConfig(noise=0.1, seed=1, worst_score=0)).variants[0].motion is not None


def test_what_cannot_be_made_is_left_out_with_the_reason(duckling, walking):
    fast = transform(walking, duckling, AugmentConfig(speed=(9,)))[0]
    (faster,) = augment([fast], duckling, AugmentConfig(speed=(1.5,))).variants
    assert faster.motion is None and faster.left_out.startswith("cannot be made faster: joint")


def test_two_speeds_beyond_the_servos_are_one_clip(duckling, walking):
    made = augment([walking], duckling, AugmentConfig(speed=(3, 4), worst_score=0))
    assert len(made.motions) == 2 and made.variants[1].left_out == "it was made already"


def test_a_library_has_an_end(duckling, turning):
    with pytest.raises(MotionError, match="1 clip.* would become 2424; at most 2000"):
        augment(
            [turning], duckling, AugmentConfig(mirror=True, noise=0.01, copies=100, speed=np.linspace(0.5, 1.2, 11))
        )


def test_a_transformed_clip_has_all_that_was_asked_for(duckling):
    clip = replace(stepping(duckling, 24, loop=True), command=(0.1, 0.02, 0.0))
    (made,) = transform(clip, duckling, AugmentConfig(mirror=True, speed=(0.5,)))
    assert made.name == "stepping_mirrored_x0.5" and made.command == (0.05, -0.01, 0.0)
    with pytest.raises(MotionError, match="no base in the world"):
        transform(stepping(duckling), duckling, AugmentConfig(yaw=(10,)))


@pytest.mark.parametrize("values", [{"speed": "0.8,x"}, {"speed": "20"}, {"speed": (float("nan"),)}])
def test_speeds_out_of_range_are_refused(values):
    with pytest.raises(ValidationError, match="factors from 0.1 to 10 would be right"):
        AugmentConfig(**values)


def test_lists_are_read_as_they_stand_on_a_command_line():
    config = AugmentConfig.model_validate({"speed": "0.8, 1.2", "yaw": "-90"})
    assert config.speed == (0.8, 1.2) and config.yaw == (-90.0,)
    assert AugmentConfig.model_validate_json(config.model_dump_json()) == config


def test_a_real_library_gains_its_mirror_images():
    if not OPEN_DUCK_LIBRARY.exists() or not SHARED_ROBOT.exists():
        pytest.skip(NO_DATA)
    robot = load_robot(SHARED_ROBOT)
    clips = [prepare(clip, robot) for clip in read_motions(OPEN_DUCK_LIBRARY, robot)[:8]]
    made = augment(clips, robot, AugmentConfig(mirror=True))
    for variant in made.variants:
        assert (variant.motion is None) == (variant.source.command[1:] == (0.0, 0.0))
