"""From a file to an `MjSpec`: looked at first, compiled elsewhere where it might hurt, then read."""

import hashlib
import warnings
from dataclasses import dataclass
from pathlib import Path

import mujoco

from webfoot.errors import RobotError
from webfoot.robots.prescan import MOST_XML_BYTES, Scan, read_limited, scan_model
from webfoot.robots.silence import silence_warnings
from webfoot.robots.trial import try_compile
from webfoot.robots.urdf import prepare_urdf

ENDINGS = (".xml", ".mjcf", ".urdf")
BUNDLED = Path(__file__).parent / "assets"


@dataclass(frozen=True)
class LoadedSpec:
    """A model as its file has it."""

    spec: mujoco.MjSpec
    velocity_limits: dict[str, float]
    """Speed limits by joint that only a URDF knows [rad/s]."""
    notes: tuple[str, ...]


def load_spec(path: Path) -> LoadedSpec:
    """Read a model file; every way to fail is one sentence.

    Raises:
        RobotError: missing file, broken XML, missing mesh, something hostile, or a model MuJoCo refuses.
    """
    check_place(path)
    if not path.resolve().is_relative_to(BUNDLED):
        scan = scan_model(path)
        if scan.grows or scan.kind == "robot":
            try_compile(path, _fingerprint(scan))
    return read_spec(path)


def check_place(path: Path) -> None:
    """Refuse what is no model file.

    Raises:
        RobotError: no file, or another ending.
    """
    if not path.is_file():
        raise RobotError(f"robot model '{path}' is not a file; give the path of an MJCF (.xml) or a URDF (.urdf)")
    if path.suffix.lower() not in ENDINGS:
        raise RobotError(f"robot model '{path.name}' ends in '{path.suffix}'; an MJCF ends in .xml, a URDF in .urdf")


def read_spec(path: Path) -> LoadedSpec:
    """Read a model file that was looked at before.

    Raises:
        RobotError: MuJoCo refuses it.
    """
    silence_warnings()
    data = read_limited(path, MOST_XML_BYTES)
    try:
        if _root(data) != "robot":
            return LoadedSpec(mujoco.MjSpec.from_file(str(path)), {}, ())
        urdf = prepare_urdf(data, path)
        return LoadedSpec(mujoco.MjSpec.from_string(urdf.text), urdf.velocity_limits, urdf.notes)
    except (ValueError, mujoco.FatalError) as error:
        raise refused(path.name, error) from error


def compile_spec(spec: mujoco.MjSpec, name: str) -> tuple[mujoco.MjModel, list[str]]:
    """Compile a spec; the model, and of what MuJoCo warns.

    Args:
        spec: what is compiled.
        name: of the file it comes from, for messages.

    Raises:
        RobotError: MuJoCo refuses it.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            model = spec.compile()
        except (ValueError, mujoco.FatalError) as error:
            raise refused(name, error) from error
    return model, [f"MuJoCo warns: {' '.join(str(warning.message).split())[:300]}" for warning in caught]


def refused(name: str, error: Exception) -> RobotError:
    """MuJoCo's words as one sentence."""
    return RobotError(f"{name}: MuJoCo cannot load this model: {' '.join(str(error).split())[:400]}")


def _root(data: bytes) -> str:
    """Name of the outermost element: 'robot' only for a URDF, which may hide in a file that ends in .xml."""
    at = data.find(b"<robot")
    return "robot" if at >= 0 and b"<mujoco" not in data[:at] else "mujoco"


def _fingerprint(scan: Scan) -> str:
    """Content of the XML, and size and time of the files it reads."""
    digest = hashlib.sha256(str(scan.files[0].resolve().parent).encode())
    for model in (scan, *scan.attached):
        for file in model.files:
            digest.update(file.read_bytes())
        for place in sorted(place for _, place in model.places()):
            if place.is_file():
                state = place.stat()
                digest.update(f"{place} {state.st_size} {state.st_mtime_ns}".encode())
    return digest.hexdigest()
