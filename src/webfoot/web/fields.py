"""Form fields read from pydantic models: range, unit, default and help stand on the model's field, once."""

import re
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from webfoot.limits import Limits, limits_of

UNIT = re.compile(r" \[([^\]]+)\]")
"""The first brackets of a help text hold the unit; 1 is none."""
TITLES = {
    "": "Training",
    "ppo": "Learner",
    "style": "Style (adversary)",
    "task": "Task",
    "task.reward": "Rewards",
    "task.termination": "Falls",
    "task.start": "Starts",
    "task.command": "Commands",
    "sim": "Simulation",
    "randomize": "Conditions of the training",
    "columns": "Columns of the motion's file",
    "prepare": "Preparation of the motion",
    "augment": "More clips out of the motion",
    "criteria": "When a policy passes",
    "rollout": "Validation",
    "rollout.conditions": "Conditions of the validation",
    "health": "When an alert is told",
    "collapse": "When learning collapses",
    "curriculum": "Curriculum",
}
"""What the parts of a training are called in the form; a part without a line here is called by its own name."""


@dataclass(frozen=True)
class Field:
    """One option to be asked for."""

    name: str
    """Dotted, from the top of the model."""
    label: str
    help: str
    unit: str
    default: Any
    limits: Limits

    @property
    def id(self) -> str:
        """Of its element."""
        return "option-" + re.sub(r"[._]", "-", self.name)

    @property
    def step(self) -> str:
        """`1` for whole numbers, `any` for others."""
        return "1" if self.limits.kind == "integer" else "any"

    @property
    def range(self) -> str:
        """What may be given, in words; empty where that is anything."""
        limits = self.limits
        return " to ".join(limits.ends) if limits.is_closed else ", ".join(limits.bounds)


@dataclass(frozen=True)
class Group:
    """The options of one part."""

    name: str
    title: str
    help: str
    fields: list[Field] = field(default_factory=list)


def groups_of(model: type[BaseModel]) -> list[Group]:
    """Every option of a model and its parts, part by part, in the order of the model."""
    return [group for group in _groups(model, "") if group.fields]


def field_of(model: type[BaseModel], name: str, label: str = "") -> Field:
    """The form field of an option by its dotted name."""
    part, _, rest = name.partition(".")
    info = model.model_fields[part]
    if rest:
        inner = field_of(typing.cast(type[BaseModel], info.annotation), rest, label)
        return Field(**{**vars(inner), "name": name})
    return _field(name, info, label)


def values_of(config: BaseModel) -> dict[str, Any]:
    """Every option by its dotted name, with its value as a form shows it: a list as a,b,c."""
    found: dict[str, Any] = {}
    for name in type(config).model_fields:
        value = getattr(config, name)
        if isinstance(value, BaseModel):
            found |= {f"{name}.{inner}": inner_value for inner, inner_value in values_of(value).items()}
        else:
            found[name] = ",".join(str(item) for item in value) if isinstance(value, tuple) else value
    return found


def _groups(model: type[BaseModel], prefix: str) -> Iterator[Group]:
    own = Group(prefix, TITLES.get(prefix, prefix.rpartition(".")[2]), _first_line(model))
    inner: list[Group] = []
    for name, info in model.model_fields.items():
        whole = f"{prefix}.{name}" if prefix else name
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            inner += _groups(info.annotation, whole)
        else:
            own.fields.append(_field(whole, info))
    yield own
    yield from inner


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().split("\n")[0]


def _field(name: str, info: FieldInfo, label: str = "") -> Field:
    help = info.description or ""
    found = UNIT.search(help)
    unit = found[1] if found and found[1] != "1" else ""
    return Field(
        name=name,
        label=label or name.rpartition(".")[2].replace("_", " "),
        help=UNIT.sub("", help, count=1) if found else help,
        unit=unit,
        default=info.default,
        limits=limits_of(info),
    )
