"""`receive_motion`: a motion that was uploaded, inspected before anything else touches it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from webfoot.errors import UnknownName
from webfoot.motion.read import READERS, is_beside
from webfoot.robots.limited import Limits
from webfoot.robots.table import ROBOTS
from webfoot.web.uploads.documents import REFUSED
from webfoot.web.uploads.error import UploadError
from webfoot.web.uploads.inspection import LIMITS, inspect_elsewhere
from webfoot.web.uploads.names import safe_name
from webfoot.web.uploads.unkept import Unkept, named


@dataclass(frozen=True)
class ArrivedClip:
    """One clip of an upload, for lists."""

    name: str
    frames: int
    duration_s: float
    command: tuple[float, float, float] | None
    """(vx, vy [m/s], wz [rad/s]); None where the clip cannot be prepared."""
    score: float
    """Predicted trainability, 0 to 1."""
    usable: bool


@dataclass(frozen=True)
class Arrived:
    """A motion that can be read."""

    name: str
    """The file's name, made plain."""
    robot: str
    report: dict[str, Any]
    """The document of `webfoot motion inspect --json`: findings, numbers and score of every clip, and the coverage."""
    clips: tuple[ArrivedClip, ...]
    unkept: tuple[Unkept, ...] = ()
    """Files of a library that cannot be used; nothing above is about them."""

    @property
    def usable(self) -> bool:
        """Whether a policy can be trained on it."""
        return self.report["usable"]

    @property
    def score(self) -> float:
        """That of its worst clip."""
        return min(clip.score for clip in self.clips)


def receive_motion(path: Path, filename: str, robot: str | Path, limits: Limits = LIMITS) -> Arrived:
    """Inspect an upload for a robot.

    The readers of the project look at it, and no other: they take numbers and plain containers out of a pickle, and
    nothing that runs. Which one it is says the ending of the name, never the content, so a file that is several things
    at once is read as the one thing it is called.

    Args:
        path: the file as it was sent, whatever it is called on our disk; or the folder that a zip was unpacked into.
        filename: what the user calls it.
        robot: a bundled robot's name, or the path of a model that has arrived before.
        limits: what the inspection may take.

    Raises:
        MotionError: it cannot be read, or the robot cannot be used.
        UnknownName: no bundled robot of that name.
        UploadError: no such file, or the inspection takes too much or fails.
    """
    name = safe_name(filename, "motion")
    source = library_folder(path) if path.is_dir() else path
    if not source.exists():
        raise UploadError(f"{name}: the upload is gone; send it again")
    if path.is_dir():
        name = Path(name).stem
        _check_one_folder(source, name)
    report = inspect_elsewhere("motion", source, name, [str(_model(robot))], limits)
    unkept = tuple(Unkept(file, named(file, reason)) for file, reason in report.pop(REFUSED, {}).items())
    return Arrived(name, report["robot"], report, tuple(_clip(clip) for clip in report["clips"]), unkept)


def _model(robot: str | Path) -> Path:
    """Where the model of a robot lies; a name is that of a bundled one and nothing else."""
    if isinstance(robot, Path):
        return robot.resolve()
    if robot not in ROBOTS:
        raise UnknownName("robot", robot, ROBOTS)
    return ROBOTS[robot]


def library_folder(folder: Path) -> Path:
    """Where the clips of an unpacked zip lie: most programs pack a folder as the one folder of the zip."""
    inside = [entry for entry in folder.iterdir() if not is_beside(entry)]
    alone = len(inside) == 1 and inside[0].is_dir() and not inside[0].is_symlink()
    return library_folder(inside[0]) if alone else folder


def _check_one_folder(source: Path, name: str) -> None:
    """A library is one folder; that the zip holds motions in several is said before a reader says it holds none."""
    motions = [
        file for file in source.rglob("*") if file.suffix.lower() in READERS and file.is_file() and not is_beside(file)
    ]
    folders = sorted({str(file.parent.relative_to(source)) for file in motions})
    if motions and "." not in folders:
        known = ", ".join(folders[:3]) + (", ..." if len(folders) > 3 else "")
        raise UploadError(f"{name}: its motions lie in several folders ({known}); put all of them into one")


def _clip(clip: dict[str, Any]) -> ArrivedClip:
    numbers = clip["metrics"]
    command = tuple(numbers.get(f"command_{axis}") for axis in ("vx_ms", "vy_ms", "wz_rads"))
    vx, vy, wz = command
    known = (vx, vy, wz) if None not in command else None
    return ArrivedClip(
        clip["name"], int(numbers["frames"]), numbers["duration_s"], known, clip["score"]["value"], clip["usable"]
    )
