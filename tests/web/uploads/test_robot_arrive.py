"""Robots that arrive: which file is the model, what it may read, and what is found."""

import json
from pathlib import Path

import pytest
from uploading import tetrahedron

from webfoot.cli.app import main
from webfoot.errors import RobotError
from webfoot.robots.limited import Limits
from webfoot.robots.table import ROBOTS
from webfoot.web.uploads.error import TooLarge
from webfoot.web.uploads.robot_arrive import receive_robot
from webfoot.web.uploads.robot_model import check_inside, find_model

DUCK = ROBOTS["duckling"].read_text()
SECRET = "<mujoco><worldbody><body name='s'><geom size='.1'/></body></worldbody></mujoco>"
MODEL = "<mujoco><worldbody><geom size='.1'/></worldbody></mujoco>"


def robot_in(tmp_path: Path, files: dict[str, str | bytes]) -> Path:
    folder = tmp_path / "store" / "robot"
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def test_the_report_is_that_of_the_command_line(tmp_path, capsys):
    folder = robot_in(tmp_path, {"duckling.xml": DUCK})
    assert main(["robot", "inspect", str(folder / "duckling.xml"), "--json"]) == 0
    expected = json.loads(capsys.readouterr().out) | {"mjcf": "duckling.xml"}
    arrived = receive_robot(folder)
    assert arrived.report == expected
    assert (arrived.model, arrived.name, arrived.usable) == ("duckling.xml", "duckling", True)


def test_a_robot_with_meshes_in_a_folder_of_the_zip_arrives(tmp_path):
    mesh = "<asset><mesh name='hat' file='hat.stl'/></asset><worldbody>"
    text = DUCK.replace("<worldbody>", mesh, 1).replace("<compiler ", "<compiler meshdir='meshes' ", 1)
    folder = robot_in(tmp_path, {"my duck/duck.xml": text, "my duck/meshes/hat.stl": tetrahedron()})
    arrived = receive_robot(folder)
    assert (arrived.model, arrived.usable) == ("my duck/duck.xml", True)
    assert str(tmp_path) not in json.dumps(arrived.report)


def test_a_robot_that_cannot_stand_arrives_with_the_reason(tmp_path):
    arrived = receive_robot(robot_in(tmp_path, {"duck.xml": DUCK, "robot.yaml": "torque: 0.00001"}))
    assert not arrived.usable
    assert (arrived.report["findings"][0]["code"], arrived.report["stand_test"]["fell"]) == ("falls", True)


def test_what_lies_beside_the_model_is_read_as_settings(tmp_path):
    with pytest.raises(RobotError, match=r"robot\.yaml: unknown key 'run': choose of base, joints"):
        receive_robot(robot_in(tmp_path, {"duck.xml": DUCK, "robot.yaml": "run: rm"}))


INCLUDING = "<mujoco><include file='{}'/></mujoco>"
FOUND: dict[str, tuple[dict[str, str], str, str]] = {
    "the only one": ({"a.xml": MODEL, "readme.md": "<mujoco>"}, "", "a.xml"),
    "the uppermost": ({"a.xml": MODEL, "parts/b.xml": MODEL}, "", "a.xml"),
    "one in a folder": ({"urdf/a.urdf": "<robot name='a'/>", "meshes/a.stl": ""}, "", "urdf/a.urdf"),
    "the one that includes": ({"a.xml": MODEL, "top.xml": INCLUDING.format("a.xml")}, "", "top.xml"),
    "parts are none": ({"a.xml": MODEL, "b.xml": "<mujocoinclude/>", "package.xml": "<package/>"}, "", "a.xml"),
    "a scene": (
        {"scene.xml": INCLUDING.format("a.xml"), "a.xml": MODEL, "a_mjx.xml": MODEL, "b.xml": MODEL},
        "",
        "scene.xml",
    ),
    "the wanted one": ({"a.xml": MODEL, "b.xml": MODEL}, "b.xml", "b.xml"),
    "a wanted one below": ({"a.xml": MODEL, "c/b.xml": "<!-- b --><mujoco/>"}, "c/b.xml", "c/b.xml"),
}


@pytest.mark.parametrize(("files", "wanted", "found"), FOUND.values(), ids=FOUND)
def test_the_model_is_found(tmp_path, files, wanted, found):
    folder = robot_in(tmp_path, files)
    assert find_model(folder, wanted) == folder / found


LOST: dict[str, tuple[dict[str, str], str, str]] = {
    "nothing": ({"readme.md": "a robot"}, "", "the upload holds no robot model: an .xml with <mujoco>, or an .urdf"),
    "a page of the web": ({"a.xml": "<html/>"}, "", "holds no robot model"),
    "two": (
        {"b.xml": MODEL, "a.urdf": "<robot/>"},
        "",
        r"several robot models, 'a\.urdf', 'b\.xml'; choose one by model=NAME in the request",
    ),
    "two that include each other": (
        {"a.xml": INCLUDING.format("b.xml"), "b.xml": INCLUDING.format("a.xml")},
        "",
        "includes itself",
    ),
    "a wanted one that is not there": ({"a.xml": MODEL}, "b.xml", r"model 'b\.xml' is not in the upload; .* 'a\.xml'"),
    "a wanted way out": ({"a.xml": MODEL}, "../secret.xml", r"model '\.\./secret\.xml' is not in the upload"),
    "an absolute wanted one": ({"a.xml": MODEL}, "/etc/passwd", "model '/etc/passwd' is not in the upload"),
}


@pytest.mark.parametrize(("files", "wanted", "message"), LOST.values(), ids=LOST)
def test_a_model_that_is_not_clear_is_asked_for(tmp_path, files, wanted, message):
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "secret.xml").write_text(SECRET)
    with pytest.raises(RobotError, match=message):
        receive_robot(robot_in(tmp_path, files), wanted)


MESH = "<mujoco><compiler meshdir='{}'/><asset><mesh name='m' file='{}'/></asset></mujoco>"
ATTACHING = "<mujoco><asset><model name='c' file='{}' content_type='text/xml'/></asset></mujoco>"
URDF = "<robot name='a'><link name='l'><visual><geometry><mesh filename='{}'/></geometry></visual></link></robot>"
REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "a DOCTYPE": ({"a.xml": f"<!DOCTYPE m [<!ENTITY x 'y'>]>{MODEL}"}, "declares a DOCTYPE or entities"),
    "an entity of a file": (
        {"a.xml": "<!DOCTYPE m [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><mujoco>&x;</mujoco>"},
        "DOCTYPE",
    ),
    "a plugin": (
        {"a.xml": "<mujoco><extension><plugin plugin='mujoco.pid'/></extension></mujoco>"},
        r"a\.xml: loads a plugin",
    ),
    "an include outside": ({"a.xml": INCLUDING.format("../secret.xml")}, r"includes '\.\./secret\.xml', outside"),
    "an absolute include": ({"a.xml": INCLUDING.format("/etc/passwd")}, "includes '/etc/passwd', outside"),
    "a mesh beside": ({"a.xml": MESH.format("", "../secret.stl")}, r"refers to '\.\./secret\.stl', outside the upload"),
    "a mesh far outside": ({"a.xml": MESH.format("", "../../../secret.stl")}, "outside"),
    "a mesh outside by its folder": ({"a.xml": MESH.format("..", "secret.stl")}, "outside the upload"),
    "a mesh by backslashes": (
        {"a.xml": MESH.format("", "..\\..\\secret.stl")},
        r"refers to '\.\./\.\./secret\.stl', outside",
    ),
    "a mesh by a folder of backslashes": ({"a.xml": MESH.format("..\\..", "secret.stl")}, "outside the model's folder"),
    "a mesh beside a URDF": ({"a.urdf": URDF.format("../secret.stl")}, r"refers to '\.\./secret\.stl', outside the"),
    "a mesh of a package": ({"a.urdf": URDF.format("package://a/secret.stl")}, "outside the upload"),
    "an include outside in what is attached": (
        {"a.xml": ATTACHING.format("b.stl"), "b.stl": INCLUDING.format("../secret.xml")},
        r"b\.stl: includes '\.\./secret\.xml', outside",
    ),
    "a mesh outside in what is attached": (
        {"a.xml": ATTACHING.format("b/c.xml"), "b/c.xml": MESH.format("", "../../secret.stl")},
        r"c\.xml: refers to '\.\./\.\./secret\.stl', outside",
    ),
    "a plugin in what is attached to what is attached": (
        {
            "a.xml": ATTACHING.format("b.xml"),
            "b.xml": "<mujoco><include file='i.xml'/></mujoco>",
            "i.xml": ATTACHING.format("c.bin"),
            "c.bin": " <mujoco><extension><plugin plugin='mujoco.pid'/></extension></mujoco>",
        },
        r"c\.bin: loads a plugin",
    ),
    "a model hidden behind a megabyte": (
        {"a.xml": ATTACHING.format("b"), "b": f"<!--{'-' * 2**20}{SECRET}"},
        "not well-formed XML",
    ),
    "a mesh that is missing": ({"a.xml": MESH.format("", "m.stl")}, r"a\.xml: MuJoCo cannot load this model"),
}


@pytest.mark.parametrize(("files", "message"), REFUSED.values(), ids=REFUSED)
def test_a_model_that_reads_or_runs_what_it_may_not_is_refused(tmp_path, files, message):
    folder = robot_in(tmp_path, files)
    for place in (folder.parent, tmp_path):
        (place / "secret.stl").write_bytes(tetrahedron())
        (place / "secret.xml").write_text(SECRET)
    with pytest.raises(RobotError, match=message) as error:
        receive_robot(folder, sorted(files)[0])
    assert str(tmp_path) not in str(error.value)


def test_a_link_leads_out(tmp_path):
    folder = robot_in(tmp_path, {"a.xml": MODEL})
    (tmp_path / "secret.xml").write_text(SECRET)
    (folder / "b.xml").symlink_to(tmp_path / "secret.xml")
    with pytest.raises(RobotError, match=r"b\.xml: is a link out of the upload"):
        check_inside(folder / "b.xml", folder)


def test_models_attached_in_a_ring_come_to_an_end(tmp_path):
    folder = robot_in(tmp_path, {"a.xml": ATTACHING.format("b.xml"), "b.xml": ATTACHING.format("a.xml")})
    check_inside(folder / "a.xml", folder)


def test_a_model_made_to_keep_us_busy_is_refused(tmp_path):
    """Every folder times every mesh would be looked for: 400 million places."""
    folders = "".join(f"<compiler meshdir='{i}'/>" for i in range(20_000))
    meshes = "".join(f"<mesh file='{i}'/>" for i in range(20_000))
    folder = robot_in(tmp_path, {"a.xml": f"<mujoco>{folders}<asset>{meshes}</asset></mujoco>"})
    with pytest.raises(RobotError, match=r"a\.xml: 20000 files may lie in 20001 folders; at most 20000 places"):
        receive_robot(folder)


def test_a_model_that_takes_too_long_is_stopped(tmp_path):
    folder = robot_in(tmp_path, {"duck.xml": DUCK})
    with pytest.raises(TooLarge, match="robot: inspecting it takes more than 0 s of work"):
        receive_robot(folder, limits=Limits(cpu_s=0, memory_bytes=3 << 30, wall_s=60))
