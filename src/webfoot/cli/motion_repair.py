"""`webfoot motion repair`: apply the cures that are safe, and say what was done."""

from pathlib import Path

from webfoot.cli.motion_files import places_of
from webfoot.cli.places import MotionPlace, Output, RobotName, find_motion
from webfoot.cli.say import say, show
from webfoot.motion.inspect import inspect
from webfoot.motion.read import read_motions
from webfoot.motion.repair import repair as mend
from webfoot.motion.repair import repairs
from webfoot.motion.write import write_motion
from webfoot.robots.table import load_robot


def repair(source: MotionPlace, out: Output, /, *, robot: RobotName = "duckling", fix_joints: bool = False) -> int:
    """Mend what can be mended without guessing; what was done is said, and what is left is listed.

    Args:
        source: A file, a folder of files, or FILE#CLIP.
        out: A file for one clip; a folder takes many, each as .npz.
        robot: A bundled robot's name, or the path of an MJCF.
        fix_joints: Also undo a wrong sign, side, order or zero of joint columns, where one explains the clip.
    """
    body = load_robot(robot)
    clips = read_motions(find_motion(source, body), body)
    places = places_of([clip.name for clip in clips], Path(out))
    for clip, place in zip(clips, places, strict=True):
        mended = mend(clip, body, fix_joints)
        for done in repairs(mended) or ("nothing to repair",):
            say(f"{clip.name}: {done}")
        for finding in inspect(mended, body).findings:
            if finding.severity != "info":
                say(f"{clip.name}: left: {finding.code}: {finding.message}; {finding.cure}")
        write_motion(mended, place, body)
        show(str(place))
    return 0
