"""Motions through the door: uploaded, inspected, found again, and hostile ones turned away with nothing left."""

import pytest
from sqlalchemy import event
from uploading import BACK, WALK, files_of, kept_files, send, uploaded, zip_of

from webfoot.web.models.base import now
from webfoot.web.models.objects import Motion, MotionVersion
from webfoot.web.models.training import TrainingSession
from webfoot.web.services import objects
from webfoot.web.uploads.store import ContentStore

CSV = "\n".join(",".join(["0.0"] * 14) for _ in range(40)).encode()


def test_a_motion_is_kept_with_its_report_and_comes_back_as_it_was(caller):
    trainer = caller()
    made = uploaded(trainer, "motions", {"my walk.npz": WALK})
    assert (made["kind"], made["name"], made["version_count"]) == ("motion", "my-walk", 1)
    assert made["latest"] | {"sha256": "", "created_at": ""} == {
        "number": 1,
        "sha256": "",
        "filename": "my-walk.npz",
        "size": len(WALK),
        "usable": True,
        "created_at": "",
        "model": None,
    }
    shown = trainer("GET", f"/api/v1/motions/{made['id']}").json
    assert shown["versions"] == [made["latest"]]
    assert (shown["report"]["for_robot"], shown["report"]["clips"][0]["metrics"]["frames"]) == ("duckling", 26)
    assert trainer("GET", f"/api/v1/motions/{made['id']}/versions/1/report").json == shown["report"]
    with trainer("GET", f"/api/v1/motions/{made['id']}/versions/1/file") as answer:
        assert answer.data == WALK
        assert answer.headers["Content-Disposition"] == "attachment; filename=my-walk.npz"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_many_files_are_one_motion_each_or_one_library(caller):
    trainer, files = caller(), {"walk.npz": WALK, "back.npz": BACK}
    each = send(trainer, "motions", files).json["items"]
    assert [(one["name"], one["latest"]["filename"]) for one in each] == [("walk", "walk.npz"), ("back", "back.npz")]
    library = uploaded(trainer, "motions", files, library="true", name="both ways")
    assert (library["name"], library["latest"]["filename"]) == ("both ways", "both-ways.zip")
    report = trainer("GET", f"/api/v1/motions/{library['id']}").json["report"]
    assert [clip["name"] for clip in report["clips"]] == ["back", "walk"] and report["coverage"]["clips"] == 2


@pytest.mark.parametrize("packed", [True, False])
def test_a_library_is_kept_without_its_files_that_cannot_be_used(caller, service, packed):
    trainer, files = caller(), {"walk.npz": WALK, "cut.npz": b"PK", "back.npz": BACK}
    sent = {"gaits.zip": zip_of(files)} if packed else files
    answer = send(trainer, "motions", sent, **({} if packed else {"library": "1"}))
    (made,) = answer.json["items"]
    assert (answer.status_code, made["name"], made["latest"]["usable"]) == (201, "gaits" if packed else "walk", True)
    assert [one["file"] for one in answer.json["not_kept"]] == ["cut.npz"]
    report = trainer("GET", f"/api/v1/motions/{made['id']}").json["report"]
    assert [clip["name"] for clip in report["clips"]] == ["back", "walk"] and "refused" not in report
    assert sorted(path.name for path in kept_files(service)) == ["back.npz", "walk.npz"]


def test_papers_and_hidden_files_of_a_zip_are_no_motions(caller, service):
    files = {"walks/walk.npz": WALK, "walks/README.txt": b"hello", "walks/._walk.npz": b"\0", "LICENSE": b"MIT"}
    answer = send(caller(), "motions", {"walks.zip": zip_of(files)})
    assert (answer.status_code, answer.json["not_kept"]) == (201, [])
    assert sorted(path.name for path in kept_files(service)) == ["._walk.npz", "LICENSE", "README.txt", "walk.npz"]


def test_of_two_files_of_one_name_and_of_a_zip_among_files_a_library_has_the_first(caller):
    sent = {"walk.npz": WALK, "WALK.npz": BACK, "b.zip": zip_of({"walk.npz": WALK})}
    answer = send(caller(), "motions", sent, library="1")
    reasons = [one["reason"] for one in answer.json["not_kept"]]
    assert "two files are called 'WALK.npz'; rename one" in reasons[0]
    assert "'b.zip' is a zip among other files; send it alone" in reasons[1] and answer.status_code == 201


def test_what_a_user_has_already_is_not_made_again(caller, service):
    trainer, other = caller(), caller()
    first = uploaded(trainer, "motions", {"walk.npz": WALK})
    assert first["is_new"]
    answer = send(trainer, "motions", {"again.npz": WALK, "walk.npz": WALK, "back.npz": BACK})
    assert [(one["name"], one["is_new"]) for one in answer.json["items"]] == [
        ("again", True),  # the name of the one file is part of the content
        ("walk", False),
        ("back", True),
    ]
    assert answer.json["items"][1]["id"] == first["id"]
    again = send(trainer, "motions", {"walk.npz": WALK})
    assert (again.status_code, again.json["items"][0]["id"]) == (200, first["id"])
    assert uploaded(other, "motions", {"walk.npz": WALK})["is_new"]
    assert uploaded(trainer, "motions", {"walk.npz": WALK}, robot="otter")["is_new"]  # another report
    trainer("DELETE", f"/api/v1/motions/{first['id']}")
    assert uploaded(trainer, "motions", {"walk.npz": WALK})["is_new"]


def test_a_zip_is_a_library_and_its_download_is_the_same_version(caller):
    trainer, files = caller(), {"walks/walk.npz": WALK, "walks/back.npz": BACK}
    made = uploaded(trainer, "motions", {"walks.zip": zip_of(files)})
    with trainer("GET", f"/api/v1/motions/{made['id']}/versions/1/file") as answer:
        again = answer.data
        assert files_of(again) == files
        assert answer.headers["Content-Disposition"] == "attachment; filename=walks.zip"
    answer = send(trainer, f"motions/{made['id']}/versions", {"other.zip": again})
    assert (answer.status_code, answer.json) == (200, made["latest"] | {"not_kept": []})


def test_another_content_is_another_version_and_the_same_one_is_not(caller, service):
    trainer = caller()
    made = uploaded(trainer, "motions", {"walk.npz": WALK})
    path = f"motions/{made['id']}/versions"
    answers = [send(trainer, path, {"walk.npz": content}) for content in (BACK, WALK, BACK)]
    assert [(answer.status_code, answer.json["number"]) for answer in answers] == [(201, 2), (200, 1), (200, 2)]
    assert len(kept_files(service)) == 2
    assert "has no version 3; it has versions 1 to 2" in trainer("GET", f"/api/v1/{path}/3/report").json["error"]


def test_the_latest_version_is_taken_back_unless_it_was_trained_with(caller):
    trainer = caller()
    made = uploaded(trainer, "motions", {"walk.npz": WALK})
    path = f"/api/v1/motions/{made['id']}/versions"
    assert "is its only one; delete the motion" in trainer("DELETE", f"{path}/1").json["error"]
    send(trainer, f"motions/{made['id']}/versions", {"walk.npz": BACK})
    assert "is not the latest; only version 2 can" in trainer("DELETE", f"{path}/1").json["error"]
    assert trainer("DELETE", f"{path}/3").status_code == 404
    assert trainer("DELETE", f"{path}/2").status_code == 204
    assert trainer("GET", f"/api/v1/motions/{made['id']}").json["versions"] == [made["latest"]]
    assert send(trainer, f"motions/{made['id']}/versions", {"walk.npz": BACK}).json["number"] == 2
    trainer("POST", "/training/start", json={"reference_motion": f"motion:{made['id']}"})
    answer = trainer("DELETE", f"{path}/2")
    assert (answer.status_code, "version 2 of motion" in answer.json["error"]) == (409, True)


def test_what_is_said_of_the_columns_stays_with_the_motion(caller, service):
    trainer = caller()
    made = uploaded(trainer, "motions", {"table.csv": CSV}, fps="25", units="degrees", loop="")
    metrics = trainer("GET", f"/api/v1/motions/{made['id']}").json["report"]["clips"][0]["metrics"]
    assert metrics["fps"] == 25
    (sidecar,) = [path for path in kept_files(service) if path.name == "columns.yaml"]
    assert sidecar.read_text() == "fps: 25.0\nunits: degrees\n"
    answer = send(trainer, "motions", {"table.csv": CSV}, fps="0")
    assert (answer.status_code, "field 'fps'" in answer.json["error"]) == (422, True)


def test_a_motion_that_cannot_be_used_is_kept_with_the_reason_and_no_training_begins(caller):
    trainer = caller()
    made = uploaded(trainer, "motions", {"walk.npz": WALK}, robot="otter")
    assert not made["latest"]["usable"]
    asked = {"reference_motion": f"motion:{made['id']}", "robot": "otter"}
    answer = trainer("POST", "/training/start", json=asked)
    assert answer.status_code == 400
    assert f"motion {made['id']} cannot be trained with: " in answer.json["error"]
    asked["robot"] = "duckling"  # it was not inspected for this one, which it fits
    assert trainer("POST", "/training/start", json=asked).status_code == 202


def test_a_motion_is_renamed_hidden_and_taken_back(caller):
    trainer = caller()
    made = uploaded(trainer, "motions", {"walk.npz": WALK})
    path = f"/api/v1/motions/{made['id']}"
    assert trainer("PATCH", path, json={"name": " a stroll "}).json["name"] == "a stroll"
    for name in ("", " ", "a\nb", "x" * 121):
        assert trainer("PATCH", path, json={"name": name}).status_code == 422
    assert trainer("DELETE", path).status_code == 204
    for method, place in [
        ("GET", path),
        ("PATCH", path),
        ("DELETE", path),
        ("GET", f"{path}/versions/1/file"),
        ("GET", f"{path}/versions/1/report"),
    ]:
        answer = trainer(method, place, json={"name": "b"} if method == "PATCH" else None)
        assert (answer.status_code, answer.json["error"]) == (404, f"there is no motion {made['id']}")
    assert send(trainer, f"motions/{made['id']}/versions", {"walk.npz": BACK}).status_code == 404
    started = trainer("POST", "/training/start", json={"reference_motion": f"motion:{made['id']}"})
    gone = "motion 'a stroll' was deleted; choose another one, or restore it"
    assert (started.status_code, started.json["error"]) == (404, gone)
    assert trainer("GET", "/api/v1/motions").json["total"] == 0
    deleted = trainer("GET", "/api/v1/motions?deleted=true").json["items"]
    assert [one["id"] for one in deleted] == [made["id"]]
    assert caller()("GET", "/api/v1/motions?deleted=true").json["total"] == 0
    assert trainer("POST", f"{path}/restore").json["deleted_at"] is None
    assert trainer("GET", path).json["name"] == "a stroll"


def test_what_was_trained_with_is_not_removed_for_good(caller, service):
    trainer = caller()
    made = uploaded(trainer, "motions", {"walk.npz": WALK})
    path = f"/api/v1/motions/{made['id']}"
    session = trainer("POST", "/training/start", json={"reference_motion": f"motion:{made['id']}"}).json["id"]
    assert trainer("DELETE", path).status_code == 204
    answer = trainer("DELETE", f"{path}?for_good=true")
    assert (answer.status_code, "1 session was trained with motion" in answer.json["error"]) == (409, True)
    trainer("POST", f"/api/v1/sessions/{session}/cancel")
    assert trainer("DELETE", f"/api/v1/sessions/{session}").status_code == 204
    assert trainer("DELETE", f"{path}?for_good=true").status_code == 204
    assert trainer("POST", f"{path}/restore").status_code == 404
    with service.database.reading() as rows:
        assert objects.contents(rows) == set()


def test_a_sweep_takes_only_what_no_version_refers_to(caller, service):
    trainer = caller()
    kept, gone = (uploaded(trainer, "motions", {"walk.npz": content})["id"] for content in (WALK, BACK))
    trainer("DELETE", f"/api/v1/motions/{kept}")
    trainer("DELETE", f"/api/v1/motions/{gone}?for_good=true")
    store = ContentStore(service.settings.uploads_dir)
    with service.database.reading() as rows:
        assert store.sweep(objects.contents(rows)) == 0  # a day of grace
        assert store.sweep(objects.contents(rows), grace_s=0) == 1
    assert [path.read_bytes() for path in kept_files(service)] == [WALK]


def test_what_is_anothers_does_not_exist_unless_it_is_shared_and_then_it_is_not_changed(caller):
    trainer, other = caller(), caller()
    made = uploaded(trainer, "motions", {"walk.npz": WALK})
    path = f"/api/v1/motions/{made['id']}"
    assert other("GET", f"{path}/versions/1/file").status_code == 404
    assert send(other, f"motions/{made['id']}/versions", {"walk.npz": BACK}).status_code == 404
    assert trainer("POST", f"{path}/shares", json={"email": other.email}).status_code == 201
    assert other("GET", path).status_code == 200
    assert [one["id"] for one in other("GET", "/api/v1/motions").json["items"]] == [made["id"]]
    assert other("GET", "/api/v1/motions?mine=true").json["total"] == 0
    for method, place in [("DELETE", path), ("DELETE", f"{path}?for_good=true"), ("POST", f"{path}/restore")]:
        assert other(method, place).status_code == 403
    assert send(other, f"motions/{made['id']}/versions", {"walk.npz": BACK}).status_code == 403


def test_a_viewer_uploads_nothing(caller):
    assert send(caller("viewer"), "motions", {"walk.npz": WALK}).status_code == 403


def test_the_bundled_motions_are_told(caller):
    told = caller("viewer")("GET", "/api/v1/motions/bundled").json["items"]
    assert {"name": "walk", "robot": "duckling", "command": [0.1, 0.0, 0.0]} in told and len(told) == 12


def add_rows(service, user_id: int, count: int) -> None:
    """Motions of which each has two versions with a large report."""
    report = {"for_robot": "duckling", "clips": [{"name": "x" * 1000}] * 20}
    with service.database.writing() as rows:
        for i in range(count):
            one = Motion(owner_id=user_id, name=f"{'walk' if i % 2 else 'Trot'} {i:04d}", created_at=now())
            for number in (1, 2):
                sha256 = f"{i:060d}{number:04d}"
                one.versions.append(
                    MotionVersion(
                        number=number, sha256=sha256, filename="a.npz", size=1, report=report, usable=number == 2
                    )
                )
            rows.add(one)


def test_a_list_is_sorted_searched_and_parted_by_as_many_queries_whatever_its_length(caller, service):
    trainer = caller()
    add_rows(service, trainer.user_id, 60)
    said: list[str] = []
    event.listen(service.database.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    trainer("GET", "/api/v1/motions")  # that a token was used is noted now
    counts = []
    for per_page in (5, 50):
        said.clear()
        page = trainer("GET", f"/api/v1/motions?per_page={per_page}&sort=name&search=WALK").json
        counts.append(sum("PRAGMA" not in statement for statement in said))
        assert not [statement for statement in said if "report" in statement]
    assert counts[0] == counts[1] <= 9
    assert (page["total"], len(page["items"])) == (30, 30)
    assert [one["name"] for one in page["items"][:2]] == ["walk 0001", "walk 0003"]
    assert (page["items"][0]["latest"]["number"], page["items"][0]["latest"]["usable"]) == (2, True)
    newest = trainer("GET", "/api/v1/motions?per_page=7&page=9").json["items"]
    assert [one["name"] for one in newest] == [f"{'walk' if i % 2 else 'Trot'} {i:04d}" for i in (3, 2, 1, 0)]
    assert trainer("GET", "/api/v1/motions?sort=size").status_code == 422


def test_a_session_goes_on_with_the_version_it_began_with(caller, service):
    trainer = caller()
    made = uploaded(trainer, "motions", {"walk.npz": WALK})
    started = trainer("POST", "/training/start", json={"reference_motion": f"motion:{made['id']}#walk"}).json["id"]
    assert send(trainer, f"motions/{made['id']}/versions", {"walk.npz": BACK}).status_code == 201
    with service.database.reading() as rows:
        row = rows.get_one(TrainingSession, started)
        assert row.reference_motion == f"motion:{made['id']}@1#walk"
        assert rows.get_one(MotionVersion, row.motion_version_id).number == 1
    wrong = trainer("POST", "/training/start", json={"reference_motion": f"motion:{made['id']}#run"})
    assert "unknown clip 'run': choose one of walk" in wrong.json["error"]
