import pytest

from webfoot.web.models.training import TrainingSession

WALK = {"reference_motion": "walk", "epochs": 1, "batch_size": 8}
REFUSAL = "priority 1 is an administrator's to give; 0 or less would be right"


@pytest.fixture
def trainer(caller):
    return caller()


@pytest.fixture
def session(trainer) -> int:
    return trainer("POST", "/training/start", json=WALK).json["id"]


def priority_of(caller, session: int) -> int:
    return caller("GET", f"/api/v1/sessions/{session}").json["priority"]


def test_only_an_administrator_goes_before_others(trainer, caller, session):
    path, given = f"/api/v1/sessions/{session}", {"json": {"priority": 1}}
    for answer in (
        trainer("POST", "/training/start", json={**WALK, "priority": 1}),
        trainer("POST", f"{path}/clone", **given),
        trainer("PATCH", path, json={"priority": 1, "name": "first"}),
    ):
        assert (answer.status_code, answer.json["error"]) == (403, REFUSAL)
    assert trainer("GET", path).json["name"] == "walk on duckling"
    chief = caller("administrator")
    assert chief("PATCH", path, **given).json["priority"] == 1
    assert priority_of(chief, chief("POST", "/training/start", json={**WALK, "priority": 10}).json["id"]) == 10


def test_an_administrators_token_that_may_only_train_goes_before_nobody(caller):
    answer = caller("administrator", scopes=("train",))("POST", "/training/start", json={**WALK, "priority": 1})
    assert (answer.status_code, answer.json["error"]) == (403, REFUSAL)


def test_anybody_lowers_a_priority_and_raises_it_to_the_usual_one(trainer, session):
    path = f"/api/v1/sessions/{session}"
    assert [trainer("PATCH", path, json={"priority": n}).json["priority"] for n in (-10, -3, 0)] == [-10, -3, 0]
    low = trainer("POST", "/training/start", json={**WALK, "priority": -5}).json["id"]
    assert priority_of(trainer, low) == -5
    assert priority_of(trainer, trainer("POST", f"/api/v1/sessions/{low}/clone", json={}).json["id"]) == -5


def test_what_an_administrator_raised_can_be_kept_and_lowered_and_is_not_inherited(trainer, caller, session, service):
    with service.database.writing() as rows:
        rows.get_one(TrainingSession, session).priority = 5
    path = f"/api/v1/sessions/{session}"
    copy = trainer("POST", f"{path}/clone", json={}).json["id"]
    assert priority_of(trainer, copy) == 0
    assert priority_of(caller("administrator"), session) == 5
    higher = trainer("PATCH", path, json={"priority": 6})
    assert (higher.status_code, "5 or less would be right" in higher.json["error"]) == (403, True)
    assert [trainer("PATCH", path, json={"priority": n}).json.get("priority") for n in (5, 4)] == [5, 4]
    assert trainer("PATCH", path, json={"priority": 5}).status_code == 403


def test_the_document_says_so(caller):
    schemas = caller()("GET", "/api/v1/openapi.json").json["components"]["schemas"]
    for name in ("StartRequest", "SessionChange", "CloneRequest"):
        assert "only an administrator may go above it" in schemas[name]["properties"]["priority"]["description"]
