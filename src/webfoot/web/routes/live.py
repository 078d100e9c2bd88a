"""Live streams, as server-sent events: of one session, and of all that a user may see.

A stream holds one thread of the web server for as long as it is open, and next to nothing else: give the server as many
threads as streams are expected, and some more for everything else.
"""

from collections.abc import Iterator
from typing import cast

from apiflask import APIBlueprint
from flask import Response, current_app, g, request
from flask.blueprints import BlueprintSetupState
from pydantic import Field

from webfoot.runs import Run
from webfoot.web.context import Service, service
from webfoot.web.gate import allow, by_token
from webfoot.web.live.feed import Feed
from webfoot.web.live.rights import Viewer
from webfoot.web.live.sse import HEARTBEAT, HEARTBEAT_S, RETRY, encode, follow, offset_of
from webfoot.web.live.stream import Mailbox, Stream
from webfoot.web.models.training import TrainingSession
from webfoot.web.schemas.base import Model
from webfoot.web.services.access import is_administrator, seen
from webfoot.web.stopping import STOPPING

bp = APIBlueprint("live", __name__, tag="Live")

EVENTS = {"description": "Server-sent events.", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
FEED = "webfoot.feed"
"""Under which the application keeps its feed."""


class StreamQuery(Model):
    """Where a stream goes on; the header `Last-Event-ID`, which browsers send by themselves, comes first."""

    last_event_id: str = Field(default="", max_length=20, description="The last id that was heard.")


@bp.record_once
def _make_feed(state: BlueprintSetupState) -> None:
    here: Service = state.app.extensions["webfoot"]
    state.app.extensions[FEED] = Feed(here.database, STOPPING)


def feed() -> Feed:
    """The live streams of the current application."""
    return cast(Feed, current_app.extensions[FEED])


@bp.get("/sessions/<int:session_id>/stream")
@allow("viewer")
@bp.input(StreamQuery, location="query", arg_name="asked")
@bp.doc(responses={200: EVENTS})
def of_session(session_id: int, asked: StreamQuery) -> Response:
    """What one training tells, from the offset in `Last-Event-ID` on, with `state` events in between.

    `over` ends it once the session has ended and all was told; a client closes the stream then.
    """
    row = seen(service().session, service().user, TrainingSession, session_id)
    path = Run((service().settings.runs_dir / str(row.id)).resolve()).events_file
    stream = _open(Mailbox(_viewer(), session_id=row.id, path=path))
    told = follow(
        path,
        offset_of(_last_id(asked)),
        stream.is_over,
        wait=lambda _: stream.wait(HEARTBEAT_S),
        aside=stream.states,
        read=feed().digest.unread,
    )
    return _answer(stream, told)


@bp.get("/stream")
@allow("viewer")
@bp.input(StreamQuery, location="query", arg_name="asked")
@bp.doc(responses={200: EVENTS})
def of_user(asked: StreamQuery) -> Response:
    """`state` of every session that one may see, at first and whenever it changes, and `alert` for each new alert.

    The id of an alert is the one of the event, so that a client which comes back hears of those it missed.
    """
    last = _last_id(asked)
    stream = _open(Mailbox(_viewer(), since=offset_of(last) if last else None))
    return _answer(stream, _all_of(stream))


def _all_of(stream: Stream) -> Iterator[bytes]:
    yield RETRY
    while not stream.wait(HEARTBEAT_S):
        told = [encode(None, *state) for state in stream.states()]
        told += [encode(id, "alert", text) for id, text in stream.alerts()]
        yield b"".join(told) or HEARTBEAT


def _last_id(asked: StreamQuery) -> str:
    return request.headers.get("Last-Event-ID") or asked.last_event_id


def _viewer() -> Viewer:
    user, token = service().user, by_token()
    return Viewer(user.id, token.secret_hash if token else None, user.fs_uniquifier, is_administrator(user))


def _open(box: Mailbox) -> Stream:
    g.stream = feed().open(box, service().user.quota_over(service().settings.quota).streams)
    return g.stream


@bp.teardown_request
def _close_unsent(error: BaseException | None) -> None:
    """Give the place of a stream back whose answer was lost on the way to the server."""
    if error is not None and "stream" in g:
        g.stream.close()


def _answer(stream: Stream, told: Iterator[bytes]) -> Response:
    answer = Response(told, mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})
    answer.call_on_close(stream.close)
    return answer
