"""Ways for URDF, `robot.yaml`, hostile models and motions of other tools to be wrong."""

import shutil

from broken_inputs import Broken, model_text, motion_file

from webfoot.robots.table import ROBOTS


def settings(text: str) -> Broken:
    """The bundled duck with a `robot.yaml` beside it."""

    def make(folder, policy) -> list[str]:
        shutil.copy(ROBOTS["duckling"], folder / "robot.xml")
        (folder / "robot.yaml").write_text(text)
        return ["robot", "inspect", "robot.xml"]

    return make


def urdf(text: str) -> Broken:
    def make(folder, policy) -> list[str]:
        (folder / "robot.urdf").write_text(text)
        return ["robot", "inspect", "robot.urdf"]

    return make


LINK = (
    "<link name='{}'><inertial><mass value='1'/><inertia ixx='1' iyy='1' izz='1' ixy='0' ixz='0' iyz='0'/></inertial>"
)
LEG = LINK.format("a") + "{}</link>" + LINK.format("b") + "</link>"
HINGE = "<joint name='j' type='revolute'><parent link='{}'/><child link='b'/><limit lower='-1' upper='1'/></joint>"
MESH = "<collision><geometry><mesh filename='{}'/></geometry></collision>"
BVH = b"HIERARCHY\nROOT hips\n{\nOFFSET 0 0 0\nCHANNELS 3 Xposition Yposition Zposition\n"

MODELS: dict[str, tuple[Broken, str]] = {
    "entities": (model_text("<!DOCTYPE m [<!ENTITY a 'b'>]><mujoco/>"), "DOCTYPE or entities"),
    "include outside": (model_text("<mujoco><include file='/etc/passwd'/></mujoco>"), "outside the model's folder"),
    "plugin": (model_text("<mujoco><extension><plugin plugin='x'/></extension></mujoco>"), "loads a plugin"),
    "giant texture": (
        model_text("<mujoco><asset><texture name='t' width='99999' height='99999'/></asset></mujoco>"),
        "<texture> of",
    ),
    "copies without end": (
        model_text("<mujoco><worldbody><replicate count='1e9'><geom size='1'/></replicate></worldbody></mujoco>"),
        "copies; at most",
    ),
    "unknown element": (model_text("<mujoco><worldbody><leg/></worldbody></mujoco>"), "robot.xml: MuJoCo cannot load"),
    "line break in a name": (model_text("<mujoco><include file='a&#10;b.xml'/></mujoco>"), "'a b.xml' is not a file"),
    "URDF without an end": (urdf("<robot name='r'><link"), "robot.urdf: .*not well-formed XML"),
    "URDF without links": (urdf("<robot name='r'/>"), "robot.urdf"),
    "URDF that does not move": (urdf(f"<robot name='r'>{LINK.format('a')}</link></robot>"), "robot.urdf"),
    "URDF with a lost mesh": (
        urdf(f"<robot name='r'>{LEG.format(MESH.format('m.stl'))}{HINGE.format('a')}</robot>"),
        "no file 'm.stl'",
    ),
    "URDF with a lost link": (urdf(f"<robot name='r'>{LEG.format('')}{HINGE.format('x')}</robot>"), "robot.urdf"),
    "URDF without feet": (urdf(f"<robot name='r'>{LEG.format('')}{HINGE.format('a')}</robot>"), "robot.urdf"),
    "unknown setting": (settings("foot: [a]"), "unknown key 'foot': choose of base, joints, feet"),
    "setting of another kind": (settings("kp: strong"), "'kp' is 'strong': Stiffness"),
    "negative setting": (settings("torque: -3"), "'torque' is -3"),
    "setting of NaN": (settings("kd: .nan"), "'kd' is nan"),
    "foot of another robot": (settings("feet: [paw]"), "'feet' names 'paw', which the model lacks"),
    "joint twice": (settings("joints: [left_knee, left_knee]"), "names a joint twice|which the model lacks"),
    "base of another robot": (settings("base: pelvis"), "'base' names 'pelvis', which the model lacks"),
    "pose beyond reason": (settings("pose: {left_knee: 9000}"), "'pose' "),
    "unknown collisions": (settings("collisions: none"), "'collisions' is 'none': What touches what"),
    "settings in a list": (settings("- kp"), "robot.yaml: holds a list"),
    "settings that are no YAML": (settings("kp: ["), "robot.yaml: not plain YAML"),
    "settings with aliases": (settings("kp: &a 3\nkd: *a"), "aliases"),
    "settings that make objects": (settings("kp: !!python/object/apply:os.system [ls]"), "robot.yaml: not plain YAML"),
    "settings as long as a book": (settings("#" * 70_000), "robot.yaml: larger than 64 kB"),
}
SKELETONS: dict[str, tuple[Broken, str]] = {
    "BVH of nothing": (motion_file("clip.bvh", b""), "clip.bvh"),
    "BVH without motion": (motion_file("clip.bvh", BVH + b"}\n"), "clip.bvh"),
    "BVH that does not close": (motion_file("clip.bvh", BVH), "clip.bvh"),
    "BVH of words": (motion_file("clip.bvh", BVH + b"}\nMOTION\nFrames: 1\nFrame Time: 0.1\na b c\n"), "clip.bvh"),
    "BVH without time": (motion_file("clip.bvh", BVH + b"}\nMOTION\nFrames: 1\nFrame Time: 0\n1 2 3\n"), "clip.bvh"),
    "CSV of nothing": (motion_file("clip.csv", b""), "clip.csv"),
    "CSV of ragged rows": (motion_file("clip.csv", b"1,2,3\n1,2\n" * 9), "clip.csv"),
    "CSV of words": (motion_file("clip.csv", b"a,b\nc,d\n"), "clip.csv"),
    "CSV of another width": (motion_file("clip.csv", b"1,2,3\n" * 9), "clip.csv"),
    "text of nothing": (motion_file("clip.txt", b""), "clip.txt"),
    "text of frames without joints": (
        motion_file("clip.txt", b'{"Loop": "wrap", "FrameDuration": 0.1, "Frames": [[0.1], [0.1]]}'),
        "clip.txt",
    ),
}
BROKEN_MODELS = {
    f"{kind}: {name}": case
    for kind, table in (("model", MODELS), ("skeleton", SKELETONS))
    for name, case in table.items()
}
