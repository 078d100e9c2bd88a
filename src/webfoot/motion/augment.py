"""`augment`: a library made larger; new clips are inspected too, and those worse than their source are left out."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from webfoot.counted import counted
from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.inspect import subject_of
from webfoot.motion.judge_variant import Change, Judge, Variant
from webfoot.motion.pose_noise import add_noise
from webfoot.motion.variants import FASTEST, SLOWEST, change_speed, mirror, turn
from webfoot.robots.spec import Robot

MOST_CLIPS = 2000
"""A library is made no larger than this."""


class AugmentConfig(BaseModel, frozen=True, extra="forbid"):
    """Which clips are made out of those that were given; what is said here is combined. Nothing by default."""

    mirror: bool = Field(default=False, description="Add the left-right mirror image of every clip.")
    speed: tuple[float, ...] = Field(
        default=(), max_length=20, description="Add every clip at these multiples of its speed, 0.1 to 10 (a,b,c)."
    )
    noise: float = Field(default=0.0, ge=0, le=0.1, description="RMS of smooth noise on the joint angles [rad].")
    copies: int = Field(default=1, ge=1, le=100, description="Noisy copies that are added of every clip.")
    yaw: tuple[float, ...] = Field(
        default=(),
        max_length=20,
        description="Add every clip turned in the world, -360 to 360 [deg] (a,b,c); training sees no difference.",
    )
    seed: int = Field(default=0, ge=0, le=2**32 - 1, description="Of the noise.")
    worst_score: float = Field(
        default=0.8, ge=0, le=1, description="A new clip below this share of its source's score is left out."
    )

    @field_validator("speed", "yaw", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """A list as it is written on a command line: a,b,c."""
        return [word for word in value.split(",") if word.strip()] if isinstance(value, str) else value

    @field_validator("speed", "yaw", mode="wrap")
    @classmethod
    def _in_range(
        cls, value: object, read: Callable[[object], tuple[float, ...]], info: ValidationInfo
    ) -> tuple[float, ...]:
        low, high, what = (SLOWEST, FASTEST, "factors") if info.field_name == "speed" else (-360.0, 360.0, "degrees")
        try:
            numbers = read(value)
        except ValueError:
            numbers = (math.nan,)
        if not all(low <= number <= high for number in numbers):
            raise ValueError(f"{what} from {low:g} to {high:g} would be right")
        return numbers

    @property
    def does_nothing(self) -> bool:
        """Whether no clip would be made."""
        return not any(changes(self) for changes in AUGMENTATIONS.values())


NOTHING_ADDED = AugmentConfig()

AUGMENTATIONS: dict[str, Callable[[AugmentConfig], list[Change]]] = {
    "mirror": lambda config: [mirror] if config.mirror else [],
    "speed": lambda config: [partial(change_speed, factor=factor) for factor in config.speed if factor != 1.0],
    "noise": lambda config: (
        [partial(add_noise, rms_rad=config.noise, seed=config.seed + n) for n in range(config.copies)]
        if config.noise
        else []
    ),
    "yaw": lambda config: [_turned(angle) for angle in config.yaw if angle % 360.0],
}
"""What each kind makes of every clip there is so far, in this order. A new one is one function, one field, one line."""


def _turned(yaw_deg: float) -> Change:
    return lambda motion, robot: turn(motion, yaw_deg)


@dataclass(frozen=True)
class Augmented:
    """A library made larger."""

    motions: list[Motion]
    """Every clip that was given, each followed by what was made of it."""
    variants: tuple[Variant, ...]
    """All that was tried."""

    def summary(self) -> str:
        """One sentence: how many of which kind were added, and how many were left out."""
        kept = [variant for variant in self.variants if variant.motion is not None]
        counts = {kind: sum(variant.kind == kind for variant in kept) for kind in AUGMENTATIONS}
        listed = ", ".join(f"{count} by {kind}" for kind, count in counts.items() if count) or "none"
        given, left_out = len(self.motions) - len(kept), len(self.variants) - len(kept)
        return f"{counted(len(kept), 'clip')} added to {given} ({listed}), {left_out} left out"


def augment(motions: list[Motion], robot: Robot, config: AugmentConfig, for_training: bool = False) -> Augmented:
    """Make a library larger: mirror images first, then every clip at other speeds, with noise, and turned.

    Every new clip is inspected as its source is. Left out, with the reason, are those that cannot be made or used,
    score below `worst_score` of their source, or are the same walk as their source (the mirror image of a symmetric
    walk, half a cycle later).

    Args:
        for_training: also leave out what a training here cannot tell from its source: clips turned in the world, since
            it sees the heading frame, and clips at other speeds, since all its clips share one gait clock.

    Raises:
        MotionError: the library would become larger than 2000 clips.
    """
    each = math.prod(1 + len(changes(config)) for changes in AUGMENTATIONS.values())
    if each * len(motions) > MOST_CLIPS:
        raise MotionError(
            f"{counted(len(motions), 'clip')} would become {each * len(motions)}; at most {MOST_CLIPS} are made, "
            "ask for fewer"
        )
    families = [_family(motion, robot, config, for_training) for motion in motions]
    grown = []
    for motion, family in zip(motions, families, strict=True):
        grown += [motion, *(variant.motion for variant in family if variant.motion is not None)]
    return Augmented(grown, tuple(variant for family in families for variant in family))


def transform(motion: Motion, robot: Robot, config: AugmentConfig) -> list[Motion]:
    """All that is asked for, applied to one clip: one result for every combination, none left out.

    Raises:
        MotionError: a change that this clip or robot does not allow.
    """
    made = [motion]
    for changes in AUGMENTATIONS.values():
        wanted = changes(config)
        made = [change(clip, robot) for clip in made for change in wanted] if wanted else made
    return made


def _family(source: Motion, robot: Robot, config: AugmentConfig, for_training: bool) -> list[Variant]:
    """All that is made of one clip."""
    if config.does_nothing:
        return []
    judge = Judge(subject_of(source, robot), config.worst_score, for_training)
    subjects, variants = [judge.source], []
    for kind, changes in AUGMENTATIONS.items():
        made = [judge.variant(subject, kind, change) for subject in subjects for change in changes(config)]
        variants += [variant for variant, _ in made]
        subjects += [subject for _, subject in made if subject is not None]
    return variants
