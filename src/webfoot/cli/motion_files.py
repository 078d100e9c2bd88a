"""`write_clips`: clips to a file or a folder, and what is lost on the way."""

from pathlib import Path

from webfoot.cli.say import say, show
from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.write import WRITERS, losses, write_motion
from webfoot.robots.spec import Robot


def check_ending(out: Path) -> None:
    """Refuse a file whose format is not written.

    Raises:
        MotionError: names the endings that are.
    """
    if out.suffix.lower() not in WRITERS:
        raise MotionError(f"cannot write '{out.name}': formats that are written end in {', '.join(sorted(WRITERS))}")


def is_folder(out: Path) -> bool:
    """Whether a place is meant as a folder: it is one, or has no ending."""
    return out.is_dir() or not out.suffix


def write_clips(clips: list[Motion], out: Path, robot: Robot) -> list[Path]:
    """Write one clip to a file, or clips to a folder, each as .npz; say what is lost. Gives the files."""
    places = places_of([clip.name for clip in clips], out)
    for loss in dict.fromkeys(
        loss for clip, path in zip(clips, places, strict=True) for loss in losses(clip, path, robot)
    ):
        say(f"note: {loss}")
    for clip, path in zip(clips, places, strict=True):
        write_motion(clip, path, robot)
    return places


def write_and_show(clips: list[Motion], out: Path, robot: Robot) -> int:
    """Say what was done to the clips, write them, and show where they are."""
    for note in dict.fromkeys(note for clip in clips for note in clip.notes):
        say(f"note: {note}")
    for path in write_clips(clips, out, robot):
        show(str(path))
    return 0


def places_of(names: list[str], out: Path) -> list[Path]:
    """The file for one clip, or one file for each in a folder, which is made.

    Raises:
        MotionError: many clips for one file, an ending that is not written, or clips of one name.
    """
    if not is_folder(out):
        check_ending(out)
        if len(names) > 1:
            listed = ", ".join(names[:4])
            raise MotionError(f"{out.name}: {len(names)} clips ({listed}, ...) do not fit one file; give a folder")
        return [out]
    files = ["".join(c if c.isalnum() or c in "-_." else "_" for c in name) for name in names]
    twice = next((name for name, file in zip(names, files, strict=True) if files.count(file) > 1), None)
    if twice is not None:
        raise MotionError(f"{out}: clip '{twice}' would be written over another one; give clips names of their own")
    out.mkdir(parents=True, exist_ok=True)
    return [out / f"{file}.npz" for file in files]
