"""`ColumnMap`: what the user says of a file that does not say it itself, by option or in a sidecar beside the file."""

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import yaml
from pydantic import BaseModel, Field, ValidationError, field_validator

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.formats.limits import MAX_JOINTS

Name = Annotated[str, Field(min_length=1, max_length=80)]
Column = Annotated[int, Field(ge=0, le=100_000)]
FOLDER_SIDECAR = "columns.yaml"
"""A sidecar of this name speaks for every file of its folder that has none of its own."""
MAX_SIDECAR_BYTES = 64 * 1024


class ColumnMap(BaseModel, frozen=True, extra="forbid"):
    """What a file's columns mean; everything may be left out."""

    joints: tuple[Name, ...] = Field(
        default=(), max_length=MAX_JOINTS, description="Names of the joint columns, in the file's order."
    )
    fps: float | None = Field(default=None, ge=1, le=1000, description="Frames per second [Hz].")
    units: Literal["radians", "degrees"] = Field(default="radians", description="Unit of the joint angles.")
    root_pos: tuple[Column, Column, Column] | None = Field(
        default=None, description="Columns of the base's position x, y, z [m], counted from 0."
    )
    root_quat: tuple[Column, Column, Column, Column] | None = Field(
        default=None, description="Columns of the base's rotation, in `quat_order`, counted from 0."
    )
    quat_order: Literal["xyzw", "wxyz"] | None = Field(default=None, description="Order within a quaternion.")
    loop: bool | None = Field(default=None, description="Whether the last frame continues at the first.")

    @field_validator("joints", "root_pos", "root_quat", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """A list as it is written on a command line: a,b,c."""
        return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value


NOTHING_SAID = ColumnMap()


def find_columns(path: Path, given: ColumnMap = NOTHING_SAID) -> ColumnMap:
    """What is said of one file: its sidecar `<file>.yaml`, or the folder's `columns.yaml`, under what is given.

    Raises:
        MotionError: a sidecar that is not YAML, or says something that is not known.
    """
    for sidecar in (path.with_name(f"{path.name}.yaml"), path.with_name(FOLDER_SIDECAR)):
        if sidecar.is_file():
            said = _read(sidecar)
            return ColumnMap.model_validate(
                {**said.model_dump(exclude_unset=True), **given.model_dump(exclude_unset=True)}
            )
    return given


def apply_columns(motion: Motion, columns: ColumnMap) -> Motion:
    """The clip with what was said of it laid over what its file says: names, rate, unit, loop.

    Raises:
        MotionError: as many names as the clip does not have joints.
    """
    if columns.joints and columns.joints != motion.joint_names:
        if len(columns.joints) != len(motion.joint_names):
            raise MotionError(
                f"{motion.name}: {len(columns.joints)} joint names given, but the clip has {len(motion.joint_names)} "
                f"joints ({', '.join(motion.joint_names[:8])}, ...); give one name for each"
            )
        motion = motion.noted("joints named as given, not as in the file", joint_names=columns.joints)
    if columns.units == "degrees":
        motion = motion.noted("joint angles converted from degrees", joint_pos=np.radians(motion.joint_pos))
    if columns.fps is not None and columns.fps != motion.fps:
        motion = motion.noted(f"{columns.fps:g} frames per second as given", fps=columns.fps)
    if columns.loop is not None and columns.loop != motion.loop:
        motion = motion.noted(f"taken {'as a loop' if columns.loop else 'not as a loop'}, as given", loop=columns.loop)
    return motion


def _read(sidecar: Path) -> ColumnMap:
    try:
        if sidecar.stat().st_size > MAX_SIDECAR_BYTES:
            raise MotionError(f"{sidecar.name}: more than {MAX_SIDECAR_BYTES // 1024} KiB; a sidecar is a few lines")
        content = sidecar.read_text(encoding="utf-8")
        if "&" in content or "*" in content:  # aliases can unfold without end
            raise MotionError(f"{sidecar.name}: holds '&' or '*'; a sidecar is plain keys and values")
        table = yaml.safe_load(content)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())[:120]
        raise MotionError(f"{sidecar.name}: cannot be read as YAML ({reason})") from None
    if not isinstance(table, dict):
        raise MotionError(f"{sidecar.name}: holds no table; {_keys()} would be right")
    try:
        return ColumnMap.model_validate(table)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part)[:40] for part in first["loc"])
        raise MotionError(f"{sidecar.name}: '{where}': {first['msg'].lower()}; {_keys()} would be right") from None


def _keys() -> str:
    return ", ".join(ColumnMap.model_fields)
