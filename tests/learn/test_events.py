import json
import typing

import pytest

from webfoot.learn.events import Checkpointed, Event, Progress, Severity, as_json

SAMPLES = {
    int: 3,
    float: 0.5,
    str: "walk",
    bool: True,
    Severity: "warning",
    dict[str, float]: {"reward": 0.5},
    float | None: None,
    tuple[str, ...]: ["cut", "closed"],
}


@pytest.mark.parametrize("kind", typing.get_args(Event))
def test_every_event_is_json_and_says_its_kind(kind):
    fields = typing.get_type_hints(kind)
    event = kind(**{name: SAMPLES[field] for name, field in fields.items()})
    line = json.loads(json.dumps(as_json(event)))
    assert line.pop("event") == kind.__name__.lower()
    assert set(line) == set(fields)


def test_an_event_by_hand():
    assert as_json(Checkpointed(25, "last.pt")) == {"event": "checkpointed", "iteration": 25, "path": "last.pt"}
    assert as_json(Progress(1, 2, 3.0, None, 4, 5.0, 6.0, 7.0))["eta_s"] is None
