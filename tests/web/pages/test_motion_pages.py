"""Motions: the list with what their reports say, one motion, its clips, and those that come with the program."""

import re

import pytest
from rows import keep, training_row
from shown import fragment, has_own_script, names, page
from uploading import BACK, WALK, send, uploaded

from webfoot.web.models.access import Share
from webfoot.web.models.objects import Motion, MotionVersion
from webfoot.web.services.motion_summary import summary


def motion_row(owner_id: int, name: str, **version) -> Motion:
    about = {
        "number": 1,
        "sha256": f"{abs(hash(name)):064x}"[:64],
        "filename": "a.npz",
        "size": 1,
        "report": {"clips": []},
    }
    row = Motion(owner_id=owner_id, name=name)
    row.versions = [MotionVersion(**{**about, "usable": True, **version})]
    return row


@pytest.fixture
def three(caller, service):
    """A trainer with three motions."""
    trainer = caller()
    keep(service, motion_row(trainer.user_id, "a", score=0.5, clip_count=3, duration_s=2.0, size=30, for_robot="otter"))
    keep(service, motion_row(trainer.user_id, "b", score=0.9, duration_s=9.0, size=10, for_robot="duckling"))
    keep(service, motion_row(trainer.user_id, "c", usable=False, size=20, for_robot="robot:3@1"))
    return trainer


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", "c b a"), ("sort=created", "a b c"), ("sort=name", "a b c"), ("sort=-score", "b a c"),
        ("sort=score", "a b c"), ("sort=-clips", "a c b"), ("sort=-duration", "b a c"),
        ("sort=size", "b c a"), ("sort=usable", "c b a"),
        ("sort=owner", "c b a"), ("sort=robot", "b a c"), ("usable=yes", "b a"), ("usable=no", "c"),
        ("robot=robot:3", "c"), ("robot=otter", "a"), ("mine=1&search=B", "b"), ("per_page=1&page=2", "b"),
        ("deleted=1", ""),
    ],
)  # fmt: skip
def test_a_list_is_searched_filtered_sorted_and_turned_over(three, asked, found):
    whole = page(three, f"/motions?{asked}")
    assert names(whole) == names(fragment(three, f"/motions?{asked}")) == found.split()
    assert not has_own_script(whole)


def test_of_several_versions_the_last_one_counts(caller, service):
    trainer = caller()
    row = motion_row(trainer.user_id, "a", score=0.1, usable=False)
    row.versions.append(
        MotionVersion(number=2, sha256="f" * 64, filename="a", size=7, report={}, usable=True, score=0.8)
    )
    keep(service, row)
    assert names(page(trainer, "/motions?usable=yes")) == ["a"] and names(page(trainer, "/motions?usable=no")) == []
    assert "0.80" in page(trainer, "/motions") and "version 2" in page(trainer, "/motions")


def test_what_the_list_shows_is_taken_out_of_the_report(caller):
    trainer = caller()
    uploaded(trainer, "motions", {"walk.npz": WALK, "back.npz": BACK}, library="true", name="both")
    text = page(trainer, "/motions")
    assert re.search(r'data-label="Clips" class="number">2<', text) and re.search(
        r'data-label="Score" class="number">1.00<', text
    )
    assert re.search(r'data-label="For robot">duckling<', text)


def test_the_worst_clip_gives_the_score_and_all_of_them_the_duration():
    clips = [
        {"name": "a", "score": {"value": 0.75}, "metrics": {"duration_s": 1.5}},
        {"name": "b", "score": {"value": 0.25}, "metrics": {"duration_s": 2.0}},
    ]
    found = summary({"for_robot": "otter", "clips": clips})
    assert found == {"for_robot": "otter", "clip_count": 2, "score": 0.25, "duration_s": 3.5}
    assert summary({}) == {"for_robot": "", "clip_count": 1, "score": None, "duration_s": None}


def test_deleted_ones_wait_to_be_restored(three):
    number = three("GET", "/api/v1/motions?search=a").json["items"][0]["id"]
    three("DELETE", f"/api/v1/motions/{number}")
    assert names(page(three, "/motions")) == ["c", "b"]
    text = page(three, "/motions?deleted=1")
    assert names(text) == ["a"] and f"POST /api/v1/motions/{number}/restore" in text


def test_one_motion_is_told_in_plain_words_and_shown_in_3d(caller):
    trainer = caller()
    made = uploaded(trainer, "motions", {"walk.npz": WALK})
    text = page(trainer, f"/motions/{made['id']}")
    assert "This motion fits duckling" in text and "servo speed" in text
    replay = f"/api/v1/replay?motion=motion:{made['id']}@1&amp;robot=duckling"
    assert f'data-replay="{replay}"' in text and 'data-scene="/api/v1/scene?robot=duckling"' in text
    assert f'href="/training/configure?motion=motion:{made["id"]}@1"' in text and "No session yet." in text
    assert not has_own_script(text)


def test_a_library_has_clips_that_are_searched_and_looked_at_alone(caller):
    trainer = caller()
    made = uploaded(trainer, "motions", {"walk.npz": WALK, "back.npz": BACK}, library="true", name="both")
    path = f"/motions/{made['id']}"
    assert ">back</a>" in page(trainer, path) and ">walk</a>" in page(trainer, path)
    found = fragment(trainer, f"{path}?search=BA")
    assert ">back</a>" in found and ">walk</a>" not in found
    text = page(trainer, f"{path}?clip=walk")
    assert f"motion=motion:{made['id']}@1%23walk&amp;robot=duckling" in text and "The whole library" in text
    assert trainer("GET", f"{path}?clip=trot").status_code == 404
    assert trainer("GET", f"{path}?version=2").status_code == 404


def test_who_may_not_see_a_motion_finds_none_and_who_may_only_look_changes_nothing(caller, service):
    owner, other, friend = caller(), caller(), caller()
    made = uploaded(owner, "motions", {"walk.npz": WALK})
    keep(service, Share(kind="motion", object_id=made["id"], user_id=friend.user_id))
    assert other("GET", f"/motions/{made['id']}").status_code == 404
    text = page(friend, f"/motions/{made['id']}")
    assert "data-act" not in text and "data-share" not in text and "Train with it" in text
    assert "with you" in page(friend, "/motions") and "with 1" in page(owner, "/motions")


def test_what_was_trained_with_it_is_listed(caller, service):
    trainer = caller()
    made = uploaded(trainer, "motions", {"walk.npz": WALK})
    number = trainer("POST", "/training/start", json={"reference_motion": f"motion:{made['id']}"}).json["id"]
    keep(service, training_row(trainer.user_id, name="with another"))
    text = page(trainer, f"/motions/{made['id']}")
    assert f'href="/training/monitor/{number}"' in text and "with another" not in text
    assert len(names(page(trainer, f"/sessions?motion=motion:{made['id']}"))) == 1
    assert re.search(r'data-label="Motion">walk<', page(trainer, "/sessions"))


def test_bundled_motions_have_pages(caller):
    text = page(caller("viewer"), "/motions/duckling/walk")
    assert (
        "This motion fits duckling" in text and "motion=walk&amp;robot=duckling" in text and "Train with it" not in text
    )
    assert caller()("GET", "/motions/duckling/nowhere").status_code == 404


@pytest.mark.parametrize(
    ("role", "says"), [("trainer", "No motion was uploaded yet"), ("viewer", "No motion is shared")]
)
def test_an_empty_list_says_what_to_do(caller, role, says):
    text = page(caller(role), "/motions")
    assert says in text and ("data-upload" in text) == (role == "trainer")


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "' OR 1=1 --", "%", "_", "\\"])
def test_hostile_words_find_nothing(three, words):
    answer = three("GET", "/motions", query_string={"search": words, "robot": words})
    assert answer.status_code == 200 and names(answer.text) == [] and "<script>alert" not in answer.text


def test_a_motion_that_is_refused_leaves_the_list_as_it_was(caller):
    trainer = caller()
    assert send(trainer, "motions", {"nothing.bvh": b"no motion"}).status_code == 400
    assert "No motion was uploaded yet" in page(trainer, "/motions")
