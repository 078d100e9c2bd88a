"""The table of settings in docs/operations.md is the settings: what stands on the fields stands there, line by line."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from webfoot.web.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
HEAD = "| setting | type | default | unit | meaning |"
KINDS = {bool: "true or false", int: "whole number", float: "number", str: "text", Path: "path"}
UNIT = re.compile(r" \[([^\]]+)\](?=[.;]|$)")


def settings_of(model: type[BaseModel], part: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every setting by its whole name, those of parts too."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from settings_of(field.annotation, f"{part}{name}.")
        else:
            yield part + name, field


def kind_of(field: FieldInfo) -> str:
    """The type, and the range where there is one."""
    limits = {
        name: value
        for one in field.metadata
        for name in ("ge", "gt", "le", "lt")
        if (value := getattr(one, name, None)) is not None
    }
    kind = KINDS.get(field.annotation, "list of names") if isinstance(field.annotation, type) else "list of names"
    low = f"{limits['ge']:.10g}" if "ge" in limits else f"above {limits['gt']:.10g}" if "gt" in limits else ""
    high = f"{limits['le']:.10g}" if "le" in limits else f"below {limits['lt']:.10g}" if "lt" in limits else ""
    if not low:
        return kind
    return f"{kind}, {low} to {high}" if high else f"{kind}, {low} or more"


def default_of(field: FieldInfo) -> str:
    value: Any = field.default
    if value in ("", ()):
        return "none"
    return (
        str(value).lower() if isinstance(value, bool) else f"{value:.10g}" if isinstance(value, float) else str(value)
    )


def row_of(name: str, field: FieldInfo) -> str:
    said = field.description or ""
    unit = UNIT.search(said)
    return f"| `{name}` | {kind_of(field)} | {default_of(field)} | {unit[1] if unit else ''} | {UNIT.sub('', said)} |"


def test_the_page_has_a_line_for_every_setting_and_no_other():
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    begin = lines.index(HEAD) + 2
    told = lines[begin : lines.index("", begin)]
    right = [row_of(name, field) for name, field in settings_of(Settings)]
    assert [line for line in right if line not in told] == []
    assert told == right


def test_every_setting_says_what_it_means_and_numbers_with_a_unit_in_their_name_say_it():
    for name, field in settings_of(Settings):
        assert field.description, name
        ending = name.rpartition("_")[2]
        if ending in {"s", "minutes", "days", "mb", "gb", "bytes"}:
            assert UNIT.search(field.description), name
