"""URDF as MuJoCo reads it: mesh files found, options for its compiler, what MuJoCo drops kept aside."""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

from webfoot.errors import RobotError

READABLE = (".stl", ".obj", ".msh")
COMPILER = {
    "strippath": "false",
    "discardvisual": "false",
    "fusestatic": "false",
    "balanceinertia": "true",
    "boundmass": "0.00001",
    "boundinertia": "0.00000001",
    "angle": "radian",
}
"""Keeps mesh paths, shapes to look at and the names of links that do not move; mends inertias that cannot be."""


@dataclass(frozen=True)
class Urdf:
    """A URDF, ready for MuJoCo."""

    text: str
    velocity_limits: dict[str, float]
    """By joint [rad/s]; MuJoCo does not read them."""
    notes: tuple[str, ...]


def prepare_urdf(data: bytes, path: Path) -> Urdf:
    """Find a URDF's meshes beside it and set the options that keep names and paths.

    Raises:
        RobotError: a shape that collides has no file that can be read.
    """
    root = ElementTree.fromstring(data)
    lost: list[str] = []
    for link in root.iter("link"):
        for kind in ("visual", "collision"):
            for shape in link.findall(kind):
                if not _settle_mesh(shape, kind, path):
                    link.remove(shape)
                    lost.append(link.get("name", "?"))
    for extension in root.findall("mujoco"):
        root.remove(extension)
    ElementTree.SubElement(ElementTree.SubElement(root, "mujoco"), "compiler", COMPILER)
    for gazebo in root.findall("gazebo"):
        root.remove(gazebo)
    notes = [f"no readable mesh for the looks of {', '.join(sorted(set(lost)))}; not drawn"] if lost else []
    return Urdf(ElementTree.tostring(root, encoding="unicode"), _velocity_limits(root), tuple(notes))


def _settle_mesh(shape: ElementTree.Element, kind: str, path: Path) -> bool:
    """Point a shape's mesh at a file; False where it is only for looks and has none."""
    geometry = shape.find("geometry")
    if geometry is None or not len(geometry) or _is_empty(geometry[0]):
        return False
    mesh = geometry.find("mesh")
    if mesh is None:
        return True
    wanted = mesh.get("filename", "")
    found = find_mesh(wanted, path)
    if found is None:
        if kind == "visual":
            return False
        raise RobotError(
            f"{path.name}: MuJoCo cannot load this model: no file '{wanted[:120]}' as {', '.join(READABLE)} in or "
            "beside its folder, and the shape collides; put the mesh there, or use a box, cylinder or sphere"
        )
    mesh.set("filename", str(found))
    return True


def _is_empty(form: ElementTree.Element) -> bool:
    """A box, cylinder or sphere without extent."""
    words = " ".join(form.get(key, "") for key in ("size", "radius", "length")).split()
    return any(word.strip("0.") == "" for word in words)


def find_mesh(wanted: str, path: Path) -> Path | None:
    """The file that a mesh's name means: relative to the URDF, or `package://` in a folder above; same stem will do."""
    folder = path.resolve().parent
    name = wanted.split("://", 1)[-1] if "://" in wanted else wanted
    parts = Path(name.lstrip("/")).parts
    if ".." in parts and not (folder / name).resolve().is_relative_to(folder.parent):
        return None
    for above in (folder, folder.parent):
        for first in range(len(parts)):
            candidate = above.joinpath(*parts[first:])
            for ending in (candidate.suffix, *READABLE):
                file = candidate.with_suffix(ending)
                if file.suffix.lower() in READABLE and file.is_file() and file.resolve().is_relative_to(folder.parent):
                    return file.resolve()
    return None


def _velocity_limits(root: ElementTree.Element) -> dict[str, float]:
    limits: dict[str, float] = {}
    for joint in root.iter("joint"):
        limit = joint.find("limit")
        try:
            value = float(limit.get("velocity", "0")) if limit is not None else 0.0
        except ValueError:
            continue
        if 0 < value < 1e3:
            limits[joint.get("name", "")] = value
    return limits
