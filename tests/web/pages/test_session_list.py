"""The list of sessions: searched, filtered, sorted, in pages; whole and as a fragment; for whoever asks."""

import re

import pytest
from rows import keep, training_row
from shown import fragment, has_own_script, names, page

from webfoot.web.models.access import Share
from webfoot.web.states import State

HOSTILE = ['<script>alert("x")</script>', "'; DROP TABLE users; --", "%_\\", "{{ 7*7 }}", "\u202eevil", "a" * 120]


@pytest.fixture
def three(caller, service):
    """A trainer with three sessions: a runs, b passed, c did not."""
    trainer = caller()
    ids = [
        keep(service, training_row(trainer.user_id, State.RUNNING, name="a", current_epoch=3, eta_s=75.0)),
        keep(service, training_row(trainer.user_id, State.COMPLETED, name="b", passed=True, current_epoch=10)),
        keep(
            service,
            training_row(
                trainer.user_id, State.COMPLETED, name="c", passed=False, current_epoch=9,
                robot="otter", reference_motion="trot",
            ),
        ),
    ]  # fmt: skip
    return trainer, ids


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", "c b a"),
        ("sort=created", "a b c"),
        ("sort=name", "a b c"),
        ("sort=-name", "c b a"),
        ("sort=-progress", "b c a"),
        ("sort=progress", "a c b"),
        ("sort=-passed", "b c a"),
        ("sort=robot", "b a c"),
        ("sort=motion", "c b a"),
        ("sort=state", "c b a"),
        ("sort=owner", "c b a"),
        ("state=running", "a"),
        ("state=unfinished", "a"),
        ("passed=yes", "b"),
        ("passed=no", "c"),
        ("robot=otter", "c"),
        ("motion=walk", "b a"),
        ("search=B", "b"),
        ("mine=1", "c b a"),
        ("mine=1&search=&state=&passed=&robot=&motion=&sort=name", "a b c"),
        ("per_page=2&page=2", "a"),
    ],
)
def test_a_list_is_searched_filtered_sorted_and_turned_over(three, asked, found):
    trainer, _ = three
    whole, part = page(trainer, f"/sessions?{asked}"), fragment(trainer, f"/sessions?{asked}")
    assert names(whole) == names(part) == found.split()
    assert not has_own_script(whole)


def test_a_fragment_tells_the_number_and_the_short_address(three):
    trainer, _ = three
    answer = trainer("GET", "/sessions?search=a&state=", headers={"HX-Request": "true"})
    assert answer.headers["HX-Push-Url"] == "/sessions?search=a" and "HX-Request" in answer.headers["Vary"]
    assert re.search(r'id="found" role="status" hx-swap-oob="innerHTML">1 session<', answer.text)
    again = {"HX-Request": "true", "HX-Current-URL": "http://localhost/sessions?search=a"}
    assert "HX-Push-Url" not in trainer("GET", "/sessions?search=a", headers=again).headers


def test_on_the_way_back_the_whole_page_comes(three):
    trainer, _ = three
    assert "<html" in page(trainer, "/sessions", **{"HX-Request": "true", "HX-History-Restore-Request": "true"})


def test_a_row_says_how_far_it_is_and_what_can_be_done(three):
    trainer, (running, passed, _) = three
    text = page(trainer, "/sessions")
    assert f'href="/training/monitor/{running}"' in text and f'href="/training/results/{passed}"' in text
    assert re.search(r'<progress[^>]*max="10" value="3"', text) and 'data-eta="75.0"' in text
    assert f'data-act="DELETE /api/v1/sessions/{passed}" data-ask="Delete session {passed}, “b”' in text
    assert f'href="/training/configure?clone={running}"' in text


def test_who_only_looks_is_offered_nothing_that_changes(three, caller, service):
    _, (running, *_) = three
    viewer = caller("viewer")
    keep(service, Share(kind="session", object_id=running, user_id=viewer.user_id))
    text = page(viewer, "/sessions")
    assert names(text) == ["a"]
    assert "data-act" not in text and "data-rename" not in text and "/training/configure" not in text


def test_an_administrator_sees_and_may_change_all(three, caller):
    text = page(caller("administrator"), "/sessions")
    assert names(text) == ["c", "b", "a"] and text.count("data-rename") == 3


@pytest.mark.parametrize(("role", "says"), [("trainer", "Nothing was trained yet"), ("viewer", "Nothing is shared")])
def test_an_empty_list_says_what_to_do(caller, role, says):
    assert says in page(caller(role), "/sessions")


def test_where_nothing_is_like_that_there_is_a_way_back(three):
    trainer, _ = three
    assert "No session is like that" in fragment(trainer, "/sessions?search=zebra")
    assert "There are not so many pages" in fragment(trainer, "/sessions?page=9")


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_find_nothing_and_are_shown_as_they_are(three, words):
    trainer, _ = three
    answer = trainer("GET", "/sessions", query_string={"search": words, "robot": words, "motion": words})
    assert answer.status_code == 200 and names(answer.text) == []
    assert "<script>alert" not in answer.text and "49" not in answer.text.split('name="search"')[1][:200]


@pytest.mark.parametrize("asked", ["sort=password", "page=0", "page=x", "state=dead", "passed=maybe", "per_page=1000"])
def test_what_cannot_be_asked_is_refused(three, asked):
    trainer, _ = three
    answer = trainer("GET", f"/sessions?{asked}", headers={"Accept": "text/html"})
    assert answer.status_code == 422 and asked.partition("=")[0] in answer.text


def test_names_are_shown_as_they_are_never_as_markup(caller, service):
    trainer = caller()
    keep(service, training_row(trainer.user_id, name='"><img src=x onerror=alert(1)>'))
    text = page(trainer, "/sessions")
    assert names(text) == ['"><img src=x onerror=alert(1)>'] and "<img src=x" not in text


def test_the_menu_of_an_own_session_shares_it_and_what_it_does_is_taken_back(caller, service):
    trainer = caller()
    address = f"/api/v1/sessions/{keep(service, training_row(trainer.user_id, State.FAILED))}"
    shown = trainer("GET", "/sessions").text
    assert f'data-share="{address}"' in shown
    undone = dict(re.findall(r'data-act="POST (\S+)" data-undo="POST (\S+)"', shown))
    ways = {"pause": "resume", "resume": "pause", "cancel": "retry", "retry": "cancel"}
    assert undone == {f"{address}/{act}": f"{address}/{back}" for act, back in ways.items()}
    assert trainer("POST", f"{address}/retry").status_code == 200
    assert trainer("POST", undone[f"{address}/retry"]).json["state"] == "cancelled"
