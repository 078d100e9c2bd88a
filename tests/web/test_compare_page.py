import html
import json
import re

import pytest
from browser import PAGE
from hand_walk import check, run_folder, write_report
from rows import keep, training_row
from uploading import WALK, uploaded

from webfoot.web.results.comparison import ComparisonError, ids_in
from webfoot.web.states import State


def page(caller, query):
    answer = caller("GET", f"/training/compare{query}", headers=PAGE)
    return answer.status_code, answer.text


def found(pattern, text):
    match = re.search(pattern, text, re.DOTALL)
    assert match, text
    return match[1]


@pytest.fixture
def two(caller, service):
    """Owner and ids of two sessions, one that passed and one that did not."""
    owner, ids = caller(), []
    for error, speed in ((0.1, 0.11), (0.4, 0.06)):
        passed = error < 0.2
        id = keep(service, training_row(owner.user_id, State.COMPLETED, passed=passed, name=f"walk {error}"))
        checks = [check("speed_error", error, 0.2, passed=passed)]
        write_report(run_folder(service, id), *checks, metrics={"velocity_x": speed, "speed_error": error})
        ids.append(id)
    return owner, ids


def test_verdicts_stand_side_by_side(two):
    owner, (first, second) = two
    status, text = page(owner, f"?ids={first},{second}")
    assert status == 200
    line = found(r"Speed error, of the command</th>(.*?)</tr>", text)
    assert re.findall(r"([\d.]+) %.*?(✓|✕)", line, re.DOTALL) == [("10", "✓"), ("40", "✕")]
    assert re.search(r"Speed forward</th>.*?0.11 m/s.*?0.06 m/s", text, re.DOTALL)
    for id in (first, second):
        assert f"/training/metrics/{id} " in text and f"/api/v1/sessions/{id}/configuration " in text


def test_figures_come_as_numbers_for_the_axes(two):
    owner, ids = two
    _, text = page(owner, f"?ids={ids[0]},{ids[1]}")
    told = json.loads(html.unescape(found(r'data-compared="([^"]*)"', text)))
    assert [session["figures"] for session in told] == [
        {"Speed error, of the command [%]": 10.0, "Speed forward [m/s]": 0.11},
        {"Speed error, of the command [%]": 40.0, "Speed forward [m/s]": 0.06},
    ]


def test_sessions_are_added_and_taken_away_by_address(two):
    owner, (first, second) = two
    _, text = page(owner, f"?ids={first}&add={second}")
    assert f'href="/training/compare?ids={first}"' in text and f'href="/training/compare?ids={second}"' in text
    assert 'value="' + f"{first},{second}" + '"' in text
    assert "Replays" not in page(owner, f"?ids={first}")[1]


@pytest.mark.parametrize("query", ["", "?ids=", "?ids=,"])
def test_nothing_chosen_asks_for_the_first(two, query):
    owner, ids = two
    status, text = page(owner, query)
    assert (status, "Choose the first session below" in text) == (200, True)
    assert f'<option value="{ids[0]}">' in text


def test_what_one_may_not_see_is_not_there(two, caller):
    owner, (first, second) = two
    friend = caller()
    owner("POST", f"/api/v1/sessions/{first}/shares", json={"email": friend.email})
    assert page(friend, f"?ids={first}")[0] == 200
    status, text = page(friend, f"?ids={first},{second}")
    assert (status, f"there is no session {second}" in text, "walk 0.4" in text) == (404, True, False)
    assert "walk 0.4" not in page(friend, "")[1]


@pytest.mark.parametrize("text", ["1,two", "1;2", "-1", "1" * 10, "9" * 9 + ",<b>"])
def test_something_else_than_numbers_is_refused(text):
    with pytest.raises(ComparisonError, match="numbers of sessions, divided by commas, would be right"):
        ids_in(text)


def test_each_counts_once_and_eight_are_the_most():
    assert ids_in("3, 1,3 2,") == [3, 1, 2]
    assert len(ids_in("1,2,3,4,5,6,7,8,8")) == 8
    with pytest.raises(ComparisonError, match="ids names 9 sessions; up to 8 can be compared at once"):
        ids_in("1,2,3,4,5,6,7,8,9")


def test_a_session_that_was_never_validated_stands_beside_the_others(two, service):
    owner, (first, _) = two
    third = keep(service, training_row(owner.user_id, State.QUEUED, name="young"))
    status, text = page(owner, f"?ids={first},{third}")
    assert status == 200
    assert "–" in found(r"Speed error, of the command</th>(.*?)</tr>", text)
    assert "None of these sessions was validated yet" in page(owner, f"?ids={third}")[1]


def test_options_call_motions_and_robots_by_their_names(caller):
    trainer = caller()
    made = uploaded(trainer, "motions", {"stroll.npz": WALK})
    asked = {"reference_motion": f"motion:{made['id']}"}
    id = trainer("POST", "/training/start", json=asked).json["id"]
    _, text = page(trainer, f"?ids={id}")
    said = json.loads(html.unescape(found(r'data-said="([^"]*)"', text)))
    assert said == {f"motion:{made['id']}@1": "stroll", "duckling": "duckling"}
