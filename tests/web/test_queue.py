import threading

import pytest
from rows import row_of

from webfoot.errors import WebfootError
from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import User
from webfoot.web.queue import Claim, Fenced, Reconciler, beat, claim, finish, place_in_queue
from webfoot.web.services import accounts, sessions
from webfoot.web.settings import Quota, Settings
from webfoot.web.states import MOVES, State, WrongState, check_move

WALK = {"reference_motion": "walk", "parameters": {"epochs": 1, "batch_size": 1}}


@pytest.fixture
def owner(database) -> int:
    return new_user(database)


def new_user(database, email="maker@example.org", **quota) -> int:
    with database.writing() as session:
        user = accounts.create(session, None, email, "trainer")
        user.quota = quota
        return user.id


def queued(database, settings, owner, **asked) -> int:
    with database.writing() as session:
        return sessions.start(session, session.get_one(User, owner), settings, **WALK, **asked).id


def claimed(database, settings, worker="one") -> Claim | None:
    with database.writing() as session:
        return claim(session, worker, settings)


class Clock:
    """A monotonic clock that is set by hand."""

    def __init__(self):
        self.time_s = 100.0

    def __call__(self) -> float:
        return self.time_s


def test_states_move_along_the_table_only():
    for before in State:
        for after in State:
            if after in MOVES[before]:
                check_move(before, after, "it")
            else:
                with pytest.raises(WrongState, match=f"^it is {before.words} and cannot be .+; one that is .+ can$"):
                    check_move(before, after, "it")


def test_who_is_more_urgent_or_came_first_is_taken_first(database, settings, owner):
    first, second, urgent = (queued(database, settings, owner) for _ in range(3))
    with database.writing() as session:
        session.get_one(TrainingSession, urgent).priority = 5
    with database.reading() as session:
        places = [place_in_queue(session, session.get_one(TrainingSession, n)) for n in (first, second, urgent)]
    assert places == [1, 2, 0]
    wide = Settings(data_dir=settings.data_dir, quota=Quota(parallel=10))
    taken = [claimed(database, wide) for _ in range(4)]
    assert taken == [Claim(urgent, 1), Claim(first, 1), Claim(second, 1), None]


def test_who_has_enough_running_does_not_hold_up_others(database, settings, owner):
    other = new_user(database, "other@example.org", parallel=1)
    mine = [queued(database, settings, owner) for _ in range(5)]
    theirs = [queued(database, settings, other) for _ in range(2)]
    taken = [c.session_id for _ in range(9) if (c := claimed(database, settings))]
    assert taken == [*mine[:2], theirs[0]]  # the usual quota is two at once


def test_a_worker_that_was_replaced_can_write_nothing(database, settings, owner):
    session_id = queued(database, settings, owner)
    old = claimed(database, settings)
    with database.writing() as session:
        finish(session, old, State.QUEUED)
    new = claimed(database, settings, "two")
    assert new == Claim(session_id, 2)
    for write in (
        lambda session: beat(session, old, {"current_epoch": 7}),
        lambda session: finish(session, old, State.COMPLETED),
    ):
        with pytest.raises(Fenced, match=f"session {session_id} is not attempt 1's any more"), database.writing() as s:
            write(s)
    row = row_of(database, session_id)
    assert (row.state, row.worker, row.current_epoch) == ("running", "two", 0)


def test_a_silent_worker_loses_its_session_and_one_that_beats_does_not(database, settings, owner):
    silent, alive = queued(database, settings, owner), queued(database, settings, owner)
    claims = [claimed(database, settings), claimed(database, settings)]
    clock = Clock()
    reconciler = Reconciler(settings, clock)  # the lease is two seconds
    taken = []
    for _ in range(8):
        with database.writing() as session:
            beat(session, claims[1], {})
            taken += [row.id for row in reconciler.look(session)]
        clock.time_s += 0.5
    assert taken == [silent]
    assert row_of(database, silent).state == "queued"
    assert "worker 'one' fell silent" in row_of(database, silent).error_message
    assert row_of(database, alive).state == "running"


def test_silence_does_not_count_while_nobody_could_look(database, settings, owner):
    session_id = queued(database, settings, owner)
    held = claimed(database, settings)
    clock = Clock()
    reconciler = Reconciler(settings, clock)
    for jump in (0.5, 3600.0, 0.5):  # the database was locked, or the machine slept, for an hour
        with database.writing() as session:
            assert reconciler.look(session) == []
        clock.time_s += jump
    with database.writing() as session:
        beat(session, held, {})
    with database.writing() as session:
        assert reconciler.look(session) == []
    assert row_of(database, session_id).state == "running"


def test_of_two_reconcilers_only_one_takes_a_session(database, settings, owner):
    session_id = queued(database, settings, owner)
    claimed(database, settings)
    clock = Clock()
    reconcilers = [Reconciler(settings, clock) for _ in range(2)]
    taken = []
    for _ in range(8):
        for reconciler in reconcilers:
            with database.writing() as session:
                taken += [row.id for row in reconciler.look(session)]
        clock.time_s += 0.5
    assert taken == [session_id]
    assert row_of(database, session_id).lost == 1


def test_a_session_that_brings_down_every_worker_is_given_up(database, settings, owner):
    session_id = queued(database, settings, owner)
    patient = Settings(data_dir=settings.data_dir, most_attempts=2, lease_s=1.0)
    for _ in range(2):
        claimed(database, patient)
        clock = Clock()
        reconciler = Reconciler(patient, clock)
        for _ in range(8):
            with database.writing() as session:
                reconciler.look(session)
            clock.time_s += 0.5
    row = row_of(database, session_id)
    assert row.state == "failed"
    assert "2 workers were lost over it" in row.error_message


def test_a_lost_session_that_was_asked_to_end_ends(database, settings, owner):
    session_id = queued(database, settings, owner)
    claimed(database, settings)
    with database.writing() as session:
        row = session.get_one(TrainingSession, session_id)
        sessions.cancel(session, row.owner, row)
        assert (row.state, row.wanted) == ("running", "cancelled")
    clock = Clock()
    reconciler = Reconciler(settings, clock)
    for _ in range(8):
        with database.writing() as session:
            reconciler.look(session)
        clock.time_s += 0.5
    assert row_of(database, session_id).state == "cancelled"


def test_of_many_who_claim_at_once_each_gets_another_session(database, settings):
    owners = [new_user(database, f"maker{n}@example.org", parallel=100, unfinished=100) for n in range(2)]
    made = {queued(database, settings, owners[n % 2]) for n in range(40)}
    taken: list[int] = []

    def work(name: str) -> None:
        while (mine := claimed(database, settings, name)) is not None:
            taken.append(mine.session_id)
            with database.writing() as session:
                finish(session, mine, State.COMPLETED)

    threads = [threading.Thread(target=work, args=(f"worker {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(made)
    assert {row_of(database, n).attempt for n in made} == {1}


def test_of_many_submissions_below_the_quota_exactly_as_many_as_fit_are_taken(database, settings):
    owner = new_user(database, unfinished=3)
    queued(database, settings, owner)
    queued(database, settings, owner)
    accepted, refused = [], []
    start = threading.Barrier(8)

    def submit() -> None:
        start.wait()
        try:
            accepted.append(queued(database, settings, owner))
        except WebfootError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=submit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(accepted) == 1
    assert len(refused) == 7
    assert "you have 3 unfinished sessions, and may have 3" in refused[0]


def test_robot_hours_are_reserved_before_they_are_spent(database, settings):
    owner = new_user(database, robot_hours=0.02)
    asked = {"reference_motion": "walk", "parameters": {"epochs": 10, "batch_size": 15}}  # 10 * 16 * 15 * 0.02 s
    with database.writing() as session:
        user = session.get_one(User, owner)
        row = sessions.start(session, user, settings, **asked)
        assert row.expected_robot_hours == pytest.approx(48 / 3600)
        with pytest.raises(WebfootError, match=r"may take 0\.01333 robot hours, and you have 0\.006667 left of"):
            sessions.start(session, user, settings, **asked)
        sessions.cancel(session, user, row)
        sessions.start(session, user, settings, **asked)
