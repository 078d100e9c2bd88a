import io
import os
from datetime import timedelta

import pytest
from rows import training_row
from sqlalchemy import func, select

from webfoot.cli.app import main
from webfoot.web.models.access import AuditEntry, Share, ShareLink
from webfoot.web.models.base import now
from webfoot.web.models.notice import AlertNotice
from webfoot.web.models.objects import Motion, MotionVersion
from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import User
from webfoot.web.ops.backup import LOCK
from webfoot.web.ops.private import InUse, held
from webfoot.web.ops.retention import prune
from webfoot.web.services.access import hash_of, new_secret
from webfoot.web.states import State
from webfoot.web.uploads.store import GRACE_S, ContentStore

OLD = timedelta(days=100)
FILES = {
    "config.yaml": 10,
    "policy.onnx": 20,
    "report.html": 300,
    "checkpoints/latest.pt": 4000,
    "tensorboard/e": 50_000,
}
"""Bytes: each of another magnitude, so that a sum tells which files are in it."""


@pytest.fixture
def make(service, caller):
    """Makes a session that moved through some states, with a run folder; its id."""
    owner = caller().user_id

    def make_session(*states: State, age: timedelta = OLD) -> int:
        with service.database.writing() as session:
            row = training_row(owner, State.QUEUED)
            session.add(row)
            session.flush()
            for state in states:
                row.move_to(state)
            if row.completed_at is not None:
                row.completed_at -= age
            row.stored_bytes = 54_330
            id = row.id
        for name, size in FILES.items():
            path = service.settings.runs_dir / str(id) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(bytes(size))
        return id

    return make_session


def pruned(service, days=None, keep_checkpoints=False, dry_run=False):
    return [(gone.what, gone.size) for gone in prune(service.settings, days, keep_checkpoints, dry_run)]


def folders(service):
    return sorted(path.name for path in service.settings.runs_dir.iterdir())


def test_old_runs_of_ended_sessions_go_and_a_dry_run_only_tells(service, make):
    old = make(State.RUNNING, State.COMPLETED)
    young = make(State.RUNNING, State.FAILED, age=timedelta(days=89))
    told = [(f"the run folder of session {old} 'walk'", 54_330)]
    assert pruned(service, dry_run=True) == told
    assert folders(service) == [str(old), str(young)]
    assert pruned(service) == told
    assert folders(service) == [str(young)]
    with service.database.reading() as session:
        row = session.get_one(TrainingSession, old)
        assert (row.status, row.stored_bytes) == (State.COMPLETED, 0)
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "session.prune")).one()
        assert (noted.object_id, noted.user_id) == (old, None)
    assert pruned(service) == []
    assert pruned(service, days=88)[0][0] == f"the run folder of session {young} 'walk'"


@pytest.mark.parametrize(
    "states", [(), (State.RUNNING,), (State.PAUSED,), (State.RUNNING, State.CANCELLED, State.QUEUED)], ids=str
)
def test_what_is_unfinished_stays_however_old_it_is(service, make, states):
    kept = make(*states)
    assert pruned(service, days=0) == []
    assert folders(service) == [str(kept)]


def test_what_is_shared_stays_until_it_is_not(service, make, caller):
    by_user, by_link, expired = (make(State.CANCELLED) for _ in range(3))
    other = caller().user_id
    with service.database.writing() as session:
        session.add(Share(kind="session", object_id=by_user, user_id=other))
        links = [("session", by_link, None), ("session", expired, now() - timedelta(days=1))]
        links.append(("motion", expired, None))  # the same number, of another kind
        for kind, id, end in links:
            about = {"secret_hash": hash_of(new_secret()), "created_by": other, "expires_at": end}
            session.add(ShareLink(kind=kind, object_id=id, **about))
    assert pruned(service) == [(f"the run folder of session {expired} 'walk'", 54_330)]
    with service.database.writing() as session:
        session.delete(session.scalars(select(Share)).one())
        session.delete(session.scalars(select(ShareLink).where(ShareLink.object_id == by_link)).one())
    assert len(pruned(service)) == 2


def test_checkpoints_are_kept_where_that_is_asked(service, make):
    old = make(State.RUNNING, State.TIMED_OUT)
    assert pruned(service, keep_checkpoints=True) == [(f"parts of the run folder of session {old} 'walk'", 50_300)]
    left = service.settings.runs_dir / str(old)
    files = {path.relative_to(left).as_posix() for path in left.rglob("*") if path.is_file()}
    assert files == {"config.yaml", "policy.onnx", "checkpoints/latest.pt"}
    with service.database.reading() as session:
        assert session.get_one(TrainingSession, old).stored_bytes == 4030
    assert pruned(service, keep_checkpoints=True) == []
    assert folders(service) == [str(old)]


def test_folders_that_no_session_has_go_when_they_are_old(service, make):
    make(State.RUNNING)
    for name in ("77", "78", "notes", ".5.pruned.tmp"):
        folder = service.settings.runs_dir / name
        folder.mkdir()
        (folder / "file").write_bytes(bytes(6))
        if name != "78":
            os.utime(folder, (0, 0))
    told = [(f"the folder {name}, which no session has", 6) for name in (".5.pruned.tmp", "77")]
    assert pruned(service, dry_run=True) == told == pruned(service)
    assert folders(service) == ["1", "78", "notes"]


def test_uploads_go_that_nothing_refers_to_and_those_of_long_deleted_motions(service, caller):
    store, owner = ContentStore(service.settings.uploads_dir), caller().user_id
    contents = {}
    with service.database.writing() as session:
        for name, deleted in (("used", None), ("old", now() - OLD), ("young", now())):
            stored = store.put(io.BytesIO(name.encode()), 100)
            contents[name] = stored.sha256
            motion = Motion(owner=session.get_one(User, owner), name=name, deleted_at=deleted)
            about = {"number": 1, "sha256": stored.sha256, "size": stored.size, "report": {}, "usable": True}
            motion.versions.append(MotionVersion(filename="walk.npz", **about))
            session.add(motion)
    contents["stray"] = store.put(io.BytesIO(b"nobody's"), 100).sha256
    contents["fresh"] = store.put(io.BytesIO(b"just put"), 100).sha256
    long_ago = now().timestamp() - GRACE_S - 60
    for name in ("used", "old", "young", "stray"):
        os.utime(store.path(contents[name]), (long_ago, long_ago))
    uploads = sorted((contents[name], size) for name, size in (("old", 3), ("stray", 8)))
    told = [("the deleted motion 2 'old'", 0)]
    told += [(f"the upload {sha256[:12]}..., which nothing refers to", size) for sha256, size in uploads]
    assert pruned(service, dry_run=True) == told
    assert store.path(contents["old"]).is_file()
    assert pruned(service) == told
    left = {name for name, sha256 in contents.items() if (store.root / sha256[:2] / sha256).exists()}
    assert left == {"used", "young", "fresh"}
    with service.database.reading() as session:
        assert sorted(session.scalars(select(Motion.name))) == ["used", "young"]
        assert session.scalar(select(func.count()).select_from(MotionVersion)) == 2


def test_a_deleted_motion_that_a_session_was_trained_with_stays(service, make, caller):
    trained = make(State.RUNNING, State.COMPLETED, age=timedelta(0))
    with service.database.writing() as session:
        row = session.get_one(TrainingSession, trained)
        motion = Motion(owner=row.owner, name="walk", deleted_at=now() - OLD)
        motion.versions.append(
            MotionVersion(number=1, sha256=64 * "a", size=1, report={}, usable=True, filename="walk.npz")
        )
        session.add(motion)
        session.flush()
        row.motion_version_id = motion.versions[0].id
    assert pruned(service) == []


def test_old_alerts_and_audit_lines_go_but_alerts_of_unfinished_sessions(service, make):
    ended, running = make(State.CANCELLED, age=timedelta(0)), make(State.RUNNING)
    with service.database.writing() as session:
        owner = session.get_one(TrainingSession, ended).owner_id
        for session_id, age in ((ended, OLD), (running, OLD), (None, OLD), (ended, timedelta(days=89))):
            session.add(
                AlertNotice(
                    user_id=owner,
                    session_id=session_id,
                    rule="finished",
                    severity="info",
                    message="done",
                    created_at=now() - age,
                )
            )
        session.add_all(AuditEntry(action="test", at=now() - timedelta(days=days)) for days in (364, 366, 367))
    told = [("2 alerts", 0), ("2 lines of the audit log", 0)]
    assert pruned(service, dry_run=True) == told == pruned(service)
    with service.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AlertNotice)) == 2
    assert pruned(service, days=10) == [("1 alerts", 0)]  # an audit log is not cut short in passing


def test_nothing_is_removed_while_a_backup_is_made(service, make):
    make(State.CANCELLED)
    with (
        held(service.settings.data_dir / LOCK, "a backup or prune"),
        pytest.raises(InUse, match=r"a backup or prune is running already for .* \(process \d+\); wait, or stop it"),
    ):
        pruned(service)
    assert len(pruned(service)) == 1


def test_the_command_tells_sizes(service, make, capsys, monkeypatch):
    monkeypatch.delenv("TEST_STACK", raising=False)
    old = make(State.CANCELLED)
    words = ["prune", "--data", str(service.settings.data_dir)]
    if service.settings.database_url:
        monkeypatch.setenv("WEBFOOT_DATABASE_URL", service.settings.database_url)
    assert main([*words, "--dry-run"]) == 0
    first, last = capsys.readouterr().out.splitlines()
    assert first.split(maxsplit=2) == ["0.05", "MB", f"the run folder of session {old} 'walk'"]
    assert last.split(maxsplit=2) == ["0.05", "MB", "would go"]
    assert main([*words, "--older-than", "-1"]) == 2
    assert "option --older-than is -1: a number of days from 0 to 36500" in capsys.readouterr().err


def test_drawings_that_nobody_asks_for_go(service):
    root = service.settings.views_dir / "ab"
    root.mkdir(parents=True)
    for name, days in (("old.gz", 8), ("new.gz", 6)):
        (root / name).write_bytes(bytes(70))
        changed_s = (now() - timedelta(days=days)).timestamp()
        os.utime(root / name, (changed_s, changed_s))
    assert ("1 drawing of the 3D viewer", 70) in pruned(service, dry_run=True)
    assert sorted(path.name for path in root.iterdir()) == ["new.gz", "old.gz"]
    assert ("1 drawing of the 3D viewer", 70) in pruned(service)
    assert [path.name for path in root.iterdir()] == ["new.gz"]
    assert pruned(service) == []
