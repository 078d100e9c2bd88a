import json
import re

import pytest
from event_log import progress, tell
from rows import keep, training_row

from webfoot.learn.events import Alert, Evaluated, Metrics
from webfoot.runs import Run
from webfoot.web.models.access import Share
from webfoot.web.models.user import User

MULTIRUN = "data/plugin/scalars/scalars_multirun"


@pytest.fixture
def session_of(service):
    """Makes a session of a user, and what its training has told."""

    def make(user_id: int, name: str, *events) -> int:
        id = keep(service, training_row(user_id, name=name))
        tell(Run.create_at(service.settings.runs_dir / str(id)).events_file, *events)
        return id

    return make


def points(caller, run, tag, root="/tensorboard"):
    answer = caller("GET", f"{root}/data/plugin/scalars/scalars", query_string={"run": run, "tag": tag})
    assert answer.status_code == 200, answer.text
    return [(step, value) for _, step, value in answer.json]


def test_a_stranger_is_sent_to_the_login_and_a_program_is_refused(app):
    client = app.test_client()
    page = client.get("/tensorboard/", headers={"Accept": "text/html"})
    assert (page.status_code, page.location) == (302, "/login?next=/tensorboard/")
    for path in ("", "index.js", "data/runs", "data/plugin/scalars/tags", "data/logdir"):
        assert client.get(f"/tensorboard/{path}").status_code == 401
    assert client.post(f"/tensorboard/{MULTIRUN}", data={"tag": "train/reward"}).status_code == 401


def test_its_pages_may_speak_to_no_other_host(caller):
    answer = caller("viewer")("GET", "/tensorboard/")
    assert answer.status_code == 200
    assert b"<tb-webapp>" in answer.data
    (policy,) = answer.headers.getlist("Content-Security-Policy")
    assert "script-src 'self' 'unsafe-eval'" in policy
    assert not re.search(r"https?:|\*", policy)
    script = re.search(rb'src="(index.js\?[^"]*)"', answer.data)
    assert script is not None
    assert caller("viewer")("GET", f"/tensorboard/{script[1].decode()}").mimetype in (
        "text/javascript",
        "application/javascript",
    )
    assert "unsafe-eval" not in caller("viewer")("GET", "/api/v1/sessions").headers["Content-Security-Policy"]


def test_a_user_is_shown_the_runs_that_they_may_see(caller, service, session_of):
    owner, guest, administrator = caller(), caller("viewer"), caller("administrator")
    mine = session_of(owner.user_id, "walk/fast", Metrics(1, {"reward": 0.5}))
    session_of(owner.user_id, "secret", Metrics(1, {"reward": 0.5}))
    with service.database.writing() as session:
        session.add(Share(kind="session", object_id=mine, user_id=guest.user_id))
    for path in ("data/runs", "data/plugin/scalars/tags"):
        assert list(guest("GET", f"/tensorboard/{path}").json) == [f"{mine} walk/fast"]
        assert len(administrator("GET", f"/tensorboard/{path}").json) == 2
        assert list(caller()("GET", f"/tensorboard/{path}").json) == []
    assert points(guest, f"{mine} walk/fast", "train/reward") == [(1, 0.5)]
    foreign = {"run": f"{mine + 1} secret", "tag": "train/reward"}
    assert guest("GET", "/tensorboard/data/plugin/scalars/scalars", query_string=foreign).status_code == 404
    assert guest("GET", "/tensorboard/data/logdir").json == {"logdir": ""}


def test_an_address_may_name_some_of_the_runs_and_shows_no_more_of_them_than_one_may_see(caller, session_of):
    owner = caller()
    ids = [session_of(owner.user_id, name, Metrics(1, {"reward": 0.5})) for name in ("a", "b", "c")]
    root = f"/tensorboard/experiment/{ids[0]},{ids[2]}"
    assert sorted(owner("GET", f"{root}/data/runs").json) == [f"{ids[0]} a", f"{ids[2]} c"]
    assert points(owner, f"{ids[0]} a", "train/reward", root) == [(1, 0.5)]
    assert caller()("GET", f"{root}/data/runs").json == []
    assert owner("GET", "/tensorboard/experiment/x,-1,²/data/runs").json == []


def test_a_resumed_run_draws_no_line_back(caller, session_of):
    owner = caller()
    first = [event for n in (1, 2, 3) for event in (progress(n), Metrics(n, {"reward": float(n)}))]
    again = [event for n in (2, 3, 4) for event in (progress(n), Metrics(n, {"reward": 10.0 * n}))]
    mine = session_of(owner.user_id, "walk", *first, *again)
    assert points(owner, f"{mine} walk", "train/reward") == [(1, 1.0), (2, 20.0), (3, 30.0), (4, 40.0)]
    answer = owner(
        "GET", "/tensorboard/data/plugin/scalars/scalars", query_string={"run": f"{mine} walk", "tag": "train/reward"}
    )
    times = [time for time, _, _ in answer.json]
    assert times == sorted(times) and times[0] > 1e9


def test_trials_and_alerts_are_shown_under_the_names_of_the_files(caller, session_of):
    owner = caller()
    told = [Metrics(1, {"reward": 0.5}), Evaluated(1, False, 0.25, {"falls": 2.0})]
    warned = [
        Alert(1, "plateau", "warning", "stands <script>still</script>"),
        Alert(2, "plateau", "warning", "stands", cleared=True),
    ]
    mine = session_of(owner.user_id, "walk", *told, *warned)
    run = f"{mine} walk"
    tags = owner("GET", "/tensorboard/data/plugin/scalars/tags").json[run]
    assert {"train/reward", "trial/score", "trial/falls"} <= tags.keys()
    assert points(owner, run, "trial/falls") == [(1, 2.0)]
    assert owner("GET", "/tensorboard/data/plugin/text/tags").json == {run: ["alert/plateau"]}
    asked = {"run": run, "tag": "alert/plateau"}
    texts = owner("GET", "/tensorboard/data/plugin/text/text", query_string=asked).json
    assert [text["step"] for text in texts] == [1, 2]
    assert "warning: stands" in texts[0]["text"] and "<script" not in texts[0]["text"]
    assert "cleared: stands" in texts[1]["text"]


def test_many_points_become_a_thousand_with_their_extremes(caller, session_of):
    owner = caller()
    mine = session_of(
        owner.user_id, "walk", *(Metrics(n, {"reward": 9.0 if n == 777 else 0.0}) for n in range(1, 3001))
    )
    curve = points(owner, f"{mine} walk", "train/reward")
    assert len(curve) <= 1000
    assert (777, 9.0) in curve and curve[0][0] == 1 and curve[-1][0] == 3000


def test_its_one_question_by_post_needs_no_csrf_token_and_changes_nothing_about_the_others(
    app, caller, service, session_of
):
    owner = caller()
    mine = session_of(owner.user_id, "walk", Metrics(1, {"reward": 0.5}))
    asked = {"tag": "train/reward", "runs": [f"{mine} walk", "999 other"]}
    for root in ("/tensorboard", f"/tensorboard/experiment/{mine}"):
        told = owner("POST", f"{root}/{MULTIRUN}", data=asked)
        assert {run: [point[1:] for point in curve] for run, curve in told.json.items()} == {f"{mine} walk": [[1, 0.5]]}
    multipart = owner("POST", f"/tensorboard/{MULTIRUN}", data=asked, content_type="multipart/form-data")
    assert multipart.json == told.json
    assert owner("POST", f"/tensorboard/{MULTIRUN}", data=b"x" * 1_000_001).status_code == 405
    browser = app.test_client()
    with service.database.reading() as session, browser.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = session.get_one(User, owner.user_id).fs_uniquifier, True
    assert browser.post(f"/tensorboard/{MULTIRUN}", data=asked).json == told.json
    assert browser.post("/api/v1/alerts/read-all").json["error"].startswith("The CSRF token is missing.")
    assert owner("POST", "/tensorboard/data/runs").status_code == 405


def test_a_session_without_a_log_is_a_run_without_curves(caller, service, session_of):
    owner = caller()
    mine = session_of(owner.user_id, "walk")
    Run(service.settings.runs_dir / str(mine)).events_file.unlink()
    assert owner("GET", "/tensorboard/data/runs").json == [f"{mine} walk"]
    assert json.loads(owner("GET", "/tensorboard/data/plugin/scalars/tags").data) == {}
    listing = owner("GET", "/tensorboard/data/plugins_listing").json
    assert listing.keys() == {"scalars", "text"} and all(one["enabled"] for one in listing.values())
