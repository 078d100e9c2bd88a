import json
import secrets
import signal
import stat

import psutil
import pytest
from patience import wait_until
from rows import row_of, training_row
from running import answers, asked, running
from trainings import LONG

from webfoot.web.database import Database
from webfoot.web.ops import private
from webfoot.web.ops.listener import AddressError
from webfoot.web.ops.opened import Unreachable, opened
from webfoot.web.serve import Serving, serve
from webfoot.web.services import accounts
from webfoot.web.settings import Settings
from webfoot.web.states import State


@pytest.fixture
def token(database) -> str:
    """Of a trainer."""
    with database.writing() as session:
        user = accounts.create(session, None, "trainer@example.org", "trainer")
        return accounts.make_token(session, user, "test", ["train"], None).text


def queue(database: Database, **parameters) -> int:
    """Id of a session that waits."""
    with database.writing() as session:
        owner = accounts.create(session, None, f"{secrets.token_hex(4)}@example.org", "trainer")
        row = training_row(owner.id, State.QUEUED, parameters=parameters, total_epochs=parameters["epochs"])
        session.add(row)
        session.flush()
        return row.id


@pytest.mark.slow
def test_a_service_answers_trains_survives_deaths_and_drains(tmp_path, settings, database, token):
    with running(tmp_path, settings, "serve", "--port", "0", "--threads", "16") as service:
        address = service.line().removeprefix("webfoot answers at ")
        assert address.startswith("http://127.0.0.1:")
        assert answers(address)  # what is printed holds already
        assert_link_works(database, service.line(), address)
        assert_second_is_refused(settings, address)
        with asked(f"{address}/api/v1/training/start", token, LONG) as answer:
            session_id = json.load(answer)["id"]
        wait_until("progress", lambda: row_of(database, session_id).current_epoch >= 2)

        before = service.children()
        assert set(before) == {"web_process", "worker_process"}
        before["web_process"].kill()
        wait_until(
            "another web process", lambda: service.children().get("web_process") not in (None, before["web_process"])
        )
        wait_until("an answer", lambda: answers(address))
        before["worker_process"].kill()
        wait_until("another attempt", lambda: row_of(database, session_id).attempt == 2)
        epoch = row_of(database, session_id).current_epoch
        wait_until("more progress", lambda: row_of(database, session_id).current_epoch > epoch)

        with asked(f"{address}/api/v1/sessions/{session_id}/stream", token) as stream:
            assert stream.readline().startswith(b"retry:")
            service.process.send_signal(signal.SIGTERM)
            assert b"event: over" not in stream.read()  # it ends, and a browser comes back
        assert service.ended() == 0
        row = row_of(database, session_id)
        assert (row.status, row.worker, row.lost) == (State.QUEUED, None, 1)
        assert (settings.runs_dir / str(session_id) / "checkpoints" / "latest.pt").is_file()
        told = service.logged()
        assert [line["message"].split(" (")[0] for line in told if "is started again" in line["message"]] == [
            "web",
            "worker",
        ]
        assert any(line.get("session_id") == session_id and "user_id" in line for line in told), told
        assert token not in service.log.read_text() and "/invitation/" not in service.log.read_text()
    assert sorted(path.name for path in settings.data_dir.iterdir() if path.name.endswith(".tmp")) == []


def assert_link_works(database: Database, line: str, address: str) -> None:
    link = line.rpartition(" ")[2]
    assert link.startswith(f"{address}/invitation/"), line
    with database.reading() as session:
        user = accounts.invitation(session, link.rpartition("/")[2]).user
        assert [role.name for role in user.roles] == ["administrator"]


def assert_second_is_refused(settings: Settings, address: str) -> None:
    port, told = int(address.rpartition(":")[2]), []
    with pytest.raises(AddressError, match=f"port {port} of 127.0.0.1 is taken already; stop what answers there"):
        serve(settings, Serving(port=port), told.append, told.append)
    with pytest.raises(private.InUse, match=f"webfoot serve is running already for .* at {address}"):
        serve(settings, Serving(port=0), told.append, told.append)
    assert told == []


@pytest.mark.slow
def test_two_workers_share_a_queue_and_one_drains_and_a_second_signal_ends_the_other_at_once(
    tmp_path, settings, database
):
    quick = queue(database, epochs=100_000, batch_size=8, **LONG["parameters"])
    slow = queue(database, epochs=100_000, batch_size=4096)  # an iteration takes long
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with running(tmp_path / "one", settings, "worker") as one, running(tmp_path / "two", settings, "worker") as two:
        wait_until("both to work", lambda: all(row_of(database, id).worker for id in (quick, slow)))
        of_name = {str(worker.process.pid): worker for worker in (one, two)}
        polite, blunt = (of_name[row_of(database, id).worker.rpartition("-")[2]] for id in (quick, slow))
        wait_until("progress", lambda: row_of(database, quick).current_epoch >= 1)
        assert ("consumer_process" in one.children()) == bool(settings.broker_url)
        polite.process.send_signal(signal.SIGINT)
        assert polite.ended() == 0
        trainer = blunt.children()["trainer_process"]
        blunt.process.send_signal(signal.SIGTERM)
        wait_until("the drain", lambda: any("drains" in line["message"] for line in blunt.logged()))
        blunt.process.send_signal(signal.SIGTERM)
        assert blunt.ended() == 130
        wait_until("the trainer's end", lambda: not trainer.is_running())
    given_back, left_to_others = row_of(database, quick), row_of(database, slow)
    assert (given_back.status, given_back.worker) == (State.QUEUED, None)
    assert left_to_others.status is State.RUNNING


def test_a_supervisor_that_is_killed_takes_all_with_it_and_another_one_may_serve_more_people(tmp_path, settings):
    with running(tmp_path, settings, "serve", "--port", "0", "--threads", "8") as service:
        address = service.line().rpartition(" ")[2]
        assert answers(address)
        children = psutil.Process(service.process.pid).children(recursive=True)
        service.process.kill()
        wait_until("the end of all", lambda: not any(child.is_running() for child in children))
        (left,) = settings.data_dir.glob(".serve.lock.*.tmp")
        assert stat.S_IMODE(left.stat().st_mode) == 0o600
    port = address.rpartition(":")[2]
    with running(tmp_path, settings, "serve", "--host", "0.0.0.0", "--port", port, "--no-worker") as again:
        assert again.line() == f"webfoot answers at {address}"
        assert answers(address)
        assert not left.exists()
        again.process.send_signal(signal.SIGINT)
        assert again.ended() == 0
    (line,) = (line for line in again.log.read_text().splitlines() if not line.startswith("{"))
    assert line.startswith("warning: 0.0.0.0 can be reached from other machines") and "secure_cookies" in line


def test_a_database_of_a_newer_version_is_refused(settings):
    database = opened(settings)
    with database.writing() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.engine.dispose()
    with pytest.raises(Unreachable, match="was made by a newer webfoot"):
        opened(settings)
