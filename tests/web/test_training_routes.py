import pytest


def test_a_start_is_queued_and_its_status_is_told(caller):
    trainer = caller()
    asked = {"reference_motion": "walk", "epochs": 3, "batch_size": 8}
    begun = trainer("POST", "/training/start", json=asked)
    assert begun.status_code == 202, begun.json
    assert begun.json["message"] == "Training started"
    told = trainer("GET", f"/training/status/{begun.json['session_id']}").json
    assert (told["status"], told["current_epoch"], told["total_epochs"], told["queue_position"]) == ("queued", 0, 3, 0)
    assert trainer("GET", f"/api/v1/training/metrics/{begun.json['id']}").json["epochs"] == []


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"reference_motion": "/etc/passwd"}, "unknown reference motion '/etc/passwd': choose one of"),
        ({"reference_motion": "motion:999"}, "there is no motion 999"),
        ({"reference_motion": "walk", "robot": "../x"}, "unknown robot '../x'"),
        ({"reference_motion": "walk", "epochs": 0}, "option 'epochs' is 0"),
        ({"reference_motion": "walk", "parameters": {"ppo": {"gamma": 2}}}, "option 'ppo.gamma' is 2"),
    ],
)
def test_a_wrong_start_is_refused_in_one_sentence(caller, asked, sentence):
    answer = caller()("POST", "/training/start", json=asked)
    assert 400 <= answer.status_code < 500
    assert sentence in answer.json["error"]


def test_the_same_key_gives_the_same_session(caller):
    trainer = caller()
    asked = {"json": {"reference_motion": "walk"}, "headers": {"Idempotency-Key": "once"}}
    first, second = (trainer("POST", "/training/start", **asked).json["id"] for _ in range(2))
    assert first == second
    other = caller()("POST", "/training/start", **asked).json["id"]
    assert other != first


def test_what_one_may_not_see_does_not_exist(caller):
    mine = caller()("POST", "/training/start", json={"reference_motion": "walk"}).json["id"]
    other = caller()
    for path in (f"/training/status/{mine}", f"/training/metrics/{mine}", f"/api/v1/sessions/{mine}"):
        answer = other("GET", path)
        assert (answer.status_code, answer.json["error"]) == (404, f"there is no session {mine}")
    assert caller("administrator")("GET", f"/training/status/{mine}").status_code == 200


def test_a_key_is_not_taken_for_another_request(caller):
    trainer = caller()
    headers = {"Idempotency-Key": "once"}
    first = trainer("POST", "/training/start", json={"reference_motion": "walk"}, headers=headers).json["id"]
    answer = trainer("POST", "/training/start", json={"reference_motion": "back"}, headers=headers)
    assert (answer.status_code, f"made session {first}, of another request" in answer.json["error"]) == (409, True)


def test_a_time_limit_is_set_within_what_is_allowed(caller, settings):
    trainer = caller()
    number = trainer("POST", "/training/start", json={"reference_motion": "walk", "timeout_minutes": 2}).json["id"]
    path = f"/api/v1/sessions/{number}"
    assert trainer("PATCH", path, json={"timeout_minutes": 5}).json["timeout_minutes"] == 5
    answer = trainer("PATCH", path, json={"timeout_minutes": settings.timeout_minutes + 1})
    assert (answer.status_code, "at most 240 may be given here" in answer.json["error"]) == (400, True)
