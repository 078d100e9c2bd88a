"""Models that would hurt: refused in one sentence, before MuJoCo sees them or within limits."""

import time

import pytest
from bodies import biped

from webfoot.errors import RobotError
from webfoot.robots.derive import robot_from_mjcf

BOMB = (
    '<!DOCTYPE m [<!ENTITY a0 "lol">'
    + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    + "]><mujoco>&a9;</mujoco>"
)
NESTED = "<replicate count='100' offset='1 0 0'>" * 4 + "<geom size='0.1'/>" + "</replicate>" * 4
HOSTILE = {
    "entities": (BOMB, "DOCTYPE or entities"),
    "an external entity": ('<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><mujoco>&x;</mujoco>', "DOCTYPE"),
    "an include outside": (
        "<mujoco><include file='../../secret.xml'/></mujoco>",
        "includes '../../secret.xml', outside",
    ),
    "an absolute include": ("<mujoco><include file='/etc/passwd'/></mujoco>", "includes '/etc/passwd', outside"),
    "an include of itself": ("<mujoco><include file='robot.xml'/></mujoco>", "includes itself"),
    "a mesh outside": (
        "<mujoco><asset><mesh name='m' file='../../../etc/passwd.stl'/></asset></mujoco>",
        r"refers to '../../../etc/passwd.stl', outside",
    ),
    "a mesh outside by halves": (
        "<mujoco><compiler meshdir='../..'/><asset><mesh name='m' file='../m.stl'/></asset></mujoco>",
        "outside the model's folder",
    ),
    "a plugin": (
        "<mujoco><extension><plugin plugin='mujoco.elasticity.cable'/></extension></mujoco>",
        "loads a plugin",
    ),
    "nested replicates": (f"<mujoco><worldbody>{NESTED}</worldbody></mujoco>", "makes 1000000 copies"),
    "replicate without end": (
        "<mujoco><worldbody><replicate count='1e300'><geom size='1'/></replicate></worldbody></mujoco>",
        "copies; at most",
    ),
    "a giant texture": (
        "<mujoco><asset><texture name='t' type='2d' builtin='flat' width='100000' height='100000'/></asset></mujoco>",
        "<texture> of 1e\\+10 cells",
    ),
    "a giant height field": (
        "<mujoco><asset><hfield name='h' nrow='90000' ncol='90000' size='1 1 1 1'/></asset></mujoco>",
        "<hfield> of",
    ),
    "a giant grid": (
        "<mujoco><worldbody><flexcomp name='f' type='grid' count='999 999 999'/></worldbody></mujoco>",
        "<flexcomp> of",
    ),
    "an arena without end": ("<mujoco><size memory='900G'/></mujoco>", "asks for more memory"),
    "elements without end": (
        f"<mujoco><worldbody>{'<light/>' * 60_000}</worldbody></mujoco>",
        "more than 50000 elements",
    ),
    "depth without end": (f"<mujoco>{'<body>' * 500}{'</body>' * 500}</mujoco>", "within each other"),
    "a page of the web": ("<html><body/></html>", "its root is <html>"),
    "nothing": ("", "not well-formed XML"),
    "bytes": ("\x01\x02", "not well-formed XML"),
    "a robot without weight": (
        biped().replace("mass=", "density='0' mass=").replace('mass="', 'mass="0.0').replace("<geom", "<geom"),
        "robot.xml: ",
    ),
    "numbers without end": (biped().replace('size="0.02"', f'size="{"9" * 400}"'), "robot.xml: "),
    "NaN for a place": (biped().replace('pos="0 0 0.6"', 'pos="nan 0 0.6"'), "robot.xml: "),
}


@pytest.mark.parametrize(("text", "message"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_model_is_refused_in_one_sentence_and_soon(tmp_path, text, message):
    (tmp_path / "robot.xml").write_text(text)
    started = time.perf_counter()
    with pytest.raises(RobotError, match=message) as error:
        robot_from_mjcf(tmp_path / "robot.xml")
    assert "\n" not in str(error.value) and len(str(error.value)) < 600
    assert time.perf_counter() - started < 10


def test_a_link_that_leads_outside_is_outside(tmp_path):
    home = tmp_path / "a" / "b"
    home.mkdir(parents=True)
    (tmp_path / "legs.xml").write_text("<mujoco/>")
    (home / "legs.xml").symlink_to(tmp_path / "legs.xml")
    (home / "robot.xml").write_text("<mujoco><include file='legs.xml'/></mujoco>")
    with pytest.raises(RobotError, match="includes 'legs.xml', outside the model's folder"):
        robot_from_mjcf(home / "robot.xml")


def test_a_model_that_grows_is_compiled_elsewhere_first(tmp_path):
    grid = (
        "<replicate count='90' offset='1 0 0'>" * 2 + "<body><freejoint/><geom size='.1'/></body>" + "</replicate>" * 2
    )
    (tmp_path / "robot.xml").write_text(f"<mujoco><worldbody>{grid}</worldbody></mujoco>")
    with pytest.raises(RobotError, match="48600 degrees of freedom|memory"):
        robot_from_mjcf(tmp_path / "robot.xml")


def test_a_mesh_that_is_none_is_refused(tmp_path):
    (tmp_path / "m.stl").write_bytes(b"\x00" * 80 + b"\xff\xff\xff\x7f" + b"\x00" * 50)
    text = biped().replace("<worldbody>", '<asset><mesh name="m" file="m.stl"/></asset><worldbody>')
    (tmp_path / "robot.xml").write_text(text)
    with pytest.raises(RobotError, match=r"robot\.xml: MuJoCo cannot load this model: .*m\.stl"):
        robot_from_mjcf(tmp_path / "robot.xml")
