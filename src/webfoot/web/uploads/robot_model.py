"""`find_model` and `check_inside`: which file of an uploaded robot is its model, and that it reads no other's file."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from webfoot.errors import RobotError
from webfoot.robots.load import ENDINGS
from webfoot.robots.prescan import scan_model
from webfoot.robots.urdf import find_mesh

SCENE = "scene"
"""What MuJoCo's collections call the file that puts a robot on a floor."""
ROOTS = re.compile(rb"<(mujoco|robot)\b", re.IGNORECASE)
MOST_HEAD_BYTES = 64 * 1024
"""A model names its root within so much; licences before it take a few kB."""


def find_model(folder: Path, wanted: str = "") -> Path:
    """The model file of an uploaded robot.

    It is the one that is wanted; else, in the uppermost folder that holds any, the only one; the only one that no other
    includes; or the one called 'scene'.

    Raises:
        RobotError: none, several that it might be, or a wanted one that is not there.
    """
    models = sorted(path for path in folder.rglob("*") if path.is_file() and _is_model(path))
    names = [path.relative_to(folder).as_posix() for path in models]
    if wanted:
        if wanted not in names:
            raise RobotError(f"model '{wanted[:120]}' is not in the upload; it holds {_listed(names)}")
        return models[names.index(wanted)]
    if not models:
        raise RobotError("the upload holds no robot model: an .xml with <mujoco>, or an .urdf with <robot>")
    least = min(len(path.parts) for path in models)
    top = [path for path in models if len(path.parts) == least]
    chosen = _not_included(top) if len(top) > 1 else top
    if len(chosen) > 1:
        chosen = [path for path in chosen if path.stem.lower() == SCENE] or chosen
    if len(chosen) != 1:
        found = _listed([path.relative_to(folder).as_posix() for path in chosen or top])
        raise RobotError(f"the upload holds several robot models, {found}; choose one by model=NAME in the request")
    return chosen[0]


def check_inside(model: Path, folder: Path) -> None:
    """Refuse a model that reads a file outside the upload, by itself or through what it includes or attaches.

    `scan_model` allows the folder above the model's own, as a URDF's `../meshes` needs; here that may be ours.

    Raises:
        RobotError: it does, or `scan_model` refuses it.
    """
    home = folder.resolve()
    if not model.resolve().is_relative_to(home):
        raise RobotError(f"{model.name}: is a link out of the upload; put the model inside")
    whole = scan_model(model)
    for scan in (whole, *whole.attached):
        path = scan.files[0]
        for name, place in _urdf_files(path) if whole.kind == "robot" else scan.places():
            if not place.resolve().is_relative_to(home):
                raise RobotError(f"{path.name}: refers to '{name[:120]}', outside the upload; put it inside")


def _urdf_files(path: Path) -> Iterator[tuple[str, Path]]:
    for mesh in ElementTree.parse(path).iter("mesh"):
        name = mesh.get("filename", "")
        found = find_mesh(name, path)
        if found is not None:
            yield name, found


def _is_model(path: Path) -> bool:
    """Whether a file is a whole model: no part to be included, nothing of another program that writes XML."""
    if path.suffix.lower() not in ENDINGS:
        return False
    with path.open("rb") as file:
        return ROOTS.search(file.read(MOST_HEAD_BYTES)) is not None


def _not_included(models: list[Path]) -> list[Path]:
    included = {file.resolve() for path in models for file in scan_model(path).files[1:]}
    return [path for path in models if path.resolve() not in included]


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"'{name[:80]}'" for name in names[:8]) or "no model"
    return shown if len(names) <= 8 else f"{shown} and {len(names) - 8} more"
