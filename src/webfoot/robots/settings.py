"""`robot.yaml`: the small file beside a model that settles what cannot be derived from it."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, Field, ValidationError

from webfoot.errors import RobotError

SETTINGS_FILE = "robot.yaml"
MOST_BYTES = 64 * 1024
Positive = float | dict[str, float]
"""One number for every joint, or numbers by joint name; a name may hold `*`."""


class RobotSettings(BaseModel, frozen=True, extra="forbid"):
    """What a `robot.yaml` may say; every key is optional and wins over what would be derived."""

    base: str | None = Field(default=None, description="Body that is the free base.")
    joints: tuple[str, ...] | None = Field(
        default=None, description="Joints that the policy moves, in its order; all others are held in the pose."
    )
    feet: tuple[str, ...] | None = Field(default=None, description="Bodies that are the feet.")
    pose: dict[str, float] = Field(default={}, description="Angles of the standing pose by joint [rad].")
    kp: Positive | None = Field(default=None, description="Stiffness of the servos [Nm/rad], above 0.")
    kd: Positive | None = Field(default=None, description="Damping of the servos [Nm s/rad], 0 or more.")
    torque: Positive | None = Field(default=None, description="Torque limit of the servos [Nm], above 0.")
    armature: Positive | None = Field(default=None, description="Rotor inertia at the joint [kg m^2], 0 or more.")
    imu: str | None = Field(default=None, description="Site or body where the IMU sits.")
    collisions: Literal["file", "floor", "feet"] | None = Field(
        default=None,
        description="What touches what: as in the file; every link and the floor only; the feet and the floor only.",
    )


def read_settings(model_path: Path) -> RobotSettings:
    """Read the `robot.yaml` beside a model; without one, nothing is settled.

    Raises:
        RobotError: the file is not YAML, has an unknown key or a value of the wrong kind.
    """
    path = model_path.parent / SETTINGS_FILE
    if not path.is_file():
        return RobotSettings()
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise RobotError(f"{path.name}: larger than {MOST_BYTES // 1024} kB; it holds a handful of lines")
        return parse_settings(data.decode(), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise RobotError(f"{path.name}: cannot be read as UTF-8 text: {error}") from error


def parse_settings(text: str, name: str) -> RobotSettings:
    """Settings from YAML text; `name` is the file's name for messages.

    Raises:
        RobotError: see `read_settings`.
    """
    try:
        document = yaml.load(text, Loader=_PlainLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise RobotError(f"{name}: not plain YAML: {' '.join(str(error).split())[:200]}") from error
    if document is None:
        return RobotSettings()
    if not isinstance(document, dict):
        raise RobotError(f"{name}: holds a {type(document).__name__}; lines such as 'feet: [left_foot]' are right")
    unknown = [str(key) for key in document if key not in RobotSettings.model_fields]
    if unknown:
        raise RobotError(f"{name}: unknown key '{unknown[0][:80]}': choose of {', '.join(RobotSettings.model_fields)}")
    try:
        settings = RobotSettings.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0])
        right = RobotSettings.model_fields[key].description
        raise RobotError(f"{name}: '{key}' is {str(document[key])[:80]!r}: {right}") from error
    _check_numbers(settings, name)
    return settings


def _check_numbers(settings: RobotSettings, name: str) -> None:
    for key, lowest in (("kp", 1e-6), ("kd", 0.0), ("torque", 1e-6), ("armature", 0.0)):
        value = getattr(settings, key)
        numbers = [] if value is None else list(value.values()) if isinstance(value, dict) else [value]
        if any(not lowest <= number <= 1e6 for number in numbers):
            raise RobotError(f"{name}: '{key}' is {str(value)[:80]}: {RobotSettings.model_fields[key].description}")
    if any(not abs(angle) <= 100 for angle in settings.pose.values()):
        raise RobotError(f"{name}: 'pose' holds an angle beyond 100: {RobotSettings.model_fields['pose'].description}")


def setting_of(value: Positive | None, joint: str) -> float | None:
    """What a setting says of one joint; a plain number says it of all, the last pattern that fits wins."""
    if not isinstance(value, dict):
        return value
    fitting = [number for pattern, number in value.items() if fnmatchcase(joint, pattern)]
    return fitting[-1] if fitting else None


def check_names(settings: RobotSettings, joints: Iterable[str], bodies: Iterable[str], sites: Iterable[str]) -> None:
    """Refuse names that the model does not have.

    Raises:
        RobotError: naming the key, the name, and the names that there are.
    """
    joints, bodies, sites = list(joints), list(bodies), list(sites)
    asked: dict[str, tuple[Iterable[str], list[str]]] = {
        "base": ([settings.base] if settings.base else [], bodies),
        "feet": (settings.feet or (), bodies),
        "joints": (settings.joints or (), joints),
        "pose": (settings.pose, joints),
        "imu": ([settings.imu] if settings.imu else [], sites + bodies),
    }
    for key in ("kp", "kd", "torque", "armature"):
        value = getattr(settings, key)
        asked[key] = ([p for p in value if not _fits_one(p, joints)] if isinstance(value, dict) else [], joints)
    for key, (names, known) in asked.items():
        for name in names:
            if name not in known:
                shown = ", ".join(known[:40]) + (", ..." if len(known) > 40 else "")
                raise RobotError(
                    f"{SETTINGS_FILE}: '{key}' names '{name[:80]}', which the model lacks; it has {shown} "
                    "(the file settles every model in its folder: give each robot its own)"
                )


def _fits_one(pattern: str, names: list[str]) -> bool:
    return any(fnmatchcase(name, pattern) for name in names)


class _PlainLoader(yaml.SafeLoader):
    """YAML without aliases, which can unfold without end."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose one node, refusing an alias."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (&a, *a) are not needed here")
        return super().compose_node(parent, index)
