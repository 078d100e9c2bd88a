from typing import Literal

import pytest
from pydantic import BaseModel, Field

from webfoot.cli.options import assignments, expected, field_at, leaves, validated
from webfoot.errors import ConfigError, UnknownName


class Wheel(BaseModel, frozen=True, extra="forbid"):
    size: float = Field(0.1, gt=0, lt=1, description="Radius [m].")
    colour: Literal["red", "blue"] = "red"
    count: int = Field(4, ge=1, le=8, description="Wheels.")


class Cart(BaseModel, frozen=True, extra="forbid"):
    wheel: Wheel = Wheel()
    seats: int = Field(2, ge=0, description="Seats.")
    load: float | None = Field(None, ge=0, le=50, description="Load [kg].")
    covered: bool = False
    name: str = ""
    speeds: tuple[float, ...] = ()


def test_leaves_are_named_with_dots():
    assert list(leaves(Cart)) == [
        "wheel.size",
        "wheel.colour",
        "wheel.count",
        "seats",
        "load",
        "covered",
        "name",
        "speeds",
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    {
        "wheel.size": "a number above 0 and below 1",
        "wheel.colour": "one of red, blue",
        "wheel.count": "a whole number from 1 to 8",
        "seats": "a whole number at least 0",
        "load": "a number from 0 to 50",
        "covered": "true or false",
        "name": "text",
        "speeds": "numbers with commas between them",
    }.items(),
)
def test_a_field_says_what_it_takes(name, words):
    assert expected(field_at(Cart, name)) == words


def test_options_lie_over_a_file():
    cart = validated(Cart, {"wheel.count": "3", "covered": "true"}, {"wheel": {"count": 2, "size": 0.5}, "seats": 1})
    assert cart == Cart(wheel=Wheel(count=3, size=0.5), seats=1, covered=True)


def test_a_file_is_not_changed():
    base = {"wheel": {"count": 2}}
    validated(Cart, {"wheel.count": "3"}, base)
    assert base == {"wheel": {"count": 2}}


def test_a_value_out_of_range_names_option_value_and_range():
    with pytest.raises(
        ConfigError, match=r"^option --wheel.count is '9': a whole number from 1 to 8 would be right \(Wheels\)$"
    ):
        validated(Cart, {"wheel.count": "9"})


def test_a_short_option_is_called_by_its_short_name():
    with pytest.raises(ConfigError, match="^option --count is '9'"):
        validated(Cart, {"wheel.count": "9"}, short=["wheel.count"])


def test_an_unknown_option_lists_those_that_end_alike_or_stand_beside():
    with pytest.raises(UnknownName, match="^unknown option 'count': choose one of wheel.count$"):
        validated(Cart, {"count": "3"})
    with pytest.raises(UnknownName, match="choose one of wheel.colour, wheel.count, wheel.size$"):
        validated(Cart, {"wheel.weight": "3"})


def test_an_assignment_needs_a_value():
    assert assignments(["a.b=1", "c=x=y"]) == {"a.b": "1", "c": "x=y"}
    with pytest.raises(ConfigError, match="'a.b': NAME=VALUE would be right"):
        assignments(["a.b"])
