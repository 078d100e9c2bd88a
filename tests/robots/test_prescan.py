"""What a look at a model's XML finds: what it reads, by whatever name, and through whatever it attaches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webfoot.errors import RobotError
from webfoot.robots.load import load_spec
from webfoot.robots.prescan import MOST_PLACES, scan_model

ATTACHING = "<mujoco><asset><model name='c' file='{}'/></asset></mujoco>"
MESH = "<mujoco><compiler meshdir='{}'/><asset><mesh name='m' file='{}'/></asset></mujoco>"
PLUGIN = "<mujoco><extension><plugin plugin='mujoco.pid'/></extension></mujoco>"
URDF = (
    "<robot name='r'><mujoco><compiler strippath='false'/></mujoco><link name='l'><visual><geometry>"
    "<mesh filename='{}'/></geometry></visual></link></robot>"
)


def home_of(tmp_path, files: dict[str, str]):
    """A robot's folder within another one."""
    home = tmp_path / "up" / "robot"
    for name, text in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    return home


REFUSED = {
    "a mesh by backslashes": ({"a.xml": MESH.format("", "..\\..\\m.stl")}, r"a\.xml: refers to '\.\./\.\./m\.stl'"),
    "a folder of backslashes": ({"a.xml": MESH.format("..\\..", "m.stl")}, r"a\.xml: refers to '\.\./\.\.'"),
    "an include by backslashes": (
        {"a.xml": "<mujoco><include file='..\\b.xml'/></mujoco>", "../b.xml": "<mujoco/>"},
        r"a\.xml: includes '\.\.\\b\.xml', outside",
    ),
    "an attached model outside": ({"a.xml": ATTACHING.format("../../b.xml")}, r"refers to '\.\./\.\./b\.xml', outside"),
    "a plugin in an attached model": ({"a.xml": ATTACHING.format("b.xml"), "b.xml": PLUGIN}, r"b\.xml: loads a plugin"),
    "a plugin attached by backslashes": (
        {"a.xml": ATTACHING.format("c\\b.xml"), "c/b.xml": PLUGIN},
        r"b\.xml: loads a plugin",
    ),
    "a plugin that is no XML by its name": (
        {"a.xml": ATTACHING.format("b.bin' content_type='text/xml"), "b.bin": PLUGIN},
        r"b\.bin: loads a plugin",
    ),
    "a plugin attached by what is attached and included": (
        {
            "a.xml": ATTACHING.format("c/b.xml"),
            "c/b.xml": "<mujoco><include file='i.xml'/></mujoco>",
            "c/i.xml": ATTACHING.format("p.xml"),
            "c/p.xml": PLUGIN,
        },
        r"p\.xml: loads a plugin",
    ),
    "a mesh outside in an attached model": (
        {"a.xml": ATTACHING.format("b.xml"), "b.xml": MESH.format("", "../../m.stl")},
        r"b\.xml: refers to '\.\./\.\./m\.stl', outside",
    ),
    "a mesh outside in an attached URDF": (
        {"a.xml": ATTACHING.format("b.urdf"), "b.urdf": URDF.format("package://../../m.stl")},
        r"b\.urdf: refers to '\.\./\.\./m\.stl', outside",
    ),
    "an entity in an attached model": (
        {"a.xml": ATTACHING.format("b.xml"), "b.xml": "<!DOCTYPE m [<!ENTITY x 'y'>]><mujoco>&x;</mujoco>"},
        r"b\.xml: declares a DOCTYPE or entities",
    ),
    "an attached page of the web": ({"a.xml": ATTACHING.format("b.xml"), "b.xml": "<html/>"}, "its root is <html>"),
    "many elements in many models": (
        {
            "a.xml": "<mujoco><asset><model file='b.xml'/><model file='c.xml'/></asset></mujoco>",
            **{f"{name}.xml": f"<mujoco><worldbody>{'<light/>' * 30_000}</worldbody></mujoco>" for name in "bc"},
        },
        "more than 50000 elements",
    ),
    "many places in many models": (
        {
            "a.xml": "<mujoco><asset><model file='b.xml'/><model file='c.xml'/></asset></mujoco>",
            **{
                f"{name}.xml": "<mujoco>"
                + "".join(f"<compiler meshdir='{i}'/>" for i in range(119))
                + "".join(f"<asset><mesh file='{i}'/></asset>" for i in range(99))
                + "</mujoco>"
                for name in "bc"
            },
        },
        f"99 files may lie in 120 folders; at most {MOST_PLACES} places are looked at",
    ),
}


@pytest.mark.parametrize(("files", "message"), REFUSED.values(), ids=REFUSED)
def test_what_a_model_may_not_read_or_run_is_refused(tmp_path, files, message):
    with pytest.raises(RobotError, match=message):
        scan_model(home_of(tmp_path, files) / "a.xml")


def test_an_attached_model_is_scanned_where_it_lies(tmp_path):
    files = {"a.xml": ATTACHING.format("c/b.xml"), "c/b.xml": MESH.format("..", "m.stl"), "m.stl": ""}
    home = home_of(tmp_path, files)
    scan = scan_model(home / "a.xml")
    (attached,) = scan.attached
    assert (attached.kind, attached.files, attached.grows) == ("mujoco", [home / "c" / "b.xml"], True)
    assert ("../m.stl", home / "c" / ".." / "m.stl") in list(attached.places())


def test_models_that_attach_each_other_come_to_an_end(tmp_path):
    home = home_of(tmp_path, {"a.xml": ATTACHING.format("b.xml"), "b.xml": ATTACHING.format("a.xml")})
    assert len(scan_model(home / "a.xml").attached) == 1


def test_a_changed_attached_model_is_tried_anew(tmp_path):
    """That the first one compiled says nothing of the second."""
    child = "<mujoco><worldbody><body name='b'><geom size='{}'/></body></worldbody></mujoco>"
    parent = (
        "<mujoco><asset><model name='c' file='b.xml'/></asset><worldbody><frame>"
        "<attach model='c' body='b' prefix='x'/></frame></worldbody></mujoco>"
    )
    home = home_of(tmp_path, {"a.xml": parent, "b.xml": child.format("0.1")})
    load_spec(home / "a.xml")
    (home / "b.xml").write_text(child.format("-0.1"))
    with pytest.raises(RobotError, match=r"a\.xml: MuJoCo cannot load this model: .*size"):
        load_spec(home / "a.xml")


@given(st.lists(st.sampled_from(["..", "a", ".", "\\", "/"]), max_size=8).map("".join))
def test_no_name_leads_out(tmp_path_factory, name):
    home = home_of(tmp_path_factory.mktemp("any"), {"a.xml": MESH.format("", name)})
    try:
        scan = scan_model(home / "a.xml")
    except RobotError as error:
        assert "outside" in str(error)
    else:
        assert all(place.resolve().is_relative_to(home.parent) for _, place in scan.places())
