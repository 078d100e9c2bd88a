"""Motions that are turned away at the door: hostile, too many, too large; nothing is left of them."""

import os
import pickle
import threading
from contextlib import ExitStack

import pytest
from uploading import BACK, WALK, kept_files, send, uploaded, zip_of

from webfoot.web.models.user import User
from webfoot.web.uploads.turns import AT_ONCE, turn

CSV = "\n".join(",".join(["0.0"] * 14) for _ in range(40)).encode()


def evil_pickle() -> bytes:
    class Evil:
        def __reduce__(self):
            return os.mkdir, ("/tmp/webfoot-was-here",)

    return pickle.dumps({"fps": 30, "root_pos": Evil()})


PNG = b"\x89PNG\r\n\x1a\n" + bytes(30)
REFUSED = {
    "nothing": ({}, {}, 400, "no file was sent; send one, several or a zip in the form field 'files'"),
    "no known ending": ({"walk.exe": WALK}, {}, 400, "motion 'walk.exe' ends in '.exe'"),
    "a name that leads out": ({"../../x.npz/..\\..\\evil.png": PNG + WALK}, {}, 400, "motion 'evil.png' ends in"),
    "a picture that is a zip too": ({"walks.zip": PNG + zip_of({"walk.npz": WALK})}, {}, 400, "is not a zip archive"),
    "a zip with a picture behind": ({"walks.zip": zip_of({"walk.npz": WALK}) + PNG}, {}, 400, "is glued behind it"),
    "a page that is a motion": ({"walk.json": b"<html><script>alert(1)</script>"}, {}, 400, "walk.json: "),
    "a pickle that runs": ({"walk.pkl": evil_pickle()}, {}, 400, "walk.pkl: asks for 'posix.mkdir'"),
    "a bomb": ({"a.zip": zip_of({"a.csv": bytes(9_000_000)})}, {}, 413, "unpacks to more than"),
    "a way out": ({"a.zip": zip_of({"../evil.npz": WALK})}, {}, 400, "'../evil.npz' in the archive leads outside it"),
    "a zip in a zip": ({"a.zip": zip_of({"b.zip": zip_of({"walk.npz": WALK})})}, {}, 400, "holds no motion file"),
    "many files in a zip": ({"a.zip": zip_of({f"{i}.npz": b"" for i in range(31)})}, {}, 413, "holds 31 files"),
    "many files": (
        {f"{i}.npz": WALK for i in range(51)},
        {},
        413,
        "51 files were sent, and at most 50 may be sent at once",
    ),
    "many files of a library": (
        {f"{i}.npz": b"" for i in range(31)},
        {"library": "1"},
        413,
        "and at most 30 may be sent at once",
    ),
    "all wrong": ({"a.npz": b"PK", "b.png": PNG}, {}, 400, "none of 2 files can be used; a.npz: "),
    "a library of which all is wrong": (
        {"a.npz": b"PK", "b.npz": PNG},
        {"library": "1"},
        400,
        "none of 2 files can be used; a.npz: ",
    ),
    "a zip of papers": ({"a.zip": zip_of({"README.txt": b"hello", "LICENSE": b""})}, {}, 400, "holds no motion file"),
    "one name for many": ({"walk.npz": WALK, "b.npz": BACK}, {"name": "a"}, 400, "one name, 'a', for 2 motions"),
    "a robot by its path": ({"walk.npz": WALK}, {"robot": "/etc/robot.xml"}, 400, "unknown robot '/etc/robot.xml'"),
    "no robot of ours": ({"walk.npz": WALK}, {"robot": "robot:9"}, 404, "there is no robot 9"),
    "an unknown field": ({"walk.npz": WALK}, {"path": "/etc/passwd"}, 422, "field 'path'"),
    "a name of two lines": ({"walk.npz": WALK}, {"name": "a\nb"}, 422, "field 'name'"),
}


@pytest.fixture
def wait_s() -> float:
    return 60.0


@pytest.fixture
def settings(settings, wait_s):
    limits = {"most_unpacked_mb": 5, "most_upload_files": 30, "inspection_wait_s": wait_s}
    return settings.model_copy(update=limits)


@pytest.mark.parametrize(("files", "fields", "status", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_or_hostile_is_refused_and_nothing_is_left(caller, service, files, fields, status, sentence):
    trainer = caller()
    answer = send(trainer, "motions", files, **fields)
    assert (answer.status_code, sentence in answer.json["error"]) == (status, True), answer.json
    assert str(service.settings.data_dir) not in answer.json["error"]
    assert kept_files(service) == [] and not os.path.exists("/tmp/webfoot-was-here")
    assert trainer("GET", "/api/v1/motions").json["total"] == 0
    assert not list(service.settings.uploads_dir.glob(".*"))


def test_a_body_that_is_too_large_is_refused_unread(caller, service, app):
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = send(caller(), "motions", {"walk.npz": WALK})
    assert answer.status_code == 413 and kept_files(service) == []


def test_a_quota_is_heeded_and_nothing_is_left(caller, service):
    trainer = caller(storage_gb=5e-6)  # 5000 bytes: one walk, not two
    uploaded(trainer, "motions", {"walk.npz": WALK})
    answer = send(trainer, "motions", {"back.npz": BACK})
    assert (answer.status_code, "your uploads and runs would take" in answer.json["error"]) == (429, True)
    assert len(kept_files(service)) == 1


@pytest.mark.parametrize("wait_s", [0.01])
def test_an_upload_that_finds_no_turn_is_asked_to_come_again(caller, service):
    trainer = caller()
    with ExitStack() as others:
        for _ in range(AT_ONCE):
            others.enter_context(turn(10))
        answer = send(trainer, "motions", {"walk.npz": WALK})
    assert (answer.status_code, int(answer.headers["Retry-After"]) >= 30) == (503, True)
    assert "2 uploads of others are being inspected" in answer.json["error"]
    assert kept_files(service) == []
    uploaded(trainer, "motions", {"walk.npz": WALK})


def test_nobody_waits_for_the_database_while_an_upload_waits(caller, service):
    """A request that writes holds SQLite's lock; one that waits for an inspection must have let it go."""
    trainer = caller()
    answers: list[int] = []
    with ExitStack() as others:
        for _ in range(AT_ONCE):
            others.enter_context(turn(10))
        request = threading.Thread(target=lambda: answers.append(send(trainer, "motions", {"w.npz": WALK}).status_code))
        request.start()
        while not kept_files(service):  # it is laid out, and waits for its turn
            request.join(0.01)
        with service.database.writing() as rows:
            rows.get_one(User, trainer.user_id).name = "somebody"
        assert request.is_alive()
    request.join(60)
    assert answers == [201]


def test_what_cannot_be_used_is_told_and_the_rest_is_kept(caller, service):
    trainer = caller()
    bomb = zip_of({"a.csv": bytes(9_000_000)})
    files = {"walk.npz": WALK, "photo.png": PNG, "cut.npz": b"PK", "bomb.zip": bomb, "back.npz": BACK}
    answer = send(trainer, "motions", files)
    assert (answer.status_code, [one["name"] for one in answer.json["items"]]) == (201, ["walk", "back"])
    told = {one["file"]: one["reason"] for one in answer.json["not_kept"]}
    assert list(told) == ["bomb.zip", "photo.png", "cut.npz"]
    assert told["photo.png"].startswith("motion 'photo.png' ends in '.png'; formats that are read end in .bvh")
    assert told["cut.npz"].startswith("cut.npz: ")
    assert told["bomb.zip"].startswith("bomb.zip: 'a.csv' in the archive unpacks to more than")
    assert len(kept_files(service)) == 2 and not list(service.settings.uploads_dir.glob(".*"))
