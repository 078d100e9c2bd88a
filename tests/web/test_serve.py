import contextlib
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from webfoot.cli.app import main
from webfoot.web.database import Database
from webfoot.web.models.training import TrainingSession
from webfoot.web.ops import private
from webfoot.web.ops.child import Child, end_all
from webfoot.web.ops.listener import AddressError, address_of, is_local, listen
from webfoot.web.ops.opened import Unreachable, opened
from webfoot.web.ops.parent import StopSignals
from webfoot.web.serve import Serving, serve
from webfoot.web.services import accounts
from webfoot.web.services.access import NotFound
from webfoot.web.settings import Settings, load_settings, save_settings
from webfoot.web.states import State

LONG = {
    "reference_motion": "walk",
    "epochs": 100_000,
    "batch_size": 8,
    "parameters": {"checkpoint_every": 1, "rollout": {"episodes": 2, "episode_s": 1.0}, "stop_when_passed": False},
}
PATIENCE_S = 240.0
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("WEBFOOT_")}


def wait_for(what, condition):
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come")


class Running:
    """A `webfoot` command in a process of its own."""

    def __init__(self, folder: Path, settings: Settings, *words: str):
        self.settings, self.log = settings, folder / f"{words[0]}.log"
        file = folder / "settings.json"
        save_settings(settings, file)
        command = [sys.executable, "-m", "webfoot.cli", *words, "--settings", str(file), "--log-format", "json"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=ENVIRONMENT)

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def children(self) -> dict[str, psutil.Process]:
        """Those that live, by the last part of their module's name."""
        found = {}
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.ZombieProcess, psutil.NoSuchProcess):
                if child.cmdline()[1:2] == ["-m"]:
                    found[child.cmdline()[2].rpartition(".")[2]] = child
        return found

    def logged(self) -> list[dict]:
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def ended(self) -> int:
        return self.process.wait(PATIENCE_S)


@contextmanager
def running(folder: Path, settings: Settings, *words: str) -> Iterator[Running]:
    made = Running(folder, settings, *words)
    try:
        yield made
    finally:
        made.process.kill()
        made.process.wait()
        assert made.process.stdout is not None
        made.process.stdout.close()


@pytest.fixture
def token(settings) -> str:
    """Of a trainer."""
    database = opened(settings)
    with database.writing() as session:
        user = accounts.create(session, None, "trainer@example.org", "trainer")
        made = accounts.make_token(session, user, "test", ["train"], None)
    database.engine.dispose()
    return made.text


def asked(address: str, token: str = "", body: dict | None = None):
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    return urllib.request.urlopen(urllib.request.Request(address, data, headers), timeout=60)


def answers(address: str) -> bool:
    try:
        with asked(f"{address}/readyz") as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError):
        return False


def row_of(settings: Settings, session_id: int) -> TrainingSession:
    database = Database(settings.database)
    with database.reading() as session:
        row = session.get_one(TrainingSession, session_id)
    database.engine.dispose()
    return row


@pytest.mark.slow
def test_a_service_answers_trains_survives_deaths_and_drains(tmp_path, settings, token):
    with running(tmp_path, settings, "serve", "--port", "0", "--threads", "16") as service:
        address = service.line().removeprefix("webfoot answers at ")
        assert address.startswith("http://127.0.0.1:")
        assert_link_works(settings, service.line(), address)
        assert_second_is_refused(settings, address)
        wait_for("an answer", lambda: answers(address))
        with asked(f"{address}/api/v1/training/start", token, LONG) as answer:
            session_id = json.load(answer)["id"]
        wait_for("progress", lambda: row_of(settings, session_id).current_epoch >= 2)

        before = service.children()
        assert set(before) == {"web_process", "worker_process"}
        before["web_process"].kill()
        wait_for(
            "another web process", lambda: service.children().get("web_process") not in (None, before["web_process"])
        )
        wait_for("an answer", lambda: answers(address))
        before["worker_process"].kill()
        wait_for("another attempt", lambda: row_of(settings, session_id).attempt == 2)
        epoch = row_of(settings, session_id).current_epoch
        wait_for("more progress", lambda: row_of(settings, session_id).current_epoch > epoch)

        with asked(f"{address}/api/v1/sessions/{session_id}/stream", token) as stream:
            assert stream.readline().startswith(b"retry:")
            service.process.send_signal(signal.SIGTERM)
            assert b"event: over" not in stream.read()  # it ends, and a browser comes back
        assert service.ended() == 0
        row = row_of(settings, session_id)
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


def assert_link_works(settings: Settings, line: str, address: str) -> None:
    link = line.rpartition(" ")[2]
    assert link.startswith(f"{address}/invitation/"), line
    database = Database(settings.database)
    with database.reading() as session:
        user = accounts.invitation(session, link.rpartition("/")[2]).user
        assert [role.name for role in user.roles] == ["administrator"]
    database.engine.dispose()


def assert_second_is_refused(settings: Settings, address: str) -> None:
    port, told = int(address.rpartition(":")[2]), []
    with pytest.raises(AddressError, match=f"port {port} of 127.0.0.1 is taken already; stop what answers there"):
        serve(settings, Serving(port=port), told.append, told.append)
    with pytest.raises(private.InUse, match=f"webfoot serve is running already for .* at {address}"):
        serve(settings, Serving(port=0), told.append, told.append)
    assert told == []


@pytest.mark.slow
def test_two_workers_share_a_queue_and_both_drain(tmp_path, settings, token):
    database = opened(settings)
    with database.writing() as session:
        owner = accounts.create(session, None, "two@example.org", "trainer")
        for _ in range(2):
            session.add(
                TrainingSession(
                    owner=owner,
                    name="walk",
                    reference_motion="walk",
                    robot="duckling",
                    parameters={key: LONG[key] for key in ("epochs", "batch_size")} | LONG["parameters"],
                    timeout_minutes=60.0,
                    total_epochs=LONG["epochs"],
                )
            )
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with running(tmp_path / "one", settings, "worker") as one, running(tmp_path / "two", settings, "worker") as two:
        wait_for("both to train", lambda: all(row_of(settings, id).current_epoch >= 1 for id in (1, 2)))
        assert len({row_of(settings, id).worker for id in (1, 2)}) == 2
        assert ("consumer_process" in one.children()) == bool(settings.broker_url)
        one.process.send_signal(signal.SIGINT)
        two.process.send_signal(signal.SIGTERM)
        assert (one.ended(), two.ended()) == (0, 0)
    database.engine.dispose()
    assert {row_of(settings, id).worker for id in (1, 2)} == {None}


@pytest.mark.slow
def test_a_second_signal_ends_a_worker_at_once_and_its_session_is_left_to_others(tmp_path, settings, token):
    database = opened(settings)
    with database.writing() as session:
        owner = accounts.create(session, None, "two@example.org", "trainer")
        session.add(
            TrainingSession(
                owner=owner,
                name="walk",
                reference_motion="walk",
                robot="duckling",
                parameters={"epochs": 100_000, "batch_size": 4096},  # an iteration takes long
                timeout_minutes=60.0,
                total_epochs=100_000,
            )
        )
    database.engine.dispose()
    with running(tmp_path, settings, "worker") as worker:
        trainer = wait_for("a trainer", lambda: worker.children().get("trainer_process"))
        worker.process.send_signal(signal.SIGTERM)
        wait_for("the drain", lambda: any("drains" in line["message"] for line in worker.logged()))
        worker.process.send_signal(signal.SIGTERM)
        assert worker.ended() == 130
        wait_for("the trainer's end", lambda: not trainer.is_running())
    assert row_of(settings, 1).status is State.RUNNING


def test_a_supervisor_that_is_killed_takes_all_with_it(tmp_path, settings):
    with running(tmp_path, settings, "serve", "--port", "0", "--threads", "8") as service:
        address = service.line().rpartition(" ")[2]
        wait_for("an answer", lambda: answers(address))
        children = psutil.Process(service.process.pid).children(recursive=True)
        service.process.kill()
        wait_for("the end of all", lambda: not any(child.is_running() for child in children))
        (left,) = settings.data_dir.glob(".serve.lock.*.tmp")
        assert stat.S_IMODE(left.stat().st_mode) == 0o600
    port = address.rpartition(":")[2]
    with running(tmp_path, settings, "serve", "--port", port, "--no-worker") as again:
        assert again.line() == f"webfoot answers at {address}"
        wait_for("an answer", lambda: answers(address))
        assert not left.exists()
        again.process.send_signal(signal.SIGINT)
        assert again.ended() == 0


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def kept_until_down(child: Child) -> None:
    wait_for("its end", child.has_ended)
    child.keep()


def test_a_child_that_dies_is_started_again_after_longer_and_longer_waits(caplog):
    clock = Clock()
    child = Child("one", "this_module_is_not_there", [], clock=clock)
    waits = []
    for _ in range(8):
        child.keep()
        starts = child.starts
        kept_until_down(child)
        began = clock.now
        while child.starts == starts:
            clock.now += 0.25
            child.keep()
        waits.append(clock.now - began)
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert "one (process " in caplog.text and "ended with code 1; it is started again in 0.5 s" in caplog.text
    clock.now += 60.0  # it lived well: the next wait is a short one again
    kept_until_down(child)
    clock.now += 0.5
    starts = child.starts
    child.keep()
    assert child.starts == starts + 1
    child.kill()


def test_a_child_whose_parent_ended_while_it_was_loading_ends_too(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for module, words in (("ops.consumer_process", ["x", "json"]), ("work.trainer_process", [])):
        command = [sys.executable, "-m", f"webfoot.web.{module}", str(ended.pid), *words]
        child = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S, check=False)
        assert child.returncode in (-signal.SIGTERM, -signal.SIGKILL), child


def test_who_does_not_end_in_time_is_killed(tmp_path, monkeypatch):
    (tmp_path / "deaf.py").write_text("import signal\nsignal.pthread_sigmask(0, [15])\nsignal.pause()\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    deaf = Child("deaf", "deaf", [])
    deaf.keep()
    assert deaf.pid is not None
    process = psutil.Process(deaf.pid)
    wait_for("deafness", lambda: "00004000" in signals_blocked(process.pid))
    assert end_all([deaf], lambda: False, 0.2) is False
    assert deaf.has_ended() and not process.is_running()
    assert end_all([deaf, Child("never started", "this", [])], lambda: False, 0.2) is True


def signals_blocked(pid: int) -> str:
    return Path(f"/proc/{pid}/status").read_text().partition("SigBlk:")[2].split()[0]


def test_signals_are_counted_and_do_nothing_else():
    before = signal.getsignal(signal.SIGINT)
    with StopSignals() as signals:
        for number in (signal.SIGTERM, signal.SIGINT):
            os.kill(os.getpid(), number)
        wait_for("both", lambda: signals.count == 2)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    ("host", "port", "said"),
    [
        ("127.0.0.1", 70_000, "option --port is 70000: a whole number from 0 to 65535 would be right"),
        ("no such host", 0, "option --host is 'no such host', which is no address"),
        ("203.0.113.7", 0, "this machine cannot answer at 203.0.113.7"),
    ],
)
def test_an_address_that_cannot_be_had_is_refused(host, port, said):
    with pytest.raises(AddressError, match=said):
        listen(host, port)


def test_addresses_are_named_for_browsers_and_told_apart():
    with listen("0.0.0.0", 0) as everywhere, listen("127.0.0.1", 0) as here:
        assert address_of(everywhere) == f"http://127.0.0.1:{everywhere.getsockname()[1]}"
        assert (is_local(everywhere), is_local(here)) == (False, True)
    if socket.has_ipv6:
        with listen("::1", 0) as six:
            assert address_of(six) == f"http://[::1]:{six.getsockname()[1]}"
            assert is_local(six)


def test_settings_travel_whole_and_privately(tmp_path):
    settings = Settings(data_dir=tmp_path, database_url="postgresql://me:pw@host/x", concurrency=3)
    file = tmp_path / "file"
    file.write_text("old")
    file.chmod(0o644)
    save_settings(settings, file)
    assert load_settings(file) == settings
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_lock_is_held_by_one_and_says_by_whom(tmp_path):
    lock = tmp_path / "new" / "lock"
    with private.held(lock, "webfoot serve", address="http://here"):
        assert private.told_by(lock) == {"pid": os.getpid(), "address": "http://here"}
        said = rf"webfoot serve is running already for .*new \(process {os.getpid()} at http://here\); wait, or stop it"
        with pytest.raises(private.InUse, match=said), private.held(lock, "webfoot serve"):
            pass
    assert private.told_by(lock) == {}
    with private.held(lock, "webfoot serve"):
        pass


def test_a_database_of_a_newer_version_is_refused(settings):
    database = opened(settings)
    with database.writing() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.engine.dispose()
    with pytest.raises(Unreachable, match="was made by a newer webfoot"):
        opened(settings)


@pytest.fixture
def command(settings, monkeypatch, tmp_path, capsys):
    for name in [name for name in os.environ if name.startswith("WEBFOOT_")]:
        monkeypatch.delenv(name)
    save_settings(settings, tmp_path / "settings.json")

    def call(*words: str) -> tuple[int, str, str]:
        code = main([*words, "--settings", str(tmp_path / "settings.json")])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_accounts_are_made_listed_invited_again_and_disabled(command, settings):
    code, link, _ = command("user", "add", "Ada@Example.org", "--role", "administrator", "--name", "Ada")
    assert code == 0 and link.startswith("http://127.0.0.1:8800/invitation/")
    assert command("user", "add", "ben@example.org")[0] == 0
    assert command("user", "add", "ben@example.org")[::2] == (
        2,
        "webfoot: ben@example.org has an account already; invite it again instead\n",
    )
    assert "'nobody' is no e-mail address" in command("user", "add", "nobody")[2]
    again = command("user", "link", "ada@example.org")[1]
    database = Database(settings.database)
    with database.reading() as session:
        assert accounts.invitation(session, again.strip().rpartition("/")[2]).user.name == "Ada"
        with pytest.raises(NotFound, match="this link was used already"):
            accounts.invitation(session, link.strip().rpartition("/")[2])
    database.engine.dispose()
    assert command("user", "disable", "ben@example.org")[:2] == (0, "ben@example.org is disabled\n")
    assert "the account of ben@example.org is closed" in command("user", "link", "ben@example.org")[2]
    assert "there is no account of zoe@example.org" in command("user", "disable", "zoe@example.org")[2]
    listed = [line.split() for line in command("user", "list")[1].splitlines()]
    assert listed == [
        ["ada@example.org", "administrator", "invited", "Ada"],
        ["ben@example.org", "trainer", "disabled", "ben"],
    ]
    told = json.loads(command("user", "list", "--json")[1])["users"]
    assert [(user["role"], user["active"], user["opened"]) for user in told] == [
        ("administrator", True, False),
        ("trainer", False, False),
    ]


def test_wrong_options_of_the_service_are_one_sentence(command):
    assert command("serve", "--threads", "1")[2].startswith("webfoot: option --threads is 1: a whole number from 4")
    assert "setting 'concurrency' is 0" in command("worker", "--concurrency", "0")[2]
    assert "holds no service" in command("backup", "x.tar.gz")[2]


def test_a_service_that_others_can_reach_without_tls_is_warned_of(tmp_path, settings):
    with running(tmp_path, settings, "serve", "--host", "0.0.0.0", "--port", "0", "--no-worker") as service:
        assert service.line().startswith("webfoot answers at http://127.0.0.1:")
        wait_for("the start of the web process", lambda: service.children())
        service.process.send_signal(signal.SIGTERM)
        assert service.ended() == 0
    (line,) = (line for line in service.log.read_text().splitlines() if not line.startswith("{"))
    assert line.startswith("warning: 0.0.0.0 can be reached from other machines") and "secure_cookies" in line
