"""Robots: the list, one robot with its joints, and those that come with the program."""

import pytest
from rows import keep
from shown import fragment, has_own_script, names, page
from uploading import DUCK, uploaded, zip_of

from webfoot.web.models.access import Share
from webfoot.web.words.robot_words import in_words


def test_one_robot_stands_in_3d_with_its_joints_and_servos(caller):
    trainer = caller()
    made = uploaded(trainer, "robots", {"duck.zip": zip_of({"duck.xml": DUCK})}, name="my duck")
    text = page(trainer, f"/robots/{made['id']}")
    assert f'data-scene="/api/v1/scene?robot=robot:{made["id"]}@1"' in text and "data-replay" not in text
    assert "left_knee" in text and "5.77" in text and "3.23" in text and "stands by itself" in text
    assert not has_own_script(text)
    assert trainer("GET", f"/robots/{made['id']}?version=2").status_code == 404
    assert caller()("GET", f"/robots/{made['id']}").status_code == 404


def test_a_list_holds_what_one_may_see(caller, service):
    trainer, friend = caller(), caller()
    for name in ("b", "a"):
        own = DUCK + f"<!-- {name} -->".encode()  # the same content twice would be one robot
        made = uploaded(trainer, "robots", {"duck.zip": zip_of({"duck.xml": own})}, name=name)
    keep(service, Share(kind="robot", object_id=made["id"], user_id=friend.user_id))
    assert names(page(trainer, "/robots?sort=name")) == names(fragment(trainer, "/robots?sort=name")) == ["a", "b"]
    assert names(fragment(trainer, "/robots?search=B")) == ["b"] and names(fragment(trainer, "/robots?usable=no")) == []
    assert names(page(friend, "/robots")) == ["a"] and "with you" in page(friend, "/robots")
    assert names(page(friend, "/robots?mine=1")) == []


def test_bundled_robots_come_first_and_have_pages(caller):
    viewer = caller("viewer")
    text = page(viewer, "/robots")
    assert text.index('href="/robots/duckling"') < text.index("No robot is shared with you yet")
    text = page(viewer, "/robots/otter")
    assert 'href="/motions/otter/trot"' in text and "motion=trot&amp;robot=otter" in text and "Train it" not in text
    assert viewer("GET", "/robots/goose").status_code == 404


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "' OR 1=1 --", "%"])
def test_hostile_words_find_nothing(caller, words):
    answer = caller()("GET", "/robots", query_string={"search": words})
    assert answer.status_code == 200 and "No robot is like that" in answer.text and "<script>alert" not in answer.text


def test_findings_are_told_the_weightiest_first():
    findings = [{"severity": severity, "message": severity} for severity in ("info", "error", "warning")]
    words = in_words({"findings": findings, "joint_names": ["knee"], "lower": [-1.0], "mass_kg": 2.0}, False)
    assert [finding["severity"] for finding in words.findings] == ["error", "warning", "info"]
    assert (words.verdict, words.facts) == ("unfit", [("Joints", "1"), ("Mass", "2.00 kg")])
    assert words.joints[0]["lower"] == -1.0 and words.joints[0]["upper"] is None
    assert in_words({"findings": findings[2:]}, True).verdict == "remarks" and in_words({}, True).verdict == "fit"
