import json
import os
import sqlite3
import subprocess
import sys

import pytest
from stack import free_port

from webfoot.cli.app import main
from webfoot.web.context import Service
from webfoot.web.ops import machine, surroundings
from webfoot.web.settings import Settings


@pytest.fixture
def alone(tmp_path) -> Settings:
    """Settings of a service that was never started."""
    return Settings(data_dir=tmp_path / "data")


def test_a_service_that_was_never_started_is_well_and_nothing_is_made(alone):
    found = [surroundings.folder(alone), surroundings.disk(alone), surroundings.locks(alone), surroundings.clock(alone)]
    found += [*surroundings.database(alone), surroundings.broker(alone), surroundings.limits(alone)]
    assert [finding.status for finding in found] == ["ok"] * 7, found
    assert not alone.data_dir.exists()


def test_a_database_that_is_up_to_date_is_well(app, settings, service: Service):
    first, workers, *_ = surroundings.database(settings)
    assert first.status == "ok" and "up to date" in first.detail
    assert (workers.status, workers.detail) == ("ok", "0 workers heard of within a minute, 0 sessions waiting")
    assert surroundings.locks(settings).detail == "hold"
    assert surroundings.folder(settings).status == "ok"


def test_a_queue_without_workers_is_warned_of(caller, settings):
    caller()("POST", "/training/start", json={"reference_motion": "walk"})
    workers = surroundings.database(settings)[1]
    assert (workers.status, workers.cure) == ("warning", "start one: webfoot worker")


def test_tables_of_another_version_are_warned_of(alone):
    alone.data_dir.mkdir()
    sqlite3.connect(alone.data_dir / "webfoot.sqlite3").close()
    (alone.data_dir / "webfoot.sqlite3").touch()
    (found,) = surroundings.database(alone)
    assert found.status == "warning" and "of version none" in found.detail


def test_a_file_that_is_no_database_is_wrong(alone):
    alone.data_dir.mkdir()
    (alone.data_dir / "webfoot.sqlite3").write_bytes(b"no database at all" * 100)
    (found,) = surroundings.database(alone)
    assert found.status == "wrong" and "not a database" in found.detail


def test_a_secret_that_others_can_read_is_wrong(alone):
    alone.secret()
    assert surroundings.folder(alone).status == "ok"
    (alone.data_dir / "secret").chmod(0o644)
    found = surroundings.folder(alone)
    assert found.status == "wrong" and found.cure.startswith("chmod 600")


def test_too_little_disk_is_wrong_and_little_is_warned_of(alone):
    free_gb = os.statvfs(alone.data_dir.parent).f_bavail * os.statvfs(alone.data_dir.parent).f_frsize / 1e9
    assert surroundings.disk(alone.model_copy(update={"least_free_gb": 2 * free_gb})).status == "wrong"
    assert surroundings.disk(alone.model_copy(update={"least_free_gb": free_gb / 2})).status == "warning"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql+psycopg://me:hidden@127.0.0.1:{port}/x", "cannot be used now"),
        ("nonsense", "is no address of a database"),
        ("oracle+nothing://x", "is missing"),
    ],
)
def test_a_database_that_does_not_answer_is_wrong(alone, url, told):
    (found,) = surroundings.database(alone.model_copy(update={"database_url": url.format(port=free_port())}))
    assert found.status == "wrong" and told in found.detail and "hidden" not in found.detail


def test_a_broker_that_does_not_answer_is_warned_of(alone):
    url = f"redis://:hidden@127.0.0.1:{free_port()}/0"
    found = surroundings.broker(alone.model_copy(update={"broker_url": url}))
    assert found.status == "warning" and "does not answer" in found.detail and "hidden" not in found.detail
    assert surroundings.limits(alone.model_copy(update={"limiter_url": url})).status == "wrong"
    assert surroundings.limits(alone.model_copy(update={"limiter_url": "nonsense://x"})).status == "wrong"


def test_more_trainings_than_cores_or_memory_are_warned_of(alone):
    assert machine.cores(alone).status == "ok"
    assert machine.cores(alone.model_copy(update={"concurrency": 256})).status == "warning"
    assert machine.memory(alone.model_copy(update={"memory_gb": 9_999.0})).status == "warning"
    assert machine.memory(alone.model_copy(update={"memory_gb": 0.1})).status == "ok"


def test_the_command_prints_one_document_and_its_code_says_whether_something_is_wrong(tmp_path, capsys, monkeypatch):
    for name in [name for name in os.environ if name.startswith("WEBFOOT_")]:
        monkeypatch.delenv(name)
    assert main(["doctor", "--json", "--data", str(tmp_path / "data")]) == 0
    told = json.loads(capsys.readouterr().out)
    names = [finding["name"] for finding in told["findings"]]
    assert told["healthy"] is True and {"packages", "python", "gpu", "drawing", "database", "physics"} <= set(names)
    physics = next(finding for finding in told["findings"] if finding["name"] == "physics")
    assert "control steps/s with 128 robots" in physics["detail"]
    (tmp_path / "settings.yaml").write_text("least_free_gb: 1000000\n")
    assert main(["doctor", "--data", str(tmp_path / "data"), "--settings", str(tmp_path / "settings.yaml")]) == 2
    assert "wrong    disk" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["serve", "worker", "doctor", "backup x.tar.gz", "prune", "user list"])
def test_without_the_extra_the_command_says_what_to_install(command):
    program = (
        "import sys; sys.modules['apiflask'] = None; from webfoot.cli.app import main; "
        f"sys.exit(main({command.split()!r}))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert "needs apiflask, which is not installed: pip install 'webfoot[web]'" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_help_loads_nothing_of_the_service():
    program = (
        "import sys; from webfoot.cli.app import main; main(['--help']); main(['serve', '--help']); "
        "sys.exit(' '.join({'flask', 'celery', 'sqlalchemy', 'torch'} & sys.modules.keys()) or 0)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
