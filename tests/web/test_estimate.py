"""What a training would take, before anything is spent."""

import pytest
from rows import training_row
from uploading import BACK, WALK, uploaded

from webfoot.recipes import PLANS
from webfoot.web.models.base import now
from webfoot.web.services.throughput import ELSEWHERE_OVERHEAD_S
from webfoot.web.states import State

WALKS = {"reference_motion": "walk"}


def estimate(caller, **asked):
    answer = caller("POST", "/api/v1/estimate", json=WALKS | asked)
    assert answer.status_code == 200, answer.json
    return answer.json


def ran(service, caller, **columns):
    """A training that ended."""
    with service.database.writing() as session:
        row = training_row(caller.user_id, State.COMPLETED)
        row.robot, row.attempt, row.started_at, row.completed_at = "duckling", 1, now(), now()
        row.robot_hours = 1.0
        for name, value in columns.items():
            setattr(row, name, value)
        session.add(row)


def test_robot_hours_are_epochs_times_steps_times_robots(caller):
    told = estimate(caller(robot_hours=5.0), epochs=10, batch_size=100)
    assert told["robot_hours"] == pytest.approx(10 * 16 * 100 / 50 / 3600)
    assert (told["robot_hours_quota"], told["robot_hours_left"], told["refusal"]) == (5.0, 5.0, None)


def test_time_is_measured_on_trainings_of_this_service(caller, service):
    trainer = caller()
    for speed in (1000.0, 2000.0, 4000.0):
        ran(service, trainer, steps_per_s=speed, elapsed_s=0.0)
    ran(service, trainer, steps_per_s=9.0, robot="otter")  # another robot is another pace
    ran(service, trainer, steps_per_s=9.0, robot_hours=0.01)  # and this one hardly began
    told = estimate(trainer, epochs=100, batch_size=10, plan="standard")  # 16,000 steps, all of them
    assert told["measured_on"] == 3
    assert told["seconds"] == pytest.approx({"low": 4.0, "likely": 8.0, "high": 16.0}, abs=0.1)
    stopped = estimate(trainer, epochs=100_000, parameters={"max_minutes": 1}, plan="standard")
    assert stopped["seconds"] == pytest.approx({"low": 60.0, "likely": 60.0, "high": 60.0}, abs=0.1)


def test_a_training_that_may_stop_early_is_likely_to_take_what_others_took(caller, service):
    trainer = caller()
    for hours in (0.1, 0.2, 0.4):
        ran(service, trainer, steps_per_s=1000.0, passed=True, robot_hours=hours, expected_robot_hours=5.0)
    seconds = estimate(trainer)["seconds"]  # 400 epochs of 16 steps of 128 robots at most
    assert seconds == pytest.approx({"low": 18.0, "likely": 36.0, "high": 819.2}, abs=0.1)


def test_where_nothing_ran_the_pace_of_another_machine_is_told_as_such(caller):
    told = estimate(caller(), plan="standard")
    assert told["measured_on"] == 0
    assert told["seconds"]["likely"] == pytest.approx(819_200 / 5000 + ELSEWHERE_OVERHEAD_S)


def test_every_plan_is_estimated_with_the_same_other_options(caller):
    told = estimate(caller(), batch_size=64)
    hours = {plan: part["robot_hours"] for plan, part in told["plans"].items()}
    assert hours.keys() == PLANS.keys()
    assert hours == pytest.approx({"quick": 2.2756, "standard": 2.2756, "robust": 6.8267}, abs=1e-3)


def test_options_are_told_as_they_would_be_and_as_they_would_be_without_changes(caller):
    told = estimate(caller(), plan="robust", epochs=9, parameters={"task": {"history": 2}, "preset": "mild"})
    assert (told["options"]["epochs"], told["options"]["task.history"], told["options"]["randomize.preset"]) == (
        9,
        2,
        "mild",
    )
    assert (told["usual"]["epochs"], told["usual"]["task.history"], told["usual"]["randomize.preset"]) == (
        400,
        1,
        "mild",
    )
    robust = estimate(caller(), plan="robust", epochs=9)
    assert (robust["usual"]["epochs"], robust["usual"]["ppo.hidden_size"]) == (1200, 192)
    assert robust["usual"]["rollout.conditions.preset"] == "robust"
    amp = estimate(caller(), parameters={"method": "amp"})
    assert amp["usual"]["task.action_base"] == "default"


def test_a_library_has_options_of_its_own(caller):
    trainer = caller()
    made = uploaded(trainer, "motions", {"walk.npz": WALK, "back.npz": BACK}, library="true", name="both")
    told = estimate(trainer, reference_motion=f"motion:{made['id']}")
    assert (told["clips"], told["usual"]["epochs"], told["options"]["batch_size"]) == (2, 1500, 256)
    one = estimate(trainer, reference_motion=f"motion:{made['id']}#walk")
    assert (one["clips"], one["usual"]["epochs"]) == (1, 400)


def test_what_waits_before_it_is_counted_and_nothing_is_started(caller):
    trainer, other = caller(), caller()
    other("POST", "/training/start", json=WALKS)
    other("POST", "/training/start", json=WALKS | {"priority": -1})
    assert [estimate(trainer)["ahead"], estimate(trainer, priority=-2)["ahead"]] == [1, 2]
    assert trainer("GET", "/api/v1/sessions").json["total"] == 0


def test_what_the_quota_refuses_is_said_and_still_estimated(caller):
    told = estimate(caller(robot_hours=1.0))
    assert "lower epochs or batch_size" in told["refusal"] and told["robot_hours_left"] == 1.0


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"reference_motion": "gallop"}, "unknown reference motion 'gallop'"),
        ({"robot": "horse"}, "unknown robot 'horse'"),
        ({"epochs": 0}, "option 'epochs' is 0"),
        ({"parameters": {"ppo": 3}}, "option 'ppo'"),
        ({"parameters": {"randomize": {"preset": []}}}, "option 'randomize.preset'"),
        ({"parameters": {"method": {}}}, "option 'method'"),
        ({"parameters": {"nonsense": 1}}, "unknown option 'nonsense'"),
        ({"plan": "endless"}, "field 'plan'"),
        ({"parent_id": 999}, ""),
    ],
)
def test_a_wrong_question_is_answered_as_a_wrong_start(caller, asked, sentence):
    trainer = caller()
    answers = [trainer("POST", path, json=WALKS | asked) for path in ("/training/start", "/api/v1/estimate")]
    assert 400 <= answers[0].status_code < 500
    if sentence:
        assert sentence in answers[0].json["error"] and answers[0].json == answers[1].json


def test_a_start_with_a_plan_has_its_options_and_its_parent(caller):
    trainer = caller()
    first = trainer("POST", "/training/start", json=WALKS | {"plan": "robust"}).json["id"]
    second = trainer("POST", "/training/start", json=WALKS | {"parent_id": first, "plan": "standard"}).json["id"]
    rows = [trainer("GET", f"/api/v1/sessions/{number}").json for number in (first, second)]
    assert [row["parameters"] for row in rows] == [{"randomize": {"preset": "robust"}}, {"stop_when_passed": False}]
    assert [row["total_epochs"] for row in rows] == [1200, 400] and rows[1]["parent_id"] == first
    assert caller()("POST", "/training/start", json=WALKS | {"parent_id": first}).status_code == 404
