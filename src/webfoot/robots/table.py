"""`ROBOTS`: the robots that come with the program, by name."""

from pathlib import Path

from webfoot.errors import UnknownName
from webfoot.robots.derive import robot_from_mjcf
from webfoot.robots.menagerie import is_menagerie_name, menagerie_path
from webfoot.robots.spec import Robot

ASSETS = Path(__file__).parent / "assets"

ROBOTS: dict[str, Path] = {
    "duckling": ASSETS / "duckling" / "duckling.xml",
    "otter": ASSETS / "otter" / "otter.xml",
}
"""Name of a bundled robot and its MJCF."""


def load_robot(name: str | Path) -> Robot:
    """Give a robot by its bundled name, by the path of its MJCF or URDF, or as `menagerie:NAME`.

    Raises:
        UnknownName: neither a known robot nor something that looks like a path.
        RobotError: the model cannot be used.
    """
    if str(name) in ROBOTS:
        return robot_from_mjcf(ROBOTS[str(name)])
    path = Path(name)
    if path.suffix or "/" in str(name) or path.exists():
        return robot_from_mjcf(path)
    if is_menagerie_name(str(name)):
        return robot_from_mjcf(menagerie_path(str(name)))
    raise UnknownName("robot", str(name), ROBOTS)
