"""`webfoot motion repair`: apply the cures that are safe, and say what was done."""

from pathlib import Path

from webfoot.cli.places import MotionPlace, Output, RobotName, find_motion
from webfoot.cli.say import say, show
from webfoot.errors import MotionError
from webfoot.motion.inspect import inspect
from webfoot.motion.read import read_motions
from webfoot.motion.repair import repair as mend
from webfoot.motion.repair import repairs
from webfoot.motion.write import WRITERS, write_motion
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
    places = _places([clip.name for clip in clips], Path(out))
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


def _places(names: list[str], out: Path) -> list[Path]:
    """The file for one clip, or one file for each in a folder."""
    if out.suffix and not out.is_dir():
        if out.suffix.lower() not in WRITERS:
            known = ", ".join(sorted(WRITERS))
            raise MotionError(f"cannot write '{out.name}': formats that are written end in {known}")
        if len(names) > 1:
            raise MotionError(f"{out.name}: {len(names)} clips do not fit one file; give a folder")
        return [out]
    out.mkdir(parents=True, exist_ok=True)
    return [out / f"{''.join(c if c.isalnum() or c in '-_.' else '_' for c in name)}.npz" for name in names]
