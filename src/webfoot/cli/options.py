"""Options read from a pydantic model: the name, range, default and help of each stand on its field, once."""

import copy
import dataclasses
import reprlib
import typing
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Annotated, Any, TypeVar

import tyro
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from webfoot.errors import ConfigError, UnknownName
from webfoot.limits import limits_of

Model = TypeVar("Model", bound=BaseModel)
NOTHING: Mapping[str, Any] = MappingProxyType({})
SHORT_REPR = reprlib.Repr()
SHORT_REPR.maxlevel, SHORT_REPR.maxstring, SHORT_REPR.maxlong = 2, 60, 60
WORDS = {"integer": "a whole number", "number": "a number", "text": "text"}


class Settings:
    """Options that were given, as text; `flags` makes the classes."""


class _Unset(str):
    """The text of a default; tells an option that was left alone from one that was given."""


def flags(model: type[BaseModel], *names: str) -> type[Settings]:
    """A class for tyro with one option for each of the named fields of a model.

    A field of a part is named `part.field` and becomes `--field`. Without names: every field that is no part.
    Values stay text; `validated` reads them.
    """
    fields = []
    for name in names or [name for name in leaves(model) if "." not in name]:
        field = field_at(model, name)
        short = name.rpartition(".")[2].replace("_", "-")
        option = tyro.conf.arg(name=short, metavar=_metavar(field), help=field.description)
        default = dataclasses.field(default=_Unset("unset" if field.default in (None, ()) else field.default))
        fields.append((name.replace(".", "__"), Annotated[str, option], default))
    return dataclasses.make_dataclass(f"{model.__name__}Options", fields, bases=(Settings,), frozen=True)


def given(settings: Settings) -> dict[str, Any]:
    """Options that were given, as text by dotted name."""
    values = {name.replace("__", "."): value for name, value in vars(settings).items()}
    return {name: value for name, value in values.items() if not isinstance(value, _Unset)}


def assignments(words: Iterable[str]) -> dict[str, Any]:
    """What `--set NAME=VALUE` was given, as text by dotted name.

    Raises:
        ConfigError: a word without '='.
    """
    values = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise ConfigError(f"option --set is '{word}': NAME=VALUE would be right, such as --set ppo.gamma=0.98")
        values[name] = value
    return values


def validated(
    model: type[Model], values: Mapping[str, Any], base: Mapping[str, Any] = NOTHING, short: Collection[str] = ()
) -> Model:
    """A model out of options by dotted name, laid over nested values such as a file holds.

    Args:
        short: dotted names whose option is called by the last word alone, for messages.

    Raises:
        UnknownName: an option that the model does not have.
        ConfigError: a value out of its range, or options that contradict each other.
    """
    tree = copy.deepcopy(dict(base))  # keeps what a YAML file refers to many times as one
    for name, value in values.items():
        field_at(model, name)
        *parts, last = name.split(".")
        inner = tree
        for part in parts:
            inner = inner.setdefault(part, {})
            if not isinstance(inner, dict):
                raise ConfigError(f"option '{part}' is {SHORT_REPR.repr(inner)}: a table of options would be right")
        inner[last] = value
    try:
        return model.model_validate(tree)
    except ValidationError as error:
        raise ConfigError(_sentence(model, error, short)) from None


def leaves(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Every field that is no model itself, by dotted name."""
    found: dict[str, FieldInfo] = {}
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            found |= {f"{name}.{inner}": value for inner, value in leaves(field.annotation).items()}
        else:
            found[name] = field
    return found


def field_at(model: type[BaseModel], name: str) -> FieldInfo:
    """The field that a dotted name means.

    Raises:
        UnknownName: no such field; the message lists those that end alike, or else those of the same part.
    """
    known = leaves(model)
    if name in known:
        return known[name]
    part, _, last = name.rpartition(".")
    alike = [key for key in known if key.rpartition(".")[2] == last]
    beside = [key for key in known if key.rpartition(".")[0] == part]
    raise UnknownName("option", name, alike or beside or [key for key in known if "." not in key])


def called(name: str, short: Collection[str] = ()) -> str:
    """What the option of a dotted name is called, without its dashes in front; `short` ones by their last word."""
    return (name.rpartition(".")[2] if name in short else name).replace("_", "-")


def expected(field: FieldInfo) -> str:
    """What values a field takes, in words."""
    limits = limits_of(field)
    if limits.kind == "choice":
        return f"one of {', '.join(limits.choices)}"
    if limits.kind == "boolean":
        return "true or false"
    if float in typing.get_args(field.annotation) and limits.kind == "text":
        return "numbers with commas between them"
    what = WORDS[limits.kind]
    if limits.is_closed:
        return f"{what} from {' to '.join(limits.ends)}"
    return f"{what} {' and '.join(limits.bounds)}".strip()


def _metavar(field: FieldInfo) -> str:
    limits = limits_of(field)
    if limits.choices:
        return "{" + ",".join(limits.choices) + "}"
    if any(limits.ends):
        return "..".join(limits.ends)
    return "true|false" if limits.kind == "boolean" else "TEXT"


def _sentence(model: type[BaseModel], error: ValidationError, short: Collection[str]) -> str:
    """The first complaint as: which option, its value, and what would be right."""
    first = error.errors(include_url=False)[0]
    name = ".".join(str(part) for part in first["loc"])
    known = leaves(model)
    if first["type"] == "extra_forbidden":
        near = ", ".join(sorted(key for key in known if key.rpartition(".")[0] == name.rpartition(".")[0]))
        return f"unknown option '{name}': choose one of {near}"
    flag = called(name, short)
    shown = f"option --{flag} is {SHORT_REPR.repr(first['input'])}" if name in known else f"options {flag}".strip()
    if name in known and first["type"] != "value_error":
        purpose = (known[name].description or "").rstrip(".")
        return f"{shown}: {expected(known[name])} would be right ({purpose})"
    return f"{shown}: {first['msg'].removeprefix('Value error, ')}"
