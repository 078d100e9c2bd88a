"""The documents of the 3D viewer over HTTP: what they hold, who may see them, and that they are drawn once."""

import base64
import gzip
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from rows import keep, training_row
from sqlalchemy import update
from uploading import BACK, DUCK, WALK, tetrahedron, uploaded, zip_of

from webfoot.web.models.objects import RobotVersion
from webfoot.web.models.user import User
from webfoot.web.services import sharing
from webfoot.web.states import State

SCENE, REPLAY = "/api/v1/scene", "/api/v1/replay"


def poses_of(told: dict, name: str = "poses") -> np.ndarray:
    shape = (told["frames"], len(told["bodies"]), 7)
    return np.frombuffer(base64.b64decode(told[name]), "<f4").reshape(shape)


def hat(size: str = "1 1 1") -> bytes:
    """A duck with a mesh on its head, as a zip."""
    mesh = f"<asset><mesh name='hat' file='hat.stl' scale='{size}'/></asset><worldbody>"
    text = DUCK.decode().replace("<worldbody>", mesh, 1).replace("<compiler ", "<compiler meshdir='meshes' ", 1)
    at = text.rindex("</body>")
    text = f"{text[:at]}<geom type='mesh' mesh='hat' rgba='0 0 1 1' mass='0.001'/>{text[at:]}"
    return zip_of({"duck/hatted.xml": text.encode(), "duck/meshes/hat.stl": tetrahedron()})


@pytest.fixture
def ended(caller, service, trained):
    """Owner and id of a session that has ended as a real training did."""
    owner = caller()

    def make(state: State = State.COMPLETED, *files: Path) -> int:
        id = keep(service, training_row(owner.user_id, state))
        folder = service.settings.runs_dir / str(id)
        folder.mkdir(parents=True)
        for file in files or (trained.run.rollout_file, trained.run.trial_rollout_file):
            shutil.copy(file, folder / file.name)
        return id

    return owner, make


def test_a_bundled_robot_is_drawn_and_a_browser_keeps_it(caller, service):
    viewer = caller("viewer", scopes=("read",))
    first = viewer("GET", SCENE)
    assert (first.status_code, first.headers["Cache-Control"]) == (200, "private, no-cache")
    told = first.json
    assert (told["schema"], told["name"], len(told["parts"]) > 30) == ("webfoot-scene/1", "duckling", True)
    assert max(part["body"] for part in told["parts"]) < len(told["bodies"])
    packed = viewer("GET", SCENE, headers={"Accept-Encoding": "gzip"})
    assert (packed.headers["Content-Encoding"], json.loads(gzip.decompress(packed.data))) == ("gzip", told)
    assert len(packed.data) < 60_000
    again = viewer("GET", SCENE, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert len(list(service.settings.views_dir.rglob("*.gz"))) == 1
    assert viewer("GET", SCENE, query_string={"robot": "otter"}).json["name"] == "otter"


def test_an_uploaded_robot_with_a_mesh_is_drawn_for_who_may_see_it(caller):
    owner, friend, stranger = caller(), caller("viewer"), caller()
    robot = uploaded(owner, "robots", {"duck.zip": hat()})["id"]
    asked = {"query_string": {"robot": f"robot:{robot}"}}
    told = owner("GET", SCENE, **asked).json
    blue = [part for part in told["parts"] if part["colour"] == [0.0, 0.0, 1.0]]
    assert (told["name"], len(blue)) == ("hatted", 1)
    corners = np.frombuffer(base64.b64decode(blue[0]["vertices"]), "<f4").reshape(-1, 3)
    assert np.ptp(corners, axis=0) == pytest.approx([0.1] * 3, abs=1e-4)
    refused = [who("GET", SCENE, **asked) for who in (friend, stranger)]
    assert [answer.status_code for answer in refused] == [404, 404]
    owner("POST", f"/api/v1/robots/{robot}/shares", json={"email": friend.email})
    assert friend("GET", SCENE, **asked).json == told
    assert friend("GET", SCENE, query_string={"robot": f"robot:{robot}@2"}).status_code == 400


def test_a_robot_that_cannot_stand_is_drawn_all_the_same(caller):
    owner = caller()
    files = {"duck/duck.xml": DUCK, "duck/robot.yaml": b"torque: 0.00001"}
    robot = uploaded(owner, "robots", {"duck.zip": zip_of(files)})
    assert not robot["latest"]["usable"]
    assert owner("GET", SCENE, query_string={"robot": f"robot:{robot['id']}"}).json["name"] == "duck"


def test_a_robot_whose_files_cannot_be_drawn_is_refused_in_a_sentence_once_for_all(caller, service):
    owner = caller()
    robot = uploaded(owner, "robots", {"duck.zip": zip_of({"duck.xml": DUCK})})["id"]
    with service.database.writing() as session:
        session.execute(update(RobotVersion).values(model="gone.xml"))
    for _ in range(2):
        answer = owner("GET", SCENE, query_string={"robot": f"robot:{robot}"})
        assert answer.status_code == 400
        assert answer.json["error"].startswith("robot model 'robot/gone.xml' is not a file")
    assert len(list(service.settings.views_dir.rglob("*.refused"))) == 1


def test_a_session_shows_its_robot_and_its_validation(ended, trained):
    owner, make = ended
    id = make()
    scene = owner("GET", f"/api/v1/sessions/{id}/scene").json
    told = owner("GET", f"/api/v1/sessions/{id}/replay?episode=1").json
    assert (scene["name"], scene["bodies"]) == ("duckling", told["bodies"])
    assert (told["schema"], told["iteration"], told["episode"], told["episodes"]) == ("webfoot-replay/1", None, 1, 4)
    assert (told["hz"], told["frames"]) == (50.0, 51)
    assert told["foot_names"] == ["left", "right"]
    poses, ghost = poses_of(told), poses_of(told, "ghost")
    assert np.linalg.norm(poses[..., 3:], axis=-1) == pytest.approx(np.ones(poses.shape[:2]), abs=1e-3)
    assert ghost[0, 0, :2] == pytest.approx(poses[0, 0, :2], abs=1e-3)
    with np.load(trained.run.rollout_file) as kept:
        joints = np.frombuffer(base64.b64decode(told["joints"]), "<f4").reshape(51, -1)
        assert joints == pytest.approx(kept["joint_pos"][:, 1], abs=1e-4)
    missing = owner("GET", f"/api/v1/sessions/{id}/replay?episode=4")
    assert (missing.status_code, missing.json["error"]) == (
        400,
        "episode 4 is not kept; the rollout holds 4, from 0 to 3",
    )


def test_a_session_is_shown_to_whom_it_is_shared_with_and_to_nobody_else(caller, ended):
    owner, make = ended
    id = make()
    friend, stranger = caller("viewer", scopes=("read",)), caller()
    owner("POST", f"/api/v1/sessions/{id}/shares", json={"email": friend.email})
    for what in ("scene", "replay"):
        told = [who("GET", f"/api/v1/sessions/{id}/{what}").status_code for who in (owner, friend, stranger)]
        assert told == [200, 200, 404]


def test_a_session_that_trains_shows_its_latest_trial(ended, trained):
    owner, make = ended
    id = make(State.RUNNING, trained.run.trial_rollout_file)
    told = owner("GET", f"/api/v1/sessions/{id}/replay").json
    assert (told["iteration"], told["title"]) == (12, "trial after 12 epochs, episode 1 of 4")
    assert told["frames"] == 51


def test_the_newer_rollout_counts_while_a_session_goes_on(ended, service):
    """One that was validated and is trained on has an old rollout and newer trials."""
    owner, make = ended
    id = make(State.RUNNING)
    folder = service.settings.runs_dir / str(id)
    versions = {}
    for newer, iteration in (("trial.npz", 12), ("rollout.npz", None)):
        for name in ("trial.npz", "rollout.npz"):
            os.utime(folder / name, (0, 2000 if name == newer else 1000))
        told = owner("GET", f"/api/v1/sessions/{id}/replay").json
        assert told["iteration"] == iteration
        versions[newer] = told["version"]
    assert versions["trial.npz"] != versions["rollout.npz"]


def test_a_session_without_a_rollout_says_so(caller, service):
    owner = caller()
    id = keep(service, training_row(owner.user_id, State.QUEUED))
    answer = owner("GET", f"/api/v1/sessions/{id}/replay")
    assert (answer.status_code, answer.json["error"]) == (
        404,
        f"session {id} has no rollout yet; its first trial leaves one",
    )
    assert owner("GET", f"/api/v1/sessions/{id}/scene").status_code == 200


def test_a_damaged_rollout_is_refused_in_a_sentence(ended, tmp_path):
    owner, make = ended
    damaged = tmp_path / "rollout.npz"
    damaged.write_bytes(b"PK\x03\x04 no more")
    answer = owner("GET", f"/api/v1/sessions/{make(State.COMPLETED, damaged)}/replay")
    assert (answer.status_code, answer.json["error"]) == (
        400,
        "rollout.npz: not a readable rollout; give a rollout.npz as validation writes it",
    )


def test_a_link_shows_the_robot_and_the_rollout_of_its_session_to_anybody(app, service, ended):
    owner, make = ended
    id = make()
    with app.app_context(), service.database.writing() as session:
        secret = sharing.make_link(session, session.get_one(User, owner.user_id), "session", id, None).text
    guest = app.test_client()
    assert guest.get(f"/api/v1/shared/{secret}/scene").json["name"] == "duckling"
    assert guest.get(f"/api/v1/shared/{secret}/replay?episode=3").json["episode"] == 3
    assert guest.get(f"/api/v1/shared/{secret}/replay?episode=-1").status_code == 422
    for what in ("scene", "replay"):
        assert guest.get(f"/api/v1/shared/{'x' * 40}/{what}").status_code == 404
        assert guest.get(f"/api/v1/sessions/{id}/{what}").status_code == 401


def test_a_bundled_clip_walks_on_its_robot(caller):
    viewer = caller("viewer", scopes=("read",))
    told = viewer("GET", REPLAY, query_string={"motion": "walk"}).json
    assert (told["title"], told["hz"], told["ghost"]) == ("walk on duckling", 50.0, None)
    assert told["frames"] > 400
    assert poses_of(told)[-1, 0, 0] == pytest.approx(0.1 * told["frames"] / 50, abs=0.05)
    otter = viewer("GET", REPLAY, query_string={"motion": "trot"}).json
    assert (otter["title"], len(otter["foot_names"])) == ("trot on otter", 4)
    unknown = viewer("GET", REPLAY, query_string={"motion": "trot", "robot": "duckling"})
    assert (unknown.status_code, "unknown reference motion 'trot'" in unknown.json["error"]) == (400, True)


def test_an_uploaded_motion_walks_on_the_robot_that_it_is_for(caller):
    owner, stranger = caller(), caller()
    robot = uploaded(owner, "robots", {"duck.zip": hat()})["id"]
    motion = uploaded(owner, "motions", {"my walk.npz": WALK}, robot=f"robot:{robot}")["id"]
    told = owner("GET", REPLAY, query_string={"motion": f"motion:{motion}"}).json
    assert told["title"].endswith(" on hatted")
    chosen = owner("GET", REPLAY, query_string={"motion": f"motion:{motion}@1", "robot": "duckling"}).json
    assert chosen["title"].endswith(" on duckling")
    assert stranger("GET", REPLAY, query_string={"motion": f"motion:{motion}"}).status_code == 404
    hidden = stranger("GET", REPLAY, query_string={"motion": "walk", "robot": f"robot:{robot}"})
    assert hidden.status_code == 404


def test_one_clip_of_a_library_is_shown_or_its_first(caller):
    owner = caller()
    motion = uploaded(owner, "motions", {"walks.zip": zip_of({"w/walk.npz": WALK, "w/back.npz": BACK})})["id"]
    first, walk = (
        owner("GET", REPLAY, query_string={"motion": f"motion:{motion}{clip}"}).json for clip in ("", "#walk")
    )
    assert (first["title"], walk["title"]) == ("back on duckling", "walk on duckling")
    unknown = owner("GET", REPLAY, query_string={"motion": f"motion:{motion}#trot"})
    assert (unknown.status_code, "unknown clip 'trot'" in unknown.json["error"]) == (400, True)


def test_a_motion_that_cannot_be_used_is_shown_as_it_was_read(caller):
    owner = caller()
    with_names = "left_hip_yaw,left_hip_roll,left_hip_pitch,left_knee,left_ankle"
    rows = "\n".join(",".join(["0.5", "0", "3.5", "0", "0"]) for _ in range(40))
    motion = uploaded(owner, "motions", {"far.csv": f"{with_names}\n{rows}\n".encode()}, fps="50")
    assert not motion["latest"]["usable"]
    told = owner("GET", REPLAY, query_string={"motion": f"motion:{motion['id']}"}).json
    assert (told["title"], told["frames"], told["command"]) == ("far as it was read", 40, None)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{SCENE}?robot=../../etc/passwd", 400),
        (f"{SCENE}?robot=/etc/passwd", 400),
        (f"{SCENE}?robot=robot:99", 404),
        (f"{SCENE}?robot=robot:1%00", 400),
        (f"{SCENE}?robot=motion:1", 400),
        (f"{SCENE}?robot=robot:1@999999", 404),
        (f"{SCENE}?robot={'r' * 257}", 422),
        (f"{SCENE}?robot=", 422),
        (f"{SCENE}?other=1", 422),
        (REPLAY, 422),
        (f"{REPLAY}?motion=../walk", 400),
        (f"{REPLAY}?motion=/work/walk.npz", 400),
        (f"{REPLAY}?motion=walk%23x", 400),
        (f"{REPLAY}?motion=motion:1%23../../x", 404),
        (f"{REPLAY}?motion=walk&robot=menagerie:unitree_go2", 400),
        (f"{REPLAY}?motion=walk&robot=robot:1%23x", 400),
        ("/api/v1/sessions/1/replay?episode=-1", 422),
        ("/api/v1/sessions/1/replay?episode=10000", 422),
        ("/api/v1/sessions/1/replay?episode=1e3", 422),
        ("/api/v1/sessions/99/replay", 404),
        ("/api/v1/sessions/99/scene", 404),
    ],
)
def test_a_hostile_query_is_refused_in_a_sentence(caller, service, path, status):
    answer = caller()("GET", path)
    assert (answer.status_code, bool(answer.json["error"])) == (status, True)
    assert not service.settings.views_dir.exists()
    assert str(service.settings.data_dir) not in answer.text
