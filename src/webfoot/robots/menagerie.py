"""Robots of MuJoCo Menagerie by name, through its own package, which downloads a model when it is first asked for."""

import importlib
import importlib.util
from pathlib import Path

from webfoot.errors import RobotError, UnknownName

PACKAGE = "mujoco_menagerie"
PREFIX = "menagerie:"


def is_menagerie_name(name: str) -> bool:
    """Whether a name asks for a robot of Menagerie: `menagerie:NAME`, or a name that the installed package knows."""
    if name.startswith(PREFIX):
        return True
    return importlib.util.find_spec(PACKAGE) is not None and name in importlib.import_module(PACKAGE).names()


def menagerie_path(name: str) -> Path:
    """Where the MJCF of a Menagerie robot lies on this machine, downloaded if need be.

    Raises:
        RobotError: the package is not installed, or the model cannot be downloaded.
        UnknownName: no robot of that name.
    """
    short = name.removeprefix(PREFIX)
    if importlib.util.find_spec(PACKAGE) is None:
        raise RobotError(f"robot '{name}': MuJoCo Menagerie is not installed; pip install 'webfoot[menagerie]'")
    package = importlib.import_module(PACKAGE)
    if short not in package.names():
        raise UnknownName("Menagerie robot", short, package.names())
    try:
        robot = package.get(short)
        return Path(robot.xml(robot.default_model))
    except (package.MenagerieError, OSError) as error:
        raise RobotError(
            f"robot '{name}': its model cannot be downloaded ({' '.join(str(error).split())[:160]}); "
            "go online once, or give the path of an MJCF"
        ) from error
