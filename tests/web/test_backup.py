import gzip
import io
import json
import shutil
import tarfile
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from at_work import at_work
from patience import wait_until
from rows import row_of, training_row
from sqlalchemy import create_engine, select
from sqlalchemy.engine import make_url
from trainings import LONG, started, status_of

from webfoot.runs import Run
from webfoot.web.database import Database
from webfoot.web.models.notice import WorkerRow
from webfoot.web.models.objects import Robot, RobotVersion
from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import User
from webfoot.web.ops.archive import BackupError, extract, verify, written
from webfoot.web.ops.backup import backup
from webfoot.web.ops.dump import dump
from webfoot.web.ops.restore import restore
from webfoot.web.services.accounts import create
from webfoot.web.services.monitor import TrainingMonitor
from webfoot.web.settings import Settings
from webfoot.web.states import State
from webfoot.web.uploads.store import ContentStore


@pytest.fixture
def elsewhere(settings, tmp_path) -> Settings:
    """Settings of a second, empty service of the same kind."""
    return settings.model_copy(update={"data_dir": tmp_path / "elsewhere", "database_url": empty_database(settings)})


def empty_database(settings: Settings) -> str:
    """Address of a database beside that of the settings; empty for SQLite in the data folder."""
    if not settings.database_url:
        return ""
    url = make_url(settings.database_url)
    name = f"{url.database}_empty"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template1")
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


@contextmanager
def database_of(settings: Settings):
    database = Database(settings.database)
    yield database
    database.engine.dispose()


def test_a_training_goes_on_elsewhere_from_a_backup_that_was_made_while_it_ran(caller, service, elsewhere, tmp_path):
    trainer, path, other = caller(), tmp_path / "backup.tar.zst", tmp_path / "backup.tar.gz"
    with at_work(service.database, service.settings, "here"):
        session_id = started(trainer, LONG)
        wait_until("progress", lambda: status_of(trainer, session_id)["current_epoch"] >= 3)
        done, also = backup(service.settings, path), backup(service.settings, other)
        reached = status_of(trainer, session_id)["current_epoch"]
        wait_until("progress, which nothing held up", lambda: status_of(trainer, session_id)["current_epoch"] > reached)
        trainer("POST", f"/api/v1/sessions/{session_id}/cancel")
    assert (done.path, done.size, done.missing) == (path, path.stat().st_size, [])
    assert (also.path, also.size, also.missing) == (other, other.stat().st_size, [])
    assert done.rows["training_sessions"] == also.rows["training_sessions"] == 1
    assert restore(Settings(data_dir=tmp_path / "other"), other).queued == [session_id]
    told = restore(elsewhere, path)
    assert told.queued == [session_id]
    assert (elsewhere.data_dir / "secret").read_bytes() == (service.settings.data_dir / "secret").read_bytes()
    with database_of(elsewhere) as database:
        with database.reading() as session:
            row = session.get_one(TrainingSession, session_id)
            assert (row.status, row.attempt, row.worker) == (State.QUEUED, 1, None)
            assert session.scalars(select(WorkerRow)).all() == []
            before = row.current_epoch
        assert before >= 3 and Run(elsewhere.runs_dir / str(session_id)).checkpoint_file.is_file()
        with at_work(database, elsewhere, "there"):
            wait_until("more progress", lambda: row_of(database, session_id).current_epoch > before + 1)
        with database.reading() as session:
            row = session.get_one(TrainingSession, session_id)
            assert (row.status, row.attempt, row.lost) == (State.QUEUED, 2, 0)  # drained
            curves = TrainingMonitor(session, elsewhere).get_training_metrics(session_id)
    assert curves is not None
    assert curves["epochs"] == list(range(1, len(curves["epochs"]) + 1))


@pytest.fixture
def kept(service, caller) -> Path:
    """A service with a robot that a session was trained with; the robot's model."""
    owner = caller().user_id
    model = service.settings.data_dir / "made" / "robot.xml"
    model.parent.mkdir()
    model.write_text("<mujoco/>")
    stored = ContentStore(service.settings.uploads_dir).put_tree(model.parent)
    with service.database.writing() as session:
        user = session.get_one(User, owner)
        robot = Robot(owner=user, name="mine")
        about = {
            "number": 1,
            "sha256": stored.sha256,
            "size": stored.size,
            "report": {"ü": [1.5, None]},
            "usable": True,
        }
        robot.versions.append(RobotVersion(filename="robot.zip", model="robot.xml", **about))
        session.add(robot)
        session.flush()
        of = {"robot": "robot:1", "robot_version_id": robot.versions[0].id}
        row = training_row(owner, State.QUEUED, parameters={"epochs": 3}, total_epochs=3, stored_bytes=100, **of)
        session.add(row)
        session.flush()
        row.move_to(State.RUNNING)
        row.move_to(State.COMPLETED)
        folder = service.settings.runs_dir / str(row.id)
    place = ContentStore(service.settings.uploads_dir.resolve()).path(stored.sha256) / "robot.xml"
    folder.mkdir(parents=True)
    document = {"robot": str(place), "motion": "walk", "config": {"seed": 1}}
    (folder / "config.yaml").write_text(yaml.safe_dump(document))
    (folder / "policy.onnx").write_bytes(b"policy")
    (folder / ".policy.onnx.x.tmp").write_bytes(b"half")
    (folder / "link").symlink_to("/etc/passwd")
    return place


def rows_of(settings: Settings, folder: Path) -> dict[str, str]:
    folder.mkdir()
    with database_of(settings) as database:
        dump(database, folder)
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_everything_is_there_again_and_paths_lead_to_the_new_place(service, kept, elsewhere, tmp_path):
    path = tmp_path / "backup.tar.gz"
    assert backup(service.settings, path).files == 4 + len(rows_of(service.settings, tmp_path / "a"))
    assert path.stat().st_mode & 0o077 == 0
    restore(elsewhere, path)
    assert rows_of(elsewhere, tmp_path / "b") == rows_of(service.settings, tmp_path / "c")
    moved = elsewhere.uploads_dir.resolve() / kept.relative_to(service.settings.uploads_dir.resolve())
    assert moved.read_text() == "<mujoco/>"
    folder = elsewhere.runs_dir / "1"
    assert yaml.safe_load((folder / "config.yaml").read_text())["robot"] == str(moved)
    assert {file.name for file in folder.iterdir()} == {"config.yaml", "policy.onnx"}
    with database_of(elsewhere) as database, database.writing() as session:  # numbers go on where they were
        assert create(session, None, "another@example.org", "viewer").id == 2


def test_what_is_missing_or_was_deleted_meanwhile_is_told(service, kept, elsewhere, tmp_path):
    shutil.rmtree(service.settings.runs_dir / "1")
    shutil.rmtree(service.settings.uploads_dir)
    done = backup(service.settings, tmp_path / "backup.tar.gz")
    assert done.missing == ["the run folder of session 1", "the upload of robot 1"]
    manifest = verify(done.path)
    assert (manifest["gone"], manifest["missing"]) == ([], done.missing)


@pytest.mark.parametrize("ending", ["tar.gz", "tar.zst"])
@pytest.mark.parametrize("kind", ["cut short", "flipped", "not one"])
def test_a_damaged_backup_is_refused_and_nothing_is_left(service, kept, elsewhere, tmp_path, ending, kind):
    path = tmp_path / f"backup.{ending}"
    backup(service.settings, path)
    content = bytearray(path.read_bytes())
    if kind == "cut short":
        content = content[: len(content) // 2]
    elif kind == "flipped":
        content[len(content) // 2] ^= 0xFF
    else:
        content = bytearray(b"never a backup" * 100)
    path.write_bytes(content)
    with pytest.raises(BackupError, match=r"backup.tar.*(is no backup, or not a whole one|is damaged|it is refused)"):
        restore(elsewhere, path)
    assert list(elsewhere.data_dir.iterdir()) == []


def member(name: str, content: bytes = b"x", kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.size = kind, target, len(content) if kind == tarfile.REGTYPE else 0
    return made


@pytest.mark.parametrize(
    "members",
    [
        [member("../out")],
        [member("/tmp/out")],
        [member("runs/../../out")],
        [member("runs/./x")],
        [member("runs//x")],
        [member("link", kind=tarfile.SYMTYPE, target="/etc"), member("link/x")],
        [member("hard", kind=tarfile.LNKTYPE, target="/etc/passwd")],
        [member("device", kind=tarfile.CHRTYPE)],
        [member("pipe", kind=tarfile.FIFOTYPE)],
        [member("folder", kind=tarfile.DIRTYPE)],
        [member("twice"), member("twice")],
    ],
    ids=lambda members: members[-1].name,
)
def test_what_no_backup_holds_is_not_extracted(tmp_path, members):
    path, folder = tmp_path / "evil.tar.gz", tmp_path / "inside" / "folder"
    folder.mkdir(parents=True)
    with tarfile.open(path, "w:gz") as tar:
        for made in members:
            tar.addfile(made, io.BytesIO(b"x"))
    with pytest.raises(BackupError, match="evil.tar.gz: holds '.*', which no backup holds; it is refused"):
        extract(path, folder)
    assert [file.name for file in (tmp_path / "inside").rglob("*") if not file.is_dir()] in ([], ["twice"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda files: files.pop("a"), "'a' is not as it was written"),
        (lambda files: files.update(c={"sha256": "0", "size": 1}), "'c' is not as it was written"),
        (lambda files: files["a"].update(sha256=64 * "0"), "'a' is not as it was written"),
        (lambda files: files["a"].update(size=2), "'a' is not as it was written"),
    ],
)
def test_every_file_is_held_against_the_manifest(tmp_path, change, said):
    with written(tmp_path / "good.tar.gz", dict) as writer:
        writer.add("a", io.BytesIO(b"x"), 0)
        writer.add("b", io.BytesIO(b"y"), 0)
    manifest = verify(tmp_path / "good.tar.gz")
    change(manifest["files"])
    bad = tmp_path / "bad.tar.gz"
    with tarfile.open(tmp_path / "good.tar.gz") as tar, tarfile.open(bad, "w:gz") as out:
        for made in tar:
            content = json.dumps(manifest).encode() if made.name == "manifest.json" else tar.extractfile(made).read()
            made.size = len(content)
            out.addfile(made, io.BytesIO(content))
    with pytest.raises(BackupError, match=said):
        verify(bad)


def test_an_archive_without_manifest_is_refused(tmp_path):
    path = tmp_path / "x.tar.gz"
    path.write_bytes(gzip.compress(bytes(10_240)))
    with pytest.raises(BackupError, match="is no backup, or not a whole one"):
        verify(path)


def test_a_file_that_grows_while_it_is_read_is_taken_as_far_as_it_was(tmp_path):
    class Growing(io.RawIOBase):
        left = 3

        def read(self, size: int = -1) -> bytes:
            self.left -= 1
            return b"line\n" if self.left >= 0 else b""

    with written(tmp_path / "x.tar.gz", dict) as writer:
        writer.add("log", Growing(), 0)
    assert verify(tmp_path / "x.tar.gz")["files"]["log"]["size"] == 15


def test_nothing_is_overwritten(service, kept, elsewhere, settings, tmp_path):
    path = tmp_path / "backup.tar.gz"
    backup(settings, path)
    content = path.read_bytes()
    with pytest.raises(BackupError, match="is there already; give another name"):
        backup(settings, path)
    assert path.read_bytes() == content
    with pytest.raises(BackupError, match="data: is not empty; give a new folder"):
        restore(settings, path)
    with pytest.raises(BackupError, match=r"the database .* is not empty"):
        restore(elsewhere.model_copy(update={"database_url": settings.database}), path)
    assert list(elsewhere.data_dir.iterdir()) == []
    with pytest.raises(BackupError, match="ends in neither .tar.zst nor .tar.gz"):
        backup(settings, tmp_path / "backup.zip")
    with pytest.raises(BackupError, match="is no file"):
        restore(elsewhere, tmp_path / "nothing.tar.gz")
    with pytest.raises(BackupError, match="holds no service"):
        backup(elsewhere, tmp_path / "other.tar.gz")


def test_a_backup_of_sqlite_is_restored_into_postgresql_and_back(settings, caller, kept, tmp_path):
    if not settings.database_url:
        pytest.skip("needs PostgreSQL")
    small = Settings(data_dir=tmp_path / "small")
    backup(settings, tmp_path / "large.tar.gz")
    restore(small, tmp_path / "large.tar.gz")
    backup(small, tmp_path / "small.tar.gz")
    again = settings.model_copy(update={"data_dir": tmp_path / "again", "database_url": empty_database(settings)})
    restore(again, tmp_path / "small.tar.gz")
    assert rows_of(settings, tmp_path / "a") == rows_of(small, tmp_path / "b") == rows_of(again, tmp_path / "c")
