import contextlib
import json
import threading
from collections.abc import Iterator

import pytest
from event_log import tell
from patience import wait_until
from rows import alert_row, keep, training_row
from sqlalchemy import event

from webfoot.learn.events import Finished, Metrics
from webfoot.runs import Run
from webfoot.web.live.feed import UNCHECKED_S, Feed
from webfoot.web.live.rights import Viewer
from webfoot.web.live.stream import Mailbox
from webfoot.web.models.access import ApiToken, Share
from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import User
from webfoot.web.routes.live import FEED
from webfoot.web.services.quota import OverQuota
from webfoot.web.states import State


@pytest.fixture
def feed(app) -> Feed:
    return app.extensions[FEED]


@pytest.fixture
def stopped(feed) -> Iterator[Feed]:
    """A feed whose thread does nothing; `look` is called by the test, at the time that it says."""
    yield Feed(feed.database, feed.stopping, clock=lambda: 0.0)


class Listener:
    """A client that reads a stream event by event."""

    def __init__(self, caller, path, **given):
        self.answer = caller("GET", path, **given)
        assert self.answer.status_code == 200, self.answer.json
        self._chunks = iter(self.answer.response)
        self._waiting: list[tuple[str | None, str, dict]] = []

    def __iter__(self):
        return self

    def __next__(self) -> tuple[str | None, str, dict]:
        while not self._waiting:
            for block in next(self._chunks).decode().split("\n\n"):
                fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
                if "event" in fields:
                    self._waiting.append((fields.get("id"), fields["event"], json.loads(fields["data"])))
        return self._waiting.pop(0)

    def until(self, kind: str) -> tuple[str | None, str, dict]:
        return next(event for event in self if event[1] == kind)

    def close(self) -> None:
        self.answer.close()


@pytest.fixture
def listen():
    """Opens streams, and closes them in the end."""
    with contextlib.ExitStack() as stack:

        def open(caller, path, **given) -> Listener:
            listener = Listener(caller, path, **given)
            stack.callback(listener.close)
            return listener

        yield open


@pytest.fixture
def session_of(service):
    """Makes a session of a user, and its run folder."""

    def make(user_id: int, state: State = State.RUNNING, name: str = "walk") -> int:
        id = keep(service, training_row(user_id, state, name=name, attempt=1))
        Run.create_at(service.settings.runs_dir / str(id))
        return id

    return make


def change(service, session_id, **values):
    with service.database.writing() as session:
        row = session.get_one(TrainingSession, session_id)
        for name, value in values.items():
            setattr(row, name, value)


def log_of(service, session_id):
    return Run(service.settings.runs_dir / str(session_id)).events_file


def test_a_session_is_followed_from_its_log_and_its_row_to_its_end(caller, service, session_of, listen):
    trainer = caller()
    mine = session_of(trainer.user_id)
    tell(log_of(service, mine), Metrics(1, {"reward": 0.5}))
    stream = listen(trainer, f"/api/v1/sessions/{mine}/stream")
    assert stream.answer.mimetype == "text/event-stream"
    assert stream.answer.headers["Cache-Control"] == "no-store"
    id, kind, told = next(stream)
    size = log_of(service, mine).stat().st_size
    assert (id, kind, told["values"]) == (str(size), "metrics", {"reward": 0.5})
    id, kind, told = next(stream)
    assert (id, kind, told["state"], told["current_epoch"]) == (None, "state", "running", 0)
    change(service, mine, current_epoch=2)
    assert next(stream)[2]["current_epoch"] == 2
    tell(log_of(service, mine), Finished(2, "epochs", 9.0))
    change(service, mine, state=State.COMPLETED, passed=True)
    rest = list(stream)
    assert [kind for _, kind, _ in rest] == ["finished", "state", "over"]
    assert (rest[1][2]["state"], rest[1][2]["passed"]) == ("completed", True)


@pytest.mark.parametrize("how", ["header", "query"])
def test_a_client_that_comes_back_hears_the_rest(caller, service, session_of, listen, how):
    trainer = caller()
    mine = session_of(trainer.user_id, State.COMPLETED)
    tell(log_of(service, mine), *(Metrics(i, {"reward": 0.5}) for i in (1, 2, 3)))
    path = f"/api/v1/sessions/{mine}/stream"
    first = next(listen(trainer, path))[0]
    given = {"headers": {"Last-Event-ID": first}} if how == "header" else {"query_string": {"last_event_id": first}}
    told = list(listen(trainer, path, **given))
    assert [event["iteration"] for _, kind, event in told if kind == "metrics"] == [2, 3]
    assert told[-1][1] == "over"


def test_a_user_hears_of_the_sessions_that_they_may_see_and_of_their_alerts(caller, service, session_of, listen):
    trainer, other, administrator = caller(), caller(), caller("administrator")
    mine, foreign = session_of(trainer.user_id, name="mine"), session_of(other.user_id, name="foreign")
    stream, all_of_it = listen(trainer, "/api/v1/stream"), listen(administrator, "/api/v1/stream")
    assert next(stream)[2]["name"] == "mine"
    assert {next(all_of_it)[2]["name"] for _ in range(2)} == {"mine", "foreign"}
    keep(service, alert_row(other.user_id, session_id=foreign))
    change(service, foreign, current_epoch=1)
    assert next(all_of_it)[2]["current_epoch"] == 1  # of somebody else's alerts an administrator hears nothing
    first = keep(service, alert_row(trainer.user_id, session_id=mine))
    id, kind, told = next(stream)
    assert (id, kind, told["message"], told["session_id"]) == (str(first), "alert", "walk: plateau", mine)
    stream.close()
    second = keep(service, alert_row(trainer.user_id, "nan", mine))
    again = listen(trainer, "/api/v1/stream", headers={"Last-Event-ID": str(first)})
    assert again.until("alert")[0] == str(second)
    assert Listener(trainer, "/api/v1/stream").until("state")[2]["id"] == mine  # a new client hears of no old alert


def test_a_session_that_ended_while_a_client_was_away_is_told_when_it_comes_back(caller, service, session_of, listen):
    trainer = caller()
    mine = session_of(trainer.user_id)
    stream = listen(trainer, "/api/v1/stream")
    assert next(stream)[2]["state"] == "running"
    stream.close()
    change(service, mine, state=State.FAILED)
    assert next(listen(trainer, "/api/v1/stream"))[2]["state"] == "failed"


def test_what_one_may_not_see_cannot_be_followed(app, caller, session_of):
    mine = session_of(caller().user_id)
    answer = caller()("GET", f"/api/v1/sessions/{mine}/stream")
    assert (answer.status_code, answer.json["error"]) == (404, f"there is no session {mine}")
    for path in (f"/api/v1/sessions/{mine}/stream", "/api/v1/stream"):
        assert app.test_client().get(path).status_code == 401


def test_the_cap_of_a_user_holds_and_nothing_of_it_is_lost_however_a_client_goes(caller, feed, session_of):
    trainer = caller(streams=2)
    path = f"/api/v1/sessions/{session_of(trainer.user_id)}/stream"
    for _ in range(3):  # closed before, after the first word, and forgotten
        first, second = trainer("GET", "/api/v1/stream"), trainer("GET", path)
        refused = trainer("GET", path)
        assert refused.status_code == 429
        assert refused.json["error"].startswith("2 live streams of yours are open, and 2 may; close one")
        assert caller()("GET", "/api/v1/stream").status_code == 200  # others have their own; it is forgotten here
        next(iter(second.response))
        first.close()
        second.close()
    trainer("HEAD", path).close()
    forgotten = trainer("GET", path)
    del forgotten
    assert trainer("GET", path).status_code == 200
    wait_until("the end of all streams", lambda: len(feed) == 0)


def test_an_answer_that_never_leaves_gives_its_place_back(app, caller, feed):
    trainer = caller(streams=1)
    app.testing = False

    @app.after_request
    def break_it(response):
        if response.mimetype == "text/event-stream":
            raise RuntimeError("a fault after the view")
        return response

    for _ in range(2):
        assert trainer("GET", "/api/v1/stream").status_code == 500
    assert len(feed) == 0


def test_no_connection_is_held_while_streams_wait(caller, service, session_of, listen, feed):
    trainer = caller(streams=30)
    mine = session_of(trainer.user_id)
    streams = [listen(trainer, f"/api/v1/sessions/{mine}/stream") for _ in range(20)]
    for stream in streams:
        assert next(stream)[1] == "state"
    assert len(feed) == 20
    assert len([thread for thread in threading.enumerate() if thread.name == "feed"]) >= 1
    wait_until("an idle pool", lambda: service.database.engine.pool.checkedout() == 0)
    change(service, mine, current_epoch=7)
    assert {next(stream)[2]["current_epoch"] for stream in streams} == {7}


class Counter:
    """Counts the queries of an engine."""

    def __init__(self, engine):
        self.count = 0
        event.listen(engine, "before_cursor_execute", self._add)

    def _add(self, *_):
        self.count += 1


def test_two_hundred_streams_cost_as_many_queries_as_one(stopped, caller, session_of):
    users = [caller() for _ in range(10)]
    boxes = [Mailbox(viewer_of(stopped, user), session_id=session_of(user.user_id)) for user in users]
    stopped._thread = threading.current_thread()
    counted = Counter(stopped.database.engine)

    def queries_of(looks):
        stopped._rows_at = float("-inf")
        counted.count = 0
        looks()
        return counted.count

    first = stopped.open(boxes[0], 1)
    stopped.look()
    alone = queries_of(stopped.look)
    streams = [stopped.open(Mailbox(box.viewer, box.session_id), 100) for box in boxes for _ in range(20)]
    stopped.look()
    assert queries_of(stopped.look) == alone
    assert all(stream.states()[0][0] == "state" for stream in [first, *streams])


def viewer_of(feed, caller) -> Viewer:
    with feed.database.reading() as session:
        user = session.get_one(User, caller.user_id)
        token = session.query(ApiToken).filter_by(user_id=user.id).one()
        return Viewer(user.id, token.secret_hash, user.fs_uniquifier)


def unshare(session, caller, mine):
    session.query(Share).filter_by(object_id=mine).delete()


def deactivate(session, caller, mine):
    session.get_one(User, caller.user_id).active = False


def revoke(session, caller, mine):
    session.query(ApiToken).filter_by(user_id=caller.user_id).delete()


def take_role(session, caller, mine):
    session.get_one(User, caller.user_id).roles = []


def remove(session, caller, mine):
    session.delete(session.get_one(TrainingSession, mine))


def test_a_stream_ends_with_the_right_to_it(service, caller, session_of, listen):
    owner, ways = caller(), (unshare, deactivate, revoke, take_role, remove)
    guests = [caller("viewer") for _ in ways]
    ids = [session_of(owner.user_id) for _ in ways]
    with service.database.writing() as session:
        for guest, mine in zip(guests, ids, strict=True):
            session.add(Share(kind="session", object_id=mine, user_id=guest.user_id))
    streams = [listen(guest, f"/api/v1/sessions/{mine}/stream") for guest, mine in zip(guests, ids, strict=True)]
    assert [next(stream)[2]["state"] for stream in streams] == ["running"] * len(ways)
    with service.database.writing() as session:
        for withdraw, guest, mine in zip(ways, guests, ids, strict=True):
            withdraw(session, guest, mine)
    assert [list(stream) for stream in streams] == [[]] * len(ways)  # without `over`: who comes back is told why not


def test_a_new_password_ends_what_was_opened_before_it(stopped, caller):
    user = caller()
    stopped._thread = threading.current_thread()
    login = viewer_of(stopped, user).login
    stream = stopped.open(Mailbox(Viewer(user.user_id, None, login)), 1)
    stopped.look()
    assert not stream.wait(0)
    with stopped.database.writing() as session:
        session.get_one(User, user.user_id).fs_uniquifier = "another"
    stopped._rows_at = stopped._rights_at = float("-inf")
    stopped.look()
    assert stream.wait(0)


def test_streams_whose_rights_cannot_be_checked_end_after_a_minute(stopped, caller):
    now = [0.0]
    stopped.clock = lambda: now[0]
    stopped._thread = threading.current_thread()
    stream = stopped.open(Mailbox(viewer_of(stopped, caller())), 1)
    stopped.look()
    with stopped.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE users RENAME TO gone")
    now[0] = UNCHECKED_S
    stopped.look()
    assert not stream.wait(0)
    now[0] = UNCHECKED_S + 0.1
    stopped.look()
    assert stream.wait(0)


def test_streams_end_at_once_when_the_server_stops(service, caller):
    stopping = threading.Event()
    feed = Feed(service.database, stopping)
    viewer = viewer_of(feed, caller())
    stream = feed.open(Mailbox(viewer), 2)
    stopping.set()
    wait_until("the end of the stream", lambda: stream.wait(0.01))
    late = feed.open(Mailbox(viewer), 2)
    wait_until("the end of a late stream", lambda: late.wait(0.01))
    with pytest.raises(OverQuota, match="2 live streams of yours are open, and 2 may"):
        feed.open(Mailbox(viewer), 2)
