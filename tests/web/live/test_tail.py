import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webfoot.learn.events import Checkpointed
from webfoot.monitor.log import EventLog
from webfoot.web.live.tail import MOST_BYTES, is_read, line_start, read_from

TWO = b'{"event": "a"}\n{"event": "bc"}\n'
"""Lines that end at 15 and 31."""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "events.jsonl"


def told(path, offset=0):
    """All that stands behind an offset, by as many calls as it takes."""
    kinds, before = [], None
    while offset != before:
        before = offset
        events, offset = read_from(path, before)
        kinds += [event.kind for event in events]
    return kinds, offset


def test_an_event_carries_the_offset_behind_its_line(path):
    path.write_bytes(TWO)
    events, behind = read_from(path, 0)
    assert [(event.offset, event.kind) for event in events] == [(15, "a"), (31, "bc")]
    assert events[1].event == {"event": "bc"}
    assert events[1].text == '{"event": "bc"}'
    assert behind == 31
    assert read_from(path, 15) == (events[1:], 31)
    assert read_from(path, 31) == ([], 31)


def test_half_a_line_is_told_once_it_is_whole(path):
    path.write_bytes(TWO[:20])
    assert told(path) == (["a"], 15)
    path.write_bytes(TWO)
    assert told(path, 15) == (["bc"], 31)


def test_a_file_that_is_not_there_has_told_nothing_yet(path):
    assert read_from(path, 0) == ([], 0)
    assert read_from(path, 500) == ([], 0)
    assert line_start(path, 500) == 0
    assert is_read(path, 0)
    assert not is_read(path, 500)


def test_reading_goes_on_where_a_resumed_run_cut_off_half_a_line(path):
    path.write_bytes(TWO + b'{"event": "metr')
    _, offset = read_from(path, 0)
    log = EventLog(path)
    log(Checkpointed(3, "latest.pt"))
    log.close()
    assert told(path, offset) == (["checkpointed"], path.stat().st_size)


@pytest.mark.parametrize(
    ("offset", "start"),
    [(-5, 0), (0, 0), (1, 0), (14, 0), (15, 15), (16, 15), (30, 15), (31, 31), (32, 31), (10**18, 31)],
)
def test_an_offset_inside_a_line_moves_to_its_start_and_one_beyond_the_end_to_the_last(path, offset, start):
    path.write_bytes(TWO)
    assert line_start(path, offset) == start
    assert told(path, offset) == ({0: ["a", "bc"], 15: ["bc"], 31: []}[start], 31)


def test_an_offset_behind_which_the_file_was_cut_off_moves_to_the_last_whole_line(path):
    path.write_bytes(TWO[:20])
    assert read_from(path, 31) == ([], 15)


def test_the_start_of_a_long_line_is_found(path):
    path.write_bytes(b'{"event": "a"}\n' + b"x" * 200_000)
    assert line_start(path, 200_000) == 15
    path.write_bytes(b"x" * 200_000)
    assert line_start(path, 200_000) == 0


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\x00\x00\x00",
        b"\xff\xfe",
        b'{"event": "prog',
        b'{"event": "metrics", "values": {"reward": NaN}}',
        b'{"event": "metrics", "iteration": ' + b"9" * 5000 + b"}",
        b'{"event": 3}',
        b'{"event": "a\\ndata: b"}',
        b'{"time": 1.0}',
        b'["event"]',
        b'{"event": "a", "values": ' + b"[" * 100_000,
    ],
    ids=lambda line: line[:24].decode(errors="replace") or "empty",
)
def test_a_broken_line_is_skipped(path, broken):
    path.write_bytes(b'{"event": "a"}\n' + broken + b'\n{"event": "bc"}\n')
    assert told(path) == (["a", "bc"], path.stat().st_size)


def test_a_call_reads_no_more_than_its_share_and_all_calls_read_all(path):
    line = json.dumps({"event": "a", "notes": "x" * 1000}).encode() + b"\n"
    path.write_bytes(line * 2500)
    events, behind = read_from(path, 0)
    assert behind == len(line) * len(events) <= MOST_BYTES < behind + len(line)
    assert told(path) == (["a"] * 2500, len(line) * 2500)


@pytest.mark.parametrize("length", [MOST_BYTES - 1, MOST_BYTES, 3 * MOST_BYTES])
def test_a_line_longer_than_a_call_may_read_is_skipped(path, length):
    path.write_bytes(b"x" * length)
    assert told(path) == ([], 0)
    path.write_bytes(b"x" * length + b"\n" + TWO)
    assert told(path) == (["a", "bc"], length + 32)


@given(st.lists(st.sampled_from(["a", "bc", "é"]), max_size=8), st.lists(st.integers(0, 200)), st.integers(-10, 200))
def test_a_log_that_grows_by_any_pieces_tells_every_event_once(tmp_path_factory, kinds, cuts, lie):
    path = tmp_path_factory.mktemp("grows") / "events.jsonl"
    content = b"".join(json.dumps({"event": kind}, ensure_ascii=False).encode() + b"\n" for kind in kinds)
    seen, offset = [], 0
    for cut in [*sorted(cuts), len(content)]:
        path.write_bytes(content[:cut])
        new, offset = told(path, offset)
        seen += new
    assert seen == kinds
    assert offset == len(content)
    late, _ = told(path, lie)
    assert late == kinds[len(kinds) - len(late) :]
    assert len(late) >= content[max(0, lie) :].count(b"\n")
