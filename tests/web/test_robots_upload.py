"""Robots through the door: compiled where they do no harm, or turned away with nothing left."""

import gc

import pytest
from full_disk import files_of_at_most
from uploading import DUCK, WALK, files_of, form_of, kept_files, send, tetrahedron, uploaded, zip_of

from webfoot.web.models.objects import RobotVersion
from webfoot.web.services.sources import model_path

MODEL = b"<mujoco><worldbody><geom size='.1'/></worldbody></mujoco>"
MESHED = DUCK.replace(b"<worldbody>", b"<asset><mesh name='hat' file='hat.stl'/></asset><worldbody>", 1).replace(
    b"<compiler ", b"<compiler meshdir='meshes' ", 1
)
MIB = 2**20


def test_a_robot_with_its_meshes_is_kept_and_comes_back_as_it_was(caller, service):
    trainer, files = caller(), {"my duck/duck.xml": MESHED, "my duck/meshes/hat.stl": tetrahedron()}
    made = uploaded(trainer, "robots", {"duck.zip": zip_of(files)}, name="A duck with a hat")
    assert (made["kind"], made["name"], made["latest"]["model"]) == ("robot", "A duck with a hat", "my duck/duck.xml")
    assert made["latest"]["usable"] and made["latest"]["size"] == len(MESHED) + len(tetrahedron())
    report = trainer("GET", f"/api/v1/robots/{made['id']}").json["report"]
    assert (report["name"], report["mjcf"], len(report["joint_names"])) == ("duck", "my duck/duck.xml", 14)
    assert trainer("GET", f"/api/v1/robots/{made['id']}/versions/1/report").json == report
    with trainer("GET", f"/api/v1/robots/{made['id']}/versions/1/file") as answer:
        assert files_of(answer.data) == files
        assert answer.headers["Content-Disposition"] == "attachment; filename=duck.zip"
        same = send(trainer, f"robots/{made['id']}/versions", {"again.zip": answer.data})
    assert (same.status_code, same.json) == (200, made["latest"] | {"not_kept": []})
    with service.database.reading() as rows:
        (version,) = rows.query(RobotVersion)
        assert model_path(rows, version.id, service.settings).read_bytes() == MESHED


def test_one_of_several_models_is_chosen_and_files_need_no_zip(caller):
    trainer, files = caller(), {"b.xml": DUCK, "a.xml": MODEL}
    answer = send(trainer, "robots", files)
    assert (answer.status_code, answer.json["error"]) == (
        400,
        "the upload holds several robot models, 'a.xml', 'b.xml'; choose one by model=NAME in the request",
    )
    made = uploaded(trainer, "robots", files, model="b.xml")
    assert (made["name"], made["latest"]["model"], made["latest"]["filename"]) == ("b", "b.xml", "b.zip")
    second = send(trainer, f"robots/{made['id']}/versions", {"duck.xml": DUCK})
    assert (second.status_code, second.json["number"], second.json["filename"]) == (201, 2, "duck.xml")


def test_a_motion_is_inspected_for_an_uploaded_robot_and_its_versions_too(caller):
    trainer = caller()
    robot = uploaded(trainer, "robots", {"duckling.xml": DUCK})["id"]
    motion = uploaded(trainer, "motions", {"walk.npz": WALK}, robot=f"robot:{robot}")
    path = f"/api/v1/motions/{motion['id']}"
    assert trainer("GET", path).json["report"]["for_robot"] == f"robot:{robot}@1"
    send(trainer, f"motions/{motion['id']}/versions", {"other.npz": WALK})
    assert trainer("GET", path).json["report"]["for_robot"] == f"robot:{robot}@1"
    asked = {"reference_motion": f"motion:{motion['id']}", "robot": f"robot:{robot}"}
    assert trainer("POST", "/training/start", json=asked).status_code == 202
    bundled = {"reference_motion": "walk", "robot": f"robot:{robot}"}  # it is called duckling, so it has them
    assert trainer("POST", "/training/start", json=bundled).status_code == 202
    stranger = {"reference_motion": "walk", "robot": f"robot:{robot}"}
    assert caller()("POST", "/training/start", json=stranger).json["error"] == f"there is no robot {robot}"


def test_a_robot_that_falls_is_kept_with_the_reason_and_not_trained_with(caller):
    trainer = caller()
    made = uploaded(trainer, "robots", {"d.zip": zip_of({"duck.xml": DUCK, "robot.yaml": b"torque: 0.00001"})})
    assert not made["latest"]["usable"]
    asked = {"reference_motion": "walk", "robot": f"robot:{made['id']}"}
    answer = trainer("POST", "/training/start", json=asked)
    assert f"robot {made['id']} cannot be trained with: falls after" in answer.json["error"]


def test_a_robot_is_renamed_hidden_and_taken_back(caller):
    trainer = caller()
    made = uploaded(trainer, "robots", {"duckling.xml": DUCK})
    path = f"/api/v1/robots/{made['id']}"
    assert trainer("PATCH", path, json={"name": "Donald"}).json["name"] == "Donald"
    assert trainer("GET", "/api/v1/robots?search=don").json["total"] == 1
    assert trainer("DELETE", path).status_code == 204
    assert trainer("GET", "/api/v1/robots").json["total"] == trainer("GET", "/api/v1/motions").json["total"] == 0
    assert trainer("POST", f"{path}/restore").status_code == 200
    assert trainer("DELETE", f"{path}?for_good=true").status_code == 204
    assert trainer("GET", path).status_code == 404


def test_the_bundled_robots_are_told(caller):
    duckling, otter = caller("viewer")("GET", "/api/v1/robots/bundled").json["items"]
    assert (duckling["name"], otter["name"]) == ("duckling", "otter") and "walk" in duckling["motions"]


def including(what: bytes) -> bytes:
    return b"<mujoco><include file='" + what + b"'/></mujoco>"


def mesh(place: bytes) -> bytes:
    return b"<mujoco><asset><mesh name='m' file='" + place + b"'/></asset></mujoco>"


PLUGIN = b"<mujoco><extension><plugin plugin='mujoco.pid'/></extension></mujoco>"
ATTACHING = b"<mujoco><asset><model name='c' file='c/b.xml'/></asset></mujoco>"
ENTITY = b"<!DOCTYPE m [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><mujoco>&x;</mujoco>"
COPIES = b"<replicate count='999'>" * 3 + b"<geom size='1'/>" + b"</replicate>" * 3
REFUSED = {
    "an include outside": ({"a.xml": including(b"../../../../etc/passwd")}, 400, "includes '../../../../etc/passwd'"),
    "an absolute include": ({"a.xml": including(b"/etc/passwd")}, 400, "includes '/etc/passwd', outside"),
    "an include by backslashes": ({"a.xml": including(b"..\\b.xml"), "b.xml": b""}, 400, "outside the model's folder"),
    "a mesh outside": ({"a.xml": mesh(b"../m.stl")}, 400, "refers to '../m.stl', outside the upload"),
    "a mesh by backslashes": ({"a.xml": mesh(b"..\\..\\m.stl")}, 400, "refers to '../../m.stl', outside"),
    "a plugin": ({"a.xml": PLUGIN}, 400, "a.xml: loads a plugin; plugins run programs and are refused"),
    "a plugin in a part": ({"a.xml": including(b"b.xml"), "b.xml": PLUGIN}, 400, "b.xml: loads a plugin"),
    "a plugin in what is attached": ({"a.xml": ATTACHING, "c/b.xml": PLUGIN}, 400, "b.xml: loads a plugin"),
    "an entity": ({"a.xml": ENTITY}, 400, "declares a DOCTYPE or entities"),
    "copies without end": ({"a.xml": b"<mujoco><worldbody>" + COPIES + b"</worldbody></mujoco>"}, 400, "copies; at"),
    "a way out": ({"../a.xml": MODEL}, 400, "'../a.xml' in the archive leads outside it"),
    "a bomb": ({"a.xml": MODEL, "m.stl": bytes(9 * MIB)}, 413, "unpacks to more than"),
    "no model": ({"readme.md": b"a robot"}, 400, "the upload holds no robot model"),
    "a page": ({"a.xml": b"<html><script>alert(1)</script></html>"}, 400, "the upload holds no robot model"),
    "settings that are a program": (
        {"a.xml": DUCK, "robot.yaml": b"!!python/object/apply:os.system ['true']"},
        400,
        "robot.yaml: ",
    ),
}


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"most_unpacked_mb": 5})


@pytest.mark.parametrize(("files", "status", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_hostile_robot_is_refused_and_nothing_is_left(caller, service, files, status, sentence):
    chosen = {"model": "a.xml"} if "b.xml" in files else {}
    answer = send(caller(), "robots", {"robot.zip": zip_of(files)}, **chosen)
    assert (answer.status_code, sentence in answer.json["error"]) == (status, True), answer.json
    assert str(service.settings.data_dir) not in answer.json["error"]
    assert kept_files(service) == [] and not list(service.settings.uploads_dir.glob(".*"))


def test_a_model_that_is_not_in_the_upload_is_no_path_of_ours(caller, service):
    for model in ("/etc/passwd", "../../webfoot.sqlite3", "b.xml"):
        answer = send(caller(), "robots", {"duck.xml": DUCK}, model=model)
        assert f"model '{model}' is not in the upload; it holds 'duck.xml'" in answer.json["error"]
    assert kept_files(service) == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the body, put aside half
def test_a_full_disk_is_one_sentence_and_leaves_nothing(caller, service):
    """First where the body is put aside, then where it is unpacked."""
    trainer = caller()
    noise = bytes(range(256)) * 8192  # 2 MiB, and a little as a zip
    for files, sentence in [
        ({"a.stl": noise, "a.xml": MODEL}, "the disk of the service is full"),
        ({"robot.zip": zip_of({"a.xml": MODEL, "a.stl": noise})}, "the unpacked archive does not fit on the disk"),
    ]:
        form = form_of(files)
        with files_of_at_most(MIB):
            answer = trainer("POST", "/api/v1/robots", **form)
        assert (answer.status_code, sentence in answer.json["error"]) == (507, True), answer.json
        gc.collect()
    assert kept_files(service) == [] and not list(service.settings.uploads_dir.glob(".*"))
