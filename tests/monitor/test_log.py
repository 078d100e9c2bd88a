import json
import math

import pytest

from webfoot.errors import RunError
from webfoot.learn.events import Checkpointed, Evaluated, Finished
from webfoot.monitor.log import EventLog, read_events


def write(path, *events):
    log = EventLog(path)
    for event in events:
        log(event)
    log.close()


def strictly(line):
    """A line as any JSON reader must take it: without NaN."""

    def refuse(name):
        raise ValueError(name)

    return json.loads(line, parse_constant=refuse)


def test_every_event_is_a_line_with_its_time(tmp_path):
    path = tmp_path / "events.jsonl"
    write(path, Checkpointed(3, "latest.pt"), Finished(4, "passed", 1.5))
    first, last = (strictly(line) for line in path.read_text().splitlines())
    assert first.pop("time") <= last.pop("time")
    assert first == {"event": "checkpointed", "iteration": 3, "path": "latest.pt"}
    assert last == {"event": "finished", "iteration": 4, "reason": "passed", "elapsed_s": 1.5}


def test_events_stand_on_disk_at_once(tmp_path):
    log = EventLog(tmp_path / "events.jsonl")
    log(Checkpointed(3, "latest.pt"))
    assert len(read_events(tmp_path / "events.jsonl")) == 1
    log.close()


def test_numbers_that_are_none_are_null(tmp_path):
    path = tmp_path / "events.jsonl"
    write(path, Evaluated(1, False, math.nan, {"speed_error": math.inf, "survival": 0.5}))
    event = strictly(path.read_text())
    assert event["score"] is None
    assert event["values"] == {"speed_error": None, "survival": 0.5}


@pytest.mark.parametrize("torn", ['{"time": 1.0, "eve', "\x00\x00", '{"time": 1.0}'])
def test_half_a_line_of_a_killed_run_is_cut_off(tmp_path, torn):
    path = tmp_path / "events.jsonl"
    write(path, Checkpointed(3, "latest.pt"))
    with path.open("a") as file:
        file.write(torn)
    write(path, Checkpointed(6, "latest.pt"))
    assert [strictly(line)["iteration"] for line in path.read_text().splitlines()] == [3, 6]


def test_a_log_that_is_read_while_it_is_written_gives_its_whole_lines(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text('{"event": "progress", "iteration": 1}\n{"event": "prog')
    assert read_events(path) == [{"event": "progress", "iteration": 1}]
    assert read_events(tmp_path / "none.jsonl") == []


def test_a_full_disk_is_one_sentence(tmp_path):
    (tmp_path / "events.jsonl").symlink_to("/dev/full")
    log = EventLog(tmp_path / "events.jsonl")
    with pytest.raises(RunError, match=r"events\.jsonl: cannot be written \(No space left on device\); make room"):
        log(Checkpointed(3, "latest.pt"))
    log.close()
