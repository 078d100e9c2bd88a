import random
import subprocess
import time

import pytest
from at_work import at_work
from fleet import Fleet, Told
from patience import wait_until
from rows import row_of, rows_of
from stack import free_port

from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import User
from webfoot.web.services import accounts, sessions
from webfoot.web.states import State

CHECKPOINT_EVERY = 10
SMALL = {
    "batch_size": 4,
    "checkpoint_every": CHECKPOINT_EVERY,
    "evaluate_every": 1000,
    "stop_when_passed": False,
    "rollout": {"episodes": 2, "episode_s": 1.0},
}


def submit(database, settings, count, **options) -> list[int]:
    with database.writing() as session:
        user = accounts.create(session, None, "maker@example.org", "trainer")
        asked = {"reference_motion": "walk", "parameters": {**SMALL, **options}}
        return [sessions.start(session, user, settings, **asked).id for _ in range(count)]


def survives(database, patient, jobs, cycles, epochs, seed):
    """Kill something `cycles` times; every session must come to its end, with nothing told twice over."""
    draw = random.Random(seed)
    ids = submit(database, patient, jobs, epochs=epochs)
    with Fleet(patient, workers=2, port=free_port()) as fleet:
        wait_until("a first iteration", lambda: any(row.current_epoch for row in rows_of(database, ids)))
        for _ in range(cycles):
            wait_until("work of both workers", both_go_on(database, patient, ids), 300)
            time.sleep(draw.uniform(0.0, 2.0))
            fleet.kill_one(draw)
            fleet.keep()
        wait_until("the end of all", lambda: all(row.status.is_finished for row in rows_of(database, ids)), 3600)
    for row in rows_of(database, ids):
        assert (row.state, row.current_epoch) == (State.COMPLETED, epochs), row.error_message
        told = Told.of(patient.runs_dir / str(row.id) / "events.jsonl")
        assert set(told.iterations) == set(range(1, epochs + 1))
        assert len(told.jumps) <= row.attempt - 1  # every jump is one attempt: no two ever wrote at once
        assert all(0 <= lost <= CHECKPOINT_EVERY for lost in told.jumps), told.jumps


def both_go_on(database, patient, ids):
    """Whether the logs of two sessions have grown by now, or of the one that is left: else kills hit what sleeps."""
    logs = [patient.runs_dir / str(number) / "events.jsonl" for number in ids]
    before = [log.stat().st_size if log.exists() else 0 for log in logs]

    def grew():
        left = sum(not row.status.is_finished for row in rows_of(database, ids))
        now = [log.stat().st_size if log.exists() else 0 for log in logs]
        return sum(one < other for one, other in zip(before, now, strict=True)) >= min(2, left)

    return grew


def test_killed_at_random_nothing_is_lost(database, patient):
    survives(database, patient, jobs=2, cycles=2, epochs=60, seed=12)  # a worker, then the trainer of the other one


@pytest.mark.soak
@pytest.mark.parametrize("seed", [11, 12])
def test_killed_a_hundred_times_nothing_is_lost(database, patient, seed):
    survives(database, patient, jobs=3, cycles=50, epochs=2500, seed=seed)


@pytest.mark.soak
def test_two_workers_do_four_hundred_short_jobs_once_each(database, patient):
    ids = submit(database, patient, 400, epochs=1, checkpoint_every=1)
    with Fleet(patient, workers=2, port=free_port()):
        wait_until("the end of all", lambda: all(row.status.is_finished for row in rows_of(database, ids)), 7200)
    for row in rows_of(database, ids):
        assert (row.state, row.attempt) == (State.COMPLETED, 1), row.error_message
        assert Told.of(patient.runs_dir / str(row.id) / "events.jsonl").iterations == [1]


def test_a_doubled_or_lost_wake_up_does_no_harm(database, patient):
    ids = submit(database, patient, 2, epochs=1, checkpoint_every=1)
    with at_work(database, patient, "one"), at_work(database, patient, "two"):
        while not all(row.status.is_finished for row in rows_of(database, ids)):
            patient.wake_file.touch()  # again and again
            time.sleep(0.05)
    assert [(row.state, row.attempt) for row in rows_of(database, ids)] == [(State.COMPLETED, 1)] * 2


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
    [number] = submit(database, tight, 1, epochs=100)
    ballast = small_disk / "ballast"
    with at_work(database, tight):
        wait_until("a checkpoint", lambda: row_of(database, number).current_epoch > CHECKPOINT_EVERY)
        fill_up(ballast)
        wait_until("the failure", lambda: row_of(database, number).status is State.FAILED)
        assert "make room" in row_of(database, number).error_message
        reached = row_of(database, number).current_epoch
        ballast.unlink()
        with database.writing() as session:
            row = session.get_one(TrainingSession, number)
            sessions.requeue(session, session.get_one(User, row.owner_id), tight, row)
        patient.wake_file.touch()
        wait_until("the end", lambda: row_of(database, number).status is State.COMPLETED)
    told = Told.of(patient.runs_dir / str(number) / "events.jsonl")
    assert max(told.iterations) == 100
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
    brisk = patient.model_copy(update={"lease_s": 2.0})
    [number] = submit(database, brisk, 1, epochs=100_000)
    with at_work(database, brisk, "one"), at_work(database, brisk, "two"):  # the one watches the other
        wait_until("progress", lambda: row_of(database, number).current_epoch > 1)
        with database.writing():  # nobody else can write; longer than the lease
            time.sleep(2 * brisk.lease_s)
        before = row_of(database, number)
        wait_until("more progress", lambda: row_of(database, number).current_epoch > before.current_epoch)
        row = row_of(database, number)
        assert (row.state, row.attempt, row.lost) == (State.RUNNING, 1, 0)
        with database.writing() as session:
            mine = session.get_one(TrainingSession, number)
            sessions.cancel(session, session.get_one(User, mine.owner_id), mine)
        wait_until("the end", lambda: row_of(database, number).status is State.CANCELLED)
