"""`limits_of`: what values an option takes, as its field says; for command line and forms alike."""

import re
import types
import typing
from dataclasses import dataclass
from typing import Any, Literal

from pydantic.fields import FieldInfo

CHOICES = re.compile(r"\^\((.+)\)\$")
"""A pattern that allows a few words only."""

Kind = Literal["integer", "number", "boolean", "choice", "text"]


@dataclass(frozen=True)
class Limits:
    """The values that one option takes."""

    kind: Kind
    choices: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None
    open_low: bool = False
    """Whether it must be above `lowest`, not at it."""
    open_high: bool = False

    @property
    def ends(self) -> tuple[str, str]:
        """The ends of the range as text, empty where there is none."""
        low, high = ("" if end is None else f"{end:.12g}" for end in (self.lowest, self.highest))
        return low, high

    @property
    def is_closed(self) -> bool:
        """Whether the range has two ends, both of which may be taken."""
        return all(self.ends) and not (self.open_low or self.open_high)

    @property
    def bounds(self) -> list[str]:
        """The ends one by one, in words: `above 0`, `at most 1`."""
        low, high = self.ends
        found = [f"{'above' if self.open_low else 'at least'} {low}"] if low else []
        return [*found, f"{'below' if self.open_high else 'at most'} {high}"] if high else found


def limits_of(info: FieldInfo) -> Limits:
    """The limits that a field's type and constraints set."""
    choices = _choices(info)
    low, open_low = _bound(info, "ge", "gt")
    high, open_high = _bound(info, "le", "lt")
    return Limits("choice" if choices else _kind(info), choices, low, high, open_low, open_high)


def _types(annotation: Any) -> list[Any]:
    """The members of a union, or the type itself."""
    is_union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    return [kind for kind in typing.get_args(annotation) if kind is not type(None)] if is_union else [annotation]


def _kind(info: FieldInfo) -> Kind:
    kinds = _types(info.annotation)
    if bool in kinds:
        return "boolean"
    return "integer" if int in kinds else "number" if float in kinds else "text"


def _choices(info: FieldInfo) -> tuple[str, ...]:
    for kind in _types(info.annotation):
        if typing.get_origin(kind) is Literal:
            return tuple(str(choice) for choice in typing.get_args(kind))
    for limit in info.metadata:
        match = CHOICES.fullmatch(getattr(limit, "pattern", None) or "")
        if match:
            return tuple(match[1].split("|"))
    return ()


def _bound(info: FieldInfo, closed: str, open: str) -> tuple[float | None, bool]:
    """The limit of a number, and whether it is itself out of the range."""
    for name, is_open in ((closed, False), (open, True)):
        for limit in info.metadata:
            if hasattr(limit, name):
                return getattr(limit, name), is_open
    return None, False
