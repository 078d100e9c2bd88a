import random
import subprocess
import time

import pytest
from fleet import Fleet, Told, wait_until
from stack import free_port

from webfoot.web.database import Database
from webfoot.web.migrate import migrate
from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import User
from webfoot.web.services import accounts, sessions
from webfoot.web.settings import Quota, Settings
from webfoot.web.states import State

CHECKPOINT_EVERY = 10
SMALL = {
    "batch_size": 4,
    "checkpoint_every": CHECKPOINT_EVERY,
    "evaluate_every": 1000,
    "stop_when_passed": False,
    "rollout": {"episodes": 2, "episode_s": 1.0},
}


@pytest.fixture
def patient(settings) -> Settings:
    """Settings of a service that is killed often and gives nothing up."""
    generous = Quota(parallel=1000, unfinished=1000, robot_hours=1e6)
    return settings.model_copy(update={"quota": generous, "most_attempts": 1000, "lease_s": 3.0, "beat_s": 0.2})


@pytest.fixture
def database(patient):
    patient.data_dir.mkdir(parents=True, exist_ok=True)
    made = Database(patient.database)
    migrate(made)
    yield made
    made.engine.dispose()


def submit(database, settings, count, **options) -> list[int]:
    with database.writing() as session:
        user = accounts.create(session, None, "maker@example.org", "trainer")
        asked = {"reference_motion": "walk", "parameters": {**SMALL, **options}}
        return [sessions.start(session, user, settings, **asked).id for _ in range(count)]


def rows(database, ids) -> list[TrainingSession]:
    with database.reading() as session:
        return [session.get_one(TrainingSession, number) for number in ids]


def survives(database, patient, cycles, epochs, seed):
    """Kill something `cycles` times; every session must come to its end, with nothing told twice over."""
    draw = random.Random(seed)
    ids = submit(database, patient, 3, epochs=epochs)
    with Fleet(patient, workers=2, port=free_port()) as fleet:
        wait_until("a first iteration", lambda: any(row.current_epoch for row in rows(database, ids)))
        for _ in range(cycles):
            time.sleep(draw.uniform(0.1, 4.0))
            fleet.kill_one(draw)
            fleet.keep()
        wait_until("the end of all", lambda: all(row.status.is_finished for row in rows(database, ids)), 3600)
    for row in rows(database, ids):
        assert (row.state, row.current_epoch) == (State.COMPLETED, epochs), row.error_message
        told = Told.of(patient.runs_dir / str(row.id) / "events.jsonl")
        assert set(told.iterations) == set(range(1, epochs + 1))
        assert len(told.jumps) <= row.attempt - 1  # every jump is one attempt: no two ever wrote at once
        assert all(0 <= lost <= CHECKPOINT_EVERY for lost in told.jumps), told.jumps
    return ids


def test_killed_at_random_nothing_is_lost(database, patient):
    survives(database, patient, cycles=3, epochs=60, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [11, 12])
def test_killed_a_hundred_times_nothing_is_lost(database, patient, seed):
    survives(database, patient, cycles=50, epochs=4000, seed=seed)


@pytest.mark.soak
def test_two_workers_do_four_hundred_short_jobs_once_each(database, patient):
    ids = submit(database, patient, 400, epochs=1, checkpoint_every=1)
    with Fleet(patient, workers=2, port=free_port()):
        wait_until("the end of all", lambda: all(row.status.is_finished for row in rows(database, ids)), 7200)
    for row in rows(database, ids):
        assert (row.state, row.attempt) == (State.COMPLETED, 1), row.error_message
        assert Told.of(patient.runs_dir / str(row.id) / "events.jsonl").iterations == [1]


def test_a_doubled_or_lost_wake_up_does_no_harm(database, patient):
    ids = submit(database, patient, 2, epochs=1, checkpoint_every=1)
    with Fleet(patient, workers=2, port=free_port()):
        while not all(row.status.is_finished for row in rows(database, ids)):
            patient.wake_file.touch()  # again and again
            time.sleep(0.05)
    assert [(row.state, row.attempt) for row in rows(database, ids)] == [(State.COMPLETED, 1)] * 2


@pytest.fixture
def small_disk(tmp_path):
    """A disk of a few megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_ends_a_session_in_a_sentence_and_room_lets_it_go_on(database, patient, small_disk):
    patient.runs_dir.symlink_to(small_disk, target_is_directory=True)
    tight = patient.model_copy(update={"least_free_gb": 0.0})
    [number] = submit(database, tight, 1, epochs=150)
    ballast = small_disk / "ballast"
    with Fleet(tight, workers=1, port=free_port()):
        wait_until("a checkpoint", lambda: rows(database, [number])[0].current_epoch > CHECKPOINT_EVERY)
        fill_up(ballast)
        wait_until("the failure", lambda: rows(database, [number])[0].status is State.FAILED)
        assert "make room" in rows(database, [number])[0].error_message
        reached = rows(database, [number])[0].current_epoch
        ballast.unlink()
        with database.writing() as session:
            row = session.get_one(TrainingSession, number)
            sessions.requeue(session, session.get_one(User, row.owner_id), tight, row)
        patient.wake_file.touch()
        wait_until("the end", lambda: rows(database, [number])[0].status is State.COMPLETED)
    told = Told.of(patient.runs_dir / str(number) / "events.jsonl")
    assert max(told.iterations) == 150
    assert min(told.iterations[told.iterations.index(reached) :]) >= reached - CHECKPOINT_EVERY


def fill_up(path) -> None:
    """Write until the disk is full."""
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            pass


def test_a_database_that_is_locked_for_a_while_loses_nothing(database, patient):
    if not database.is_sqlite:
        pytest.skip("PostgreSQL locks rows, not the database")
    [number] = submit(database, patient, 1, epochs=100_000)
    with Fleet(patient, workers=1, port=free_port()):
        wait_until("progress", lambda: rows(database, [number])[0].current_epoch > 1)
        with database.writing():  # nobody else can write; longer than the lease
            time.sleep(2 * patient.lease_s)
        before = rows(database, [number])[0]
        wait_until("more progress", lambda: rows(database, [number])[0].current_epoch > before.current_epoch)
        row = rows(database, [number])[0]
        assert (row.state, row.attempt, row.lost) == (State.RUNNING, 1, 0)
        with database.writing() as session:
            mine = session.get_one(TrainingSession, number)
            sessions.cancel(session, session.get_one(User, mine.owner_id), mine)
        wait_until("the end", lambda: rows(database, [number])[0].status is State.CANCELLED)
