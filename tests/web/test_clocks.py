"""Machines whose clock is wrong and is moved: no two clocks are compared, so nothing is lost and nothing done twice."""

import json
from datetime import timedelta

import pytest
from fleet import Fleet, Told
from moved_clock import FAKETIME, MovedClock
from patience import wait_until
from rows import rows_of
from running import answers, asked
from sqlalchemy import select
from stack import free_port
from trainings import SMALL

from webfoot.web.models.base import now
from webfoot.web.models.notice import WorkerRow
from webfoot.web.services import accounts
from webfoot.web.states import State

pytestmark = pytest.mark.skipif(FAKETIME is None, reason="libfaketime is not installed (Debian: faketime)")

SHORT = {**SMALL, "epochs": 1}
HOURS = {"+1h": timedelta(hours=1), "-1h": timedelta(hours=-1)}
MINUTE = timedelta(minutes=1)


def workers_differ(database, by: timedelta) -> bool:
    """Whether two workers are there, and their clocks are so far apart."""
    with database.reading() as session:
        seen = list(session.scalars(select(WorkerRow.seen_at)))
    return len(seen) == 2 and abs(abs(seen[1] - seen[0]) - abs(by)) < MINUTE


def submit(address: str, token: str) -> int:
    with asked(f"{address}/api/v1/training/start", token, SHORT) as answer:
        return json.load(answer)["id"]


def each_is_done_once(database, patient, wrong: dict[str, str], jobs: int) -> None:
    """Ask for short trainings while some processes are wrong about the time; amidst two of them all are set right."""
    clocks = {name: MovedClock(patient.data_dir / f"{name}.clock", by) for name, by in wrong.items()}
    off = {name: HOURS[by] for name, by in wrong.items()}
    with database.writing() as session:
        user = accounts.create(session, None, "maker@example.org", "trainer")
        token = accounts.make_token(session, user, "test", ["train"], None).text
    with Fleet(patient, workers=2, port=free_port(), clocks=clocks) as fleet:
        address = f"http://127.0.0.1:{fleet.port}"
        wait_until("an answer", lambda: answers(address))
        wait_until("two workers", lambda: workers_differ(database, off.get("worker 1", timedelta())))
        began, ids = now(), [submit(address, token) for _ in range(jobs)]
        wait_until("two at once", lambda: [row.state for row in rows_of(database, ids)].count(State.RUNNING) == 2)
        for clock in clocks.values():
            clock.move("+0h")
        wait_until("two workers who agree", lambda: workers_differ(database, timedelta()))
        wait_until("the end of all", lambda: all(row.status.is_finished for row in rows_of(database, ids)), 60.0 * jobs)
    rows = rows_of(database, ids)
    for row in rows:
        assert abs(row.created_at - began - off.get("web", timedelta())) < MINUTE
        assert (row.state, row.attempt, row.lost) == (State.COMPLETED, 1, 0), row.error_message
        assert Told.of(patient.runs_dir / str(row.id) / "events.jsonl").iterations == [1]
    assert len({row.worker for row in rows}) == 2


def test_a_worker_that_is_ahead_and_a_web_server_that_is_behind_do_no_harm(database, patient):
    each_is_done_once(database, patient, {"worker 1": "+1h", "web": "-1h"}, jobs=2)


@pytest.mark.soak
@pytest.mark.parametrize("by", HOURS)
@pytest.mark.parametrize("who", ["worker 1", "web"])
def test_many_short_jobs_are_done_once_each_whoever_is_wrong_about_the_time(database, patient, who, by):
    each_is_done_once(database, patient, {who: by}, jobs=50)
