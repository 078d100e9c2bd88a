from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from webfoot.limits import Limits, limits_of


class Options(BaseModel):
    clipped: Annotated[float, Field(gt=0, le=1)] = 0.5
    count: Annotated[int | None, Field(ge=2)] = None
    speed: Annotated[float, Field(ge=-1.5, le=1e13)] = 0.0
    loop: bool | None = None
    order: Literal["xyzw", "wxyz"] | None = None
    method: Annotated[str, Field(pattern="^(amp|awd)$")] = "amp"
    name: Annotated[str, Field(max_length=5)] = ""
    sizes: tuple[int, ...] = ()


@pytest.mark.parametrize(
    ("name", "limits", "ends", "bounds"),
    [
        ("clipped", Limits("number", (), 0, 1, open_low=True), ("0", "1"), ["above 0", "at most 1"]),
        ("count", Limits("integer", (), 2), ("2", ""), ["at least 2"]),
        ("speed", Limits("number", (), -1.5, 1e13), ("-1.5", "1e+13"), ["at least -1.5", "at most 1e+13"]),
        ("loop", Limits("boolean"), ("", ""), []),
        ("order", Limits("choice", ("xyzw", "wxyz")), ("", ""), []),
        ("method", Limits("choice", ("amp", "awd")), ("", ""), []),
        ("name", Limits("text"), ("", ""), []),
        ("sizes", Limits("text"), ("", ""), []),
    ],
)
def test_the_limits_of_a_field_are_read_from_its_type_and_constraints(name, limits, ends, bounds):
    found = limits_of(Options.model_fields[name])
    assert (found, found.ends, found.bounds) == (limits, ends, bounds)


def test_a_range_is_closed_where_both_ends_may_be_taken():
    fields = Options.model_fields
    assert [name for name in fields if limits_of(fields[name]).is_closed] == ["speed"]
