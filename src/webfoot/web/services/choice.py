"""`Choice`: what the configure page asks for, read from a session that is cloned or from a plain form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from webfoot.config import SHORT_NAMES, TrainConfig
from webfoot.learn.method import laid_over, less
from webfoot.recipes import PLANS
from webfoot.web.fields import values_of
from webfoot.web.models.training import TrainingSession

SKETCHED = {name: f"{part}.{name}" for name, part in SHORT_NAMES.items() if part == "ppo"}
"""Fields of the user's sketch that lie in a part, and the options that they are."""
NAMED = re.compile(r"^options? '([\w.]+)'|^unknown option '([\w.]+)'|^field '(\w+)'")
"""How a sentence names the option that it is about."""
WORDS = (("motion", "reference_motion"), ("clip", "reference_motion"), ("robot", "robot"))
"""How a sentence about something else than an option tells which field it means."""


@dataclass(frozen=True)
class Refused:
    """Why a form was not taken."""

    sentence: str
    option: str
    """The option it is about; empty: none, or all."""


@dataclass(frozen=True)
class Choice:
    """What is chosen on the page."""

    motion: str = "walk"
    robot: str = "duckling"
    plan: str = "quick"
    name: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    """By dotted name; what is not here is as the plan has it."""
    parent_id: int | None = None

    def request(self) -> dict[str, Any]:
        """The same as the body of a start."""
        parameters: dict[str, Any] = {}
        for name, value in self.options.items():
            nested: Any = value
            for part in reversed(name.split(".")):
                nested = {part: nested}
            parameters = laid_over(parameters, nested)
        asked = {"reference_motion": self.motion, "robot": self.robot, "plan": self.plan, "name": self.name}
        return asked | {"parameters": parameters, "parent_id": self.parent_id}

    def document(self) -> dict[str, Any]:
        """The same for a script."""
        return {name: getattr(self, name) for name in ("motion", "robot", "plan", "name", "options")}


def choice_of_session(row: TrainingSession) -> Choice:
    """What a session was asked for: the plan that explains most of it, and what is left as options."""
    given = _long_names(row.parameters)
    plan = max(PLANS, key=lambda name: _explains(PLANS[name].options, given))
    options = {name: value for name, value in flattened(less(given, PLANS[plan].options)).items() if value is not None}
    return Choice(row.reference_motion, row.robot, plan, row.name, options, row.id)


def choice_of_form(form: Mapping[str, str]) -> Choice:
    """What a form says; what is empty, or as the page showed it, is not given."""
    shown = values_of(TrainConfig())
    options = {}
    for name in shown:
        text = form.get(next((short for short, long in SKETCHED.items() if long == name), name), "").strip()
        if text and text != str(shown[name]):
            options[name] = text
    parent = form.get("parent_id", "")
    return Choice(
        motion=form.get("reference_motion", "")[:256],
        robot=form.get("robot", "duckling")[:256],
        plan=form.get("plan", "quick")[:20],
        name=form.get("name", "").strip()[:120],
        options=options,
        parent_id=int(parent) if parent.isascii() and parent.isdigit() and len(parent) < 10 else None,
    )


def option_named(sentence: str) -> str:
    """The field that a refusal is about: an option's dotted name, `reference_motion`, `robot`, or nothing."""
    found = NAMED.search(sentence)
    if found:
        name = next(part for part in found.groups() if part)
        return SKETCHED.get(name) or _within(name, sentence)
    first = sentence.partition(":")[0]
    return next((place for word, place in WORDS if re.search(rf"\b{word}\b", first)), "")


def _within(part: str, sentence: str) -> str:
    """The option itself; of a whole part that contradicts itself, the option that the sentence names first."""
    known = values_of(TrainConfig())
    said = sentence.partition(":")[2]
    found = {name: re.search(rf"\b{name.rpartition('.')[2]}\b", said) for name in known if name.startswith(f"{part}.")}
    places = {name: match.start() for name, match in found.items() if match is not None}
    return min(places, key=lambda name: places[name]) if places else part


def flattened(options: Mapping[str, Any] | BaseModel) -> dict[str, Any]:
    """Nested options by dotted name; a list as a,b,c."""
    if isinstance(options, BaseModel):
        return values_of(options)
    found: dict[str, Any] = {}
    for name, value in options.items():
        if isinstance(value, Mapping):
            found |= {f"{name}.{inner}": inner_value for inner, inner_value in flattened(value).items()}
        else:
            found[name] = ",".join(str(item) for item in value) if isinstance(value, list | tuple) else value
    return found


def _long_names(given: Mapping[str, Any]) -> dict[str, Any]:
    """Options that may stand at the top, in the parts that they are of."""
    long: dict[str, Any] = {name: value for name, value in given.items() if name not in SHORT_NAMES}
    for name, part in SHORT_NAMES.items():
        if name in given:
            long = laid_over(long, {part: {name: given[name]}})
    return long


def _explains(plan: Mapping[str, Any], given: Mapping[str, Any]) -> int:
    """How many options of a plan were given so; -1 where one was not."""
    wanted, known = flattened(plan), flattened(given)
    return len(wanted) if all(known.get(name) == value for name, value in wanted.items()) else -1
