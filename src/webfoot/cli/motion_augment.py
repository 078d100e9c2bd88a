"""`webfoot motion augment`: clips made out of clips, inspected again, and a report of what was made."""

from pathlib import Path
from typing import Annotated

import tyro

from webfoot.cli.motion_files import is_folder, write_clips
from webfoot.cli.options import Settings, flags, given, validated
from webfoot.cli.places import MotionPlace, Output, RobotName, find_motion
from webfoot.cli.say import say, show, show_json
from webfoot.errors import ConfigError
from webfoot.motion.augment import AugmentConfig, Augmented, transform
from webfoot.motion.augment import augment as enlarge
from webfoot.motion.clip import Motion
from webfoot.motion.inspect import inspect
from webfoot.motion.judge_variant import Variant, new_findings
from webfoot.motion.read import read_motions
from webfoot.robots.spec import Robot
from webfoot.robots.table import load_robot

Numbers = tyro.conf.UseAppendAction[tuple[tuple[str, ...], ...]]
"""Numbers as `--speed 0.8 1.2` or `--speed 0.8 --speed 1.2`."""
SINGLE = ("noise", "copies", "seed", "worst_score")
"""Fields of the config that are one number."""


def augment(
    source: MotionPlace,
    out: Output,
    /,
    *,
    robot: RobotName = "duckling",
    mirror: bool = False,
    speed: Annotated[Numbers, tyro.conf.arg(metavar="X")] = (),
    yaw: Annotated[Numbers, tyro.conf.arg(metavar="DEG")] = (),
    settings: Annotated[Settings, tyro.conf.arg(name="", constructor=flags(AugmentConfig, *SINGLE))],
    json: bool = False,
) -> int:
    """Make more clips out of some: mirror images, faster and slower ones, noisy ones, turned ones.

    Into a folder go the clips themselves and every combination, less what inspection finds worse than its source; into
    a file goes the one clip to which all that is asked for was done.

    Args:
        source: A file, a folder of files, or FILE#CLIP.
        out: A file for one clip; a folder takes all, each as .npz.
        robot: A bundled robot's name, or the path of an MJCF.
        mirror: Left becomes right.
        speed: Factors from 0.1 to 10; 2 is twice as fast, or as fast as the servos allow.
        yaw: Turned in the world by so many degrees; in the heading frame, and so in a training, nothing changes.
        json: Print one JSON document with what was made and what was left out.
    """
    config = _config(mirror, {"speed": speed, "yaw": yaw}, given(settings))
    body, place = load_robot(robot), Path(out)
    clips = read_motions(find_motion(source, body), body)
    made = enlarge(clips, body, config) if is_folder(place) else _transformed(clips, body, config)
    written = [str(path) for path in write_clips(made.motions, place, body)]
    _say(made)
    if json:
        variants = [variant.to_dict() for variant in made.variants]
        show_json({"motion": source, "robot": body.name, "written": written, "variants": variants})
    else:
        show("\n".join(written))
    return 0


def _config(mirror: bool, lists: dict[str, tuple[tuple[str, ...], ...]], settings: dict[str, str]) -> AugmentConfig:
    joined = {name: ",".join(word for words in said for word in words) for name, said in lists.items() if said}
    values = {"mirror": mirror, **joined, **settings}
    config = validated(AugmentConfig, values)
    if config.does_nothing:
        raise ConfigError("nothing to do: give --mirror, --speed with factors from 0.1 to 10, --noise or --yaw")
    return config


def _transformed(clips: list[Motion], robot: Robot, config: AugmentConfig) -> Augmented:
    """The changed clips alone, inspected."""
    variants = []
    for clip in clips:
        before = inspect(clip, robot)
        for motion in transform(clip, robot, config):
            after = inspect(motion, robot)
            scores = after.score.value, before.score.value
            variants.append(Variant(motion.name, clip, "all", motion, "", *scores, new_findings(before, after)))
    return Augmented([variant.motion for variant in variants], tuple(variants))


def _say(made: Augmented) -> None:
    """The report as text."""
    for variant in made.variants:
        if variant.left_out:
            say(f"left out: {variant.name}: {variant.left_out}")
            continue
        done = "; ".join(variant.changes)
        say(f"made: {variant.name}: {done}; score {variant.score:.2f}, its source's {variant.source_score:.2f}")
        for finding in variant.new_findings:
            say(f"  new in it: {finding}")
