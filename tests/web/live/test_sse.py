import json

import pytest
from event_log import tell
from hypothesis import given
from hypothesis import strategies as st

from webfoot.learn.events import Alert, Finished, Metrics, Progress
from webfoot.monitor.log import EventLog
from webfoot.web.live import sse
from webfoot.web.live.sse import HEARTBEAT, RETRY, encode, follow, offset_of, unread


@pytest.fixture
def path(tmp_path):
    return tmp_path / "events.jsonl"


def parse(stream):
    """(id, event, data) of every event in a stream, read as the standard says."""
    blocks = b"".join(stream).decode().split("\n\n")
    fields = [[line.split(": ", 1) for line in block.split("\n")] for block in blocks if block.startswith("id")]
    return [
        (int(block[0][1]), block[1][1], "\n".join(value for name, value in block if name == "data")) for block in fields
    ]


class Life:
    """A training and the time it takes: at every wait so much of it happens."""

    def __init__(self, *acts):
        self.acts, self.now = list(acts), 0.0

    def clock(self):
        return self.now

    def wait(self, seconds):
        self.now += seconds
        if self.acts:
            self.acts.pop(0)()

    def is_over(self):
        return not self.acts

    def follow(self, path, offset=0):
        return follow(path, offset, self.is_over, self.clock, self.wait)


def test_an_event_is_three_fields_and_an_empty_line():
    assert encode(31, "metrics", '{"a": 1}') == b'id: 31\nevent: metrics\ndata: {"a": 1}\n\n'


@given(st.text())
def test_no_data_can_break_out_of_its_event(data):
    written = encode(1, "metrics", data).decode()
    assert "\r" not in written
    assert written.index("\n\n") == len(written) - 2
    assert all(line.startswith("data: ") for line in written[:-2].split("\n")[2:])
    assert parse([written.encode()])[0][2] == data.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize(
    ("header", "offset"),
    [(None, 0), ("", 0), ("31", 31), ("-3", 0), ("3.5", 0), ("x", 0), ("٣", 0), ("²", 0), ("9" * 5000, 0)],
)
def test_a_last_event_id_is_an_offset_or_the_beginning(header, offset):
    assert offset_of(header) == offset


def test_a_client_hears_what_was_told_what_is_told_and_the_end(path):
    tell(path, Metrics(1, {"reward": 0.5}))
    life = Life(lambda: tell(path, Metrics(2, {"reward": 1.0})), lambda: tell(path, Finished(2, "passed", 9.0)))
    stream = list(life.follow(path))
    assert stream[0] == RETRY
    events = parse(stream)
    assert [kind for _, kind, _ in events] == ["metrics", "metrics", "finished", "over"]
    assert json.loads(events[1][2])["values"] == {"reward": 1.0}
    assert events[-1] == (path.stat().st_size, "over", "{}")


def test_a_client_that_comes_back_hears_the_rest(path):
    tell(path, *(Metrics(i, {"reward": 0.5}) for i in range(4)))
    events = parse(Life().follow(path))
    for n, (offset, _, _) in enumerate(events[:-1]):
        assert parse(Life().follow(path, offset)) == events[n + 1 :]


def test_a_stream_waits_for_a_log_that_is_not_there_yet(path):
    life = Life(lambda: None, lambda: tell(path, Metrics(1, {"reward": 0.5})))
    assert [kind for _, kind, _ in parse(life.follow(path))] == ["metrics", "over"]


def test_what_is_told_just_before_the_end_is_heard(path):
    """The training tells its last between the question whether it is over and the look at its log."""

    def is_over():
        tell(path, Finished(2, "passed", 9.0))
        return True

    assert [kind for _, kind, _ in parse(follow(path, 0, is_over))] == ["finished", "over"]


def test_an_offset_that_was_made_up_loses_nothing_that_is_told_from_now_on(path):
    tell(path, Metrics(1, {"reward": 0.5}))
    acts = [lambda i=i: tell(path, Metrics(i, {"reward": 0.5})) for i in (2, 3)]
    events = parse(Life(*acts).follow(path, 10**9))
    assert [json.loads(data)["iteration"] for _, kind, data in events if kind == "metrics"] == [2, 3]


def test_silence_is_broken_by_a_heartbeat_every_fifteen_seconds(path):
    life = Life(*[lambda: None] * 124)  # 31 s
    stream = list(life.follow(path))
    assert stream.count(HEARTBEAT) == 2
    assert HEARTBEAT.startswith(b":")


def test_a_stream_that_speaks_needs_no_heartbeat(path):
    life = Life(*[lambda: tell(path, Metrics(1, {"reward": 0.5}))] * 124)
    assert HEARTBEAT not in list(life.follow(path))


def test_what_is_told_aside_follows_what_was_told_before_it_and_leaves_the_offset_alone(path):
    tell(path, Metrics(1, {"reward": 0.5}))
    asides = [[("state", '{"state": "running"}')], [("state", '{"state": "completed"}')]]
    over = iter([False, True])
    stream = follow(path, 0, lambda: next(over), wait=lambda seconds: None, aside=lambda: asides.pop(0))
    assert list(stream)[2:] == [
        b'event: state\ndata: {"state": "running"}\n\n',
        b'event: state\ndata: {"state": "completed"}\n\n',
        encode(path.stat().st_size, "over", "{}"),
    ]


def test_a_server_that_stops_ends_the_stream_without_its_end(path):
    tell(path, Metrics(1, {"reward": 0.5}))
    stream = list(follow(path, 0, lambda: False, wait=lambda seconds: True))
    assert [kind for _, kind, _ in parse(stream)] == ["metrics"]


def test_a_client_that_comes_late_hears_a_share_of_the_frequent_and_all_of_the_rare(path):
    log = EventLog(path)
    for i in range(1, 4501):
        log(Progress(i, 5000, 1.0, None, i, 1.0, 0.5, 0.0))
        log(Metrics(i, {"reward": 0.5}))
        if i % 2 == 0:
            log(Alert(i, "plateau", "warning", "learning stands still"))
    log.close()
    life = Life(lambda: tell(path, Metrics(4501, {"reward": 0.5}), Metrics(4502, {"reward": 0.5})))
    events = parse(life.follow(path))
    heard = {
        kind: [json.loads(data)["iteration"] for _, k, data in events if k == kind]
        for kind in ("metrics", "progress", "alert")
    }
    assert heard["metrics"] == [*range(3, 4501, 3), 4501, 4502]  # 4500 / 2000, rounded up
    assert heard["progress"] == list(range(3, 4501, 3))
    assert heard["alert"] == list(range(2, 4501, 2))
    assert [offset for offset, _, _ in events] == sorted(offset for offset, _, _ in events)


def test_a_log_that_is_cut_short_is_followed_from_its_new_end(path):
    tell(path, *(Metrics(i, {"reward": 0.5}) for i in (1, 2)))
    first = path.read_bytes().index(b"\n") + 1

    def cut():
        path.write_bytes(path.read_bytes()[:first])

    life = Life(cut, lambda: tell(path, Metrics(7, {"reward": 0.5})))
    events = parse(life.follow(path))
    assert [json.loads(data)["iteration"] for _, kind, data in events if kind == "metrics"] == [1, 2, 7]


@pytest.fixture
def long_log(path):
    """A log that is read in several pieces."""
    log = EventLog(path)
    for i in range(1, 1501):
        log(Metrics(i, {"reward" * 200: 0.5}))
    log.close()
    return path


def test_what_is_told_while_a_late_client_catches_up_is_heard_once(long_log):
    stream = Life(lambda: None, lambda: None).follow(long_log)
    heard = [next(stream), next(stream)]
    tell(long_log, *(Metrics(i, {"reward": 0.5}) for i in (1501, 1502)))
    told = [json.loads(data) for _, kind, data in parse([*heard, *stream]) if kind == "metrics"]
    assert [event["iteration"] for event in told] == list(range(1, 1503))


def test_a_log_that_is_cut_short_while_a_late_client_catches_up_does_not_hold_it(long_log):
    stream = Life().follow(long_log)
    heard = [next(stream), next(stream)]
    long_log.write_bytes(b"")
    assert parse([*heard, *stream])[-1][:2] == (0, "over")


def test_a_broken_line_is_not_passed_on(path):
    path.write_bytes(b'{"event": "metrics", "iteration": 1, "values": {"a": NaN}}\n\x00\n')
    assert [kind for _, kind, _ in parse(Life().follow(path))] == ["over"]


class Counted:
    """The streams of one process, and how often they read their log."""

    def __init__(self, monkeypatch):
        self.reads, self.now = 0, 0.0
        monkeypatch.setattr(sse, "unread", self.unread)
        self.digest = sse.Digest(clock=lambda: self.now)

    def unread(self, path, offset):
        self.reads += 1
        yield from unread(path, offset)


def test_streams_that_stand_together_share_what_is_read(path, monkeypatch):
    tell(path, Metrics(1, {"reward": 0.5}))
    counted = Counted(monkeypatch)
    told = [list(counted.digest.unread(path, 0)) for _ in range(200)]
    assert counted.reads == 1
    assert all(one == list(unread(path, 0)) for one in told)


def test_what_was_shared_is_read_anew_after_a_while_and_half_a_line_at_once(path, monkeypatch):
    counted = Counted(monkeypatch)
    path.write_bytes(b'{"event": "metrics"')
    assert list(counted.digest.unread(path, 0)) == [(b"", 0)]
    path.write_bytes(b'{"event": "metrics"}\n')
    [(content, behind)] = counted.digest.unread(path, 0)
    assert (b"event: metrics" in content, behind) == (True, 21)
    counted.now = 2.5
    path.write_bytes(b'{"event": "progress"}\n')
    [(content, behind)] = counted.digest.unread(path, 0)
    assert (b"event: progress" in content, behind) == (True, 22)


def test_a_session_that_ends_while_streams_share_is_told_to_its_last_line(path):
    digest = sse.Digest(clock=lambda: 0.0)
    tell(path, Metrics(1, {"reward": 0.5}))
    list(digest.unread(path, 0))
    tell(path, Finished(2, "passed", 9.0))
    events = parse(follow(path, 0, lambda: True, read=digest.unread))
    assert [kind for _, kind, _ in events] == ["metrics", "finished", "over"]


def test_who_has_much_to_catch_up_reads_alone_and_in_pieces(long_log, monkeypatch):
    counted = Counted(monkeypatch)
    assert len(list(counted.digest.unread(long_log, 0))) > 1
    assert not counted.digest._kept
