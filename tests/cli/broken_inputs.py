"""Ways to be wrong: each makes what it needs in a folder and gives the words of a command that must be refused."""

import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from webfoot.motion.bundled import bundled_path
from webfoot.motion.formats import awd_write, webfoot_npz
from webfoot.robots.table import load_robot

DUCKLING = load_robot("duckling")
Broken = Callable[[Path, Path], list[str]]
"""From an empty folder and a sound policy file to words."""


def words(line: str) -> Broken:
    """Words that are wrong by themselves."""
    return lambda folder, policy: line.split()


def motion_file(name: str, content: bytes) -> Broken:
    def make(folder: Path, policy: Path) -> list[str]:
        (folder / name).write_bytes(content)
        return ["train", name]

    return make


def array_file(array: np.ndarray, **options: bool) -> Broken:
    def make(folder: Path, policy: Path) -> list[str]:
        np.save(folder / "clip.npy", array, **options)
        return ["train", "clip.npy"]

    return make


def npz_file(**arrays: object) -> Broken:
    def make(folder: Path, policy: Path) -> list[str]:
        np.savez(folder / "clip.npz", **arrays)  # pyright: ignore[reportArgumentType]
        return ["train", "clip.npz"]

    return make


def awd_file(change: Callable[[dict], object]) -> Broken:
    """The bundled walk as AWD JSON, changed."""

    def make(folder: Path, policy: Path) -> list[str]:
        path = folder / "clip.json"
        (walk,) = webfoot_npz.read(bundled_path("duckling", "walk"))
        awd_write.write(walk, path, DUCKLING)
        table = json.loads(path.read_text())
        change(table)
        path.write_text(json.dumps(table))
        return ["train", "clip.json"]

    return make


class _Shell:
    def __reduce__(self):
        return (os.system, ("touch harm",))


HINGE = "<joint name='j' axis='0 1 0' range='-60 60'/>"
SERVO = "<position joint='j' kp='5'/>"


def model(joint: str = HINGE, actuator: str = SERVO, base: str = "<freejoint/>", foot: str = "") -> Broken:
    """A hopper with one leg."""
    xml = f"""<mujoco><worldbody><body name="trunk" pos="0 0 0.4">{base}<geom size="0.05" contype="0" conaffinity="0"/>
      <body name="leg" pos="0 0 -0.1">{joint}<geom size="0.02" pos="0 0 -0.2" {foot}/></body></body></worldbody>
      <actuator>{actuator}</actuator></mujoco>"""
    return model_text(xml)


def model_text(xml: str) -> Broken:
    def make(folder: Path, policy: Path) -> list[str]:
        (folder / "robot.xml").write_text(xml)
        return ["robot", "inspect", "robot.xml"]

    return make


def yaml_file(text: str) -> Broken:
    def make(folder: Path, policy: Path) -> list[str]:
        (folder / "options.yaml").write_text(text)
        return ["train", "walk", "--config", "options.yaml"]

    return make


YAML_BOMB = "\n".join(
    ["a0: &a0 {x: 1}", *(f"a{i}: &a{i} {{{', '.join(f'k{k}: *a{i - 1}' for k in range(9))}}}" for i in range(1, 12))]
    + ["epochs: *a11"]
)


def policy_bytes(change: Callable[[bytes], bytes], *command: str) -> Broken:
    def make(folder: Path, policy: Path) -> list[str]:
        (folder / "policy.onnx").write_bytes(change(policy.read_bytes()))
        return [*(command or ("bench",)), "policy.onnx"]

    return make


def policy_model(change: Callable[[onnx.ModelProto], None], *command: str) -> Broken:
    def edit(data: bytes) -> bytes:
        loaded = onnx.load_model_from_string(data)
        change(loaded)
        return loaded.SerializeToString()

    return policy_bytes(edit, *command)


def without_contract(loaded: onnx.ModelProto) -> None:
    del loaded.metadata_props[:]


def with_contract(text: str) -> Callable[[onnx.ModelProto], None]:
    def change(loaded: onnx.ModelProto) -> None:
        for entry in loaded.metadata_props:
            if entry.key == "webfoot_contract":
                entry.value = text

    return change


def with_nan_weights(loaded: onnx.ModelProto) -> None:
    for tensor in loaded.graph.initializer:
        if len(tensor.dims) == 2:
            tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor) * np.float32("nan"), tensor.name))


def run_copy(change: Callable[[Path], object], *command: str) -> Broken:
    """A copy of the run that the policy belongs to, changed."""

    def make(folder: Path, policy: Path) -> list[str]:
        shutil.copytree(policy.parent, folder / "run")
        change(folder / "run")
        return [*command, "run"]

    return make


def beside(make_first: Callable[[Path], object], line: str) -> Broken:
    """Words that are wrong because of what lies beside."""

    def make(folder: Path, policy: Path) -> list[str]:
        make_first(folder)
        return line.split()

    return make


def scale_angles(table: dict) -> None:
    """Degrees for radians."""
    offset, size = table["Frame_offset"][0]["joints_pos"], table["Frame_size"][0]["joints_pos"]
    for frame in table["Frames"]:
        frame[offset : offset + size] = [57.3 * 10 * angle for angle in frame[offset : offset + size]]


def rename_joints(table: dict) -> None:
    table["Joints"] = [f"arm_{i}" for i in range(len(table["Joints"]))]


MOTIONS: dict[str, tuple[Broken, str]] = {
    "missing file": (words("train nowhere.json"), "'nowhere.json' does not exist"),
    "unknown ending": (motion_file("clip.fbx", b"HIERARCHY"), "ends in '.fbx'; formats that are read end in"),
    "empty file": (motion_file("clip.json", b""), "clip.json"),
    "not JSON": (motion_file("clip.json", b"{'FPS': 50"), "clip.json"),
    "JSON with a list": (motion_file("clip.json", b"[1, 2]"), "clip.json"),
    "deeply nested JSON": (motion_file("clip.json", b"[" * 100_000), "clip.json"),
    "not UTF-8": (motion_file("clip.json", b"\xff\xfe\x00"), "clip.json"),
    "no frames": (awd_file(lambda table: table.pop("Frames")), "clip.json.*Frames"),
    "one frame": (awd_file(lambda table: table["Frames"].__delitem__(slice(1, None))), "clip.*frame"),
    "ragged frames": (awd_file(lambda table: table["Frames"][3].pop()), "clip.json.*frame 3"),
    "text in a frame": (awd_file(lambda table: table["Frames"][3].__setitem__(8, "x")), "clip.json.*frame 3"),
    "NaN in a frame": (awd_file(lambda table: table["Frames"][3].__setitem__(8, float("nan"))), "frame 3"),
    "rate of zero": (awd_file(lambda table: table.__setitem__("FPS", 0)), "clip.*(FPS|frames per second)"),
    "degrees for radians": (awd_file(scale_angles), "rad"),
    "joints of another robot": (awd_file(rename_joints), "joint"),
    "truncated npy": (motion_file("clip.npy", b"\x93NUMPY\x01\x00v\x00{'descr'"), "clip.npy"),
    "npy of objects": (array_file(np.array([{"a": 1}] * 9, dtype=object), allow_pickle=True), "clip.npy"),
    "npy of one row": (array_file(np.zeros(10)), "clip.npy"),
    "npy of another width": (array_file(np.zeros((20, 7))), "clip.npy.*7"),
    "npy of text": (array_file(np.array([["a"] * 10] * 20)), "clip.npy"),
    "npy of NaN": (array_file(np.full((20, 10), np.nan)), "clip"),
    "npz that is no archive": (motion_file("clip.npz", b"PK\x03\x04 nothing"), "clip.npz"),
    "npz without joints": (npz_file(fps=50.0), "clip.npz"),
    "npz of objects": (npz_file(joint_pos=np.array([{}], dtype=object), fps=50.0), "clip.npz"),
    "pickle that runs a program": (motion_file("clip.pkl", pickle.dumps(_Shell())), "clip.pkl"),
    "truncated pickle": (motion_file("clip.pkl", pickle.dumps({"walk": [1.0] * 50})[:-20]), "clip.pkl"),
    "pickle of something else": (motion_file("clip.pkl", pickle.dumps([1, 2, 3])), "clip.pkl"),
    "empty folder": (beside(lambda folder: (folder / "clips").mkdir(), "train clips"), "holds no motion file"),
    "no such clip": (words(f"train {bundled_path('duckling', 'walk')}#run"), "no clip 'run'; it holds walk"),
    "no clip behind #": (words("train walk.npz#"), "names no clip behind its '#'"),
}
ROBOTS: dict[str, tuple[Broken, str]] = {
    "unknown name": (words("train walk --robot dog"), "unknown robot 'dog': choose one of duckling"),
    "missing model": (words("robot inspect dog.xml"), "'dog.xml' is not a file"),
    "folder for a model": (beside(lambda folder: (folder / "dog").mkdir(), "robot inspect dog"), "'dog' is not a file"),
    "model that is no MJCF": (beside(lambda f: (f / "a.obj").touch(), "robot inspect a.obj"), "ends in '.obj'"),
    "broken XML": (model_text("<mujoco><worldbody>"), "robot.xml: MuJoCo cannot load"),
    "empty XML": (model_text(""), "robot.xml: MuJoCo cannot load"),
    "not an MJCF": (model_text("<html/>"), "robot.xml: MuJoCo cannot load"),
    "missing include": (model_text("<mujoco><include file='legs.xml'/></mujoco>"), "robot.xml: .*legs.xml"),
    "missing mesh": (
        model_text("<mujoco><asset><mesh name='m' file='m.stl'/></asset></mujoco>"),
        "robot.xml: .*m.stl",
    ),
    "base on rails": (model(base="<joint type='slide'/>"), "robot.xml: 0 free joints; .*replace them by <freejoint/>"),
    "nothing that moves": (model(joint="", actuator=""), "robot.xml: no joint that a servo could move"),
    "slide joint": (model(joint="<joint name='j' type='slide'/>"), "which is not a hinge"),
    "two servos on a joint": (model(actuator=SERVO * 2), "'j' has two actuators"),
    "servo on a tendon": (
        model(
            actuator="<position tendon='t' kp='1'/></actuator><tendon><fixed name='t'><joint joint='j' coef='1'/>"
            "</fixed></tendon><actuator>"
        ),
        "does not drive a joint",
    ),
    "no foot": (model(foot="contype='0' conaffinity='0'"), "no foot found"),
}
OPTIONS: dict[str, tuple[Broken, str]] = {
    "unknown command": (words("trian walk"), "unknown command 'trian': choose one of"),
    "unknown command of a group": (words("motion play walk"), "unknown command 'motion play': choose one of"),
    "option before the command": (words("--seed 1 train walk"), "--seed stands before a command"),
    "no motion": (words("train"), "no motion given"),
    "two motions": (words("train walk back"), "unknown option or argument: back"),
    "unknown option": (words("train walk --epoch 3"), "unknown option or argument: --epoch"),
    "no value": (words("train walk --epochs"), "--epochs has no value"),
    "no value of a part": (words("train walk --ppo.gamma"), "--ppo.gamma has no value"),
    "epochs of zero": (words("train walk --epochs 0"), "--epochs is '0': a whole number from 1 to 100000"),
    "epochs in words": (words("train walk --epochs ten"), "--epochs is 'ten': a whole number from 1 to"),
    "half an epoch": (words("train walk --epochs 1.5"), "--epochs is '1.5': a whole number"),
    "negative batch": (words("train walk --batch-size -4"), "--batch-size is '-4': a whole number from 1"),
    "giant batch": (words("train walk --batch-size 1000000"), "--batch-size is '1000000': .* to 8192"),
    "learning rate of NaN": (words("train walk --learning-rate nan"), "--learning-rate is 'nan': a number above 0"),
    "learning rate of 1": (words("train walk --learning-rate 1"), "--learning-rate is '1': .* at most 0.1"),
    "tiny network": (words("train walk --hidden-size 1"), "--hidden-size is '1': a whole number from 8"),
    "negative seed": (words("train walk --seed -1"), "--seed is '-1': a whole number from 0"),
    "no time": (words("train walk --max-minutes 0"), "--max-minutes is '0': a number above 0"),
    "unknown method": (words("train walk --method magic"), "--method is 'magic': one of tracking"),
    "no cuda": (words("train walk --device cuda"), "--device is 'cuda': "),
    "unknown device": (words("train walk --device tpu"), "--device is 'tpu': one of cpu, cuda"),
    "unknown part": (words("train walk --pop.gamma 1"), "unknown option 'pop.gamma': choose one of ppo.gamma"),
    "unknown option of a part": (words("train walk --ppo.beta 1"), "unknown option 'ppo.beta': choose one of ppo\\."),
    "part out of range": (words("train walk --ppo.gamma 2"), "--ppo.gamma is '2': a number above 0 and below 1"),
    "not true, not false": (words("train walk --ppo.symmetry perhaps"), "'perhaps': true or false"),
    "pose base": (words("train walk --task.action-base sky"), "'sky': one of"),
    "rates that do not divide": (words("train walk --sim.physics-hz 210"), "210 is not a multiple of control_hz 50"),
    "unknown integrator": (words("train walk --sim.integrator magic"), "magic"),
    "set without a value": (words("train walk --set epochs"), "NAME=VALUE would be right"),
    "missing config": (words("train walk --config none.yaml"), "none.yaml: cannot be read"),
    "config that is no YAML": (yaml_file("a: [1"), "options.yaml: not YAML"),
    "config that is a list": (yaml_file("- 1"), "options.yaml: holds list"),
    "config with an unknown option": (yaml_file("speed: 3"), "unknown option 'speed': choose one of"),
    "config out of range": (yaml_file("epochs: -3"), "--epochs is -3: a whole number from 1"),
    "config that is no table": (yaml_file("config: 3"), "'config' is no table of options"),
    "config with a number for a name": (yaml_file("1: 2"), "option"),
    "config that unfolds without end": (yaml_file(YAML_BOMB), "--epochs is .*: a whole number"),
    "a number as long as a book": (words(f"train walk --epochs {'9' * 5000}"), "--epochs is '999"),
    "config with a number for a part": (yaml_file("ppo: 3"), "ppo"),
    "resume with a motion": (words("train walk --resume run"), "'walk' cannot be given with --resume"),
    "resume with a seed": (words("train --resume run --seed 3"), "--seed cannot be given with --resume"),
    "resume with a size": (words("train --resume run --hidden-size 8"), "option --hidden-size cannot be given with"),
    "resume with an absurd rate": (
        words("train --resume run --learning-rate 7"),
        "option --learning-rate is '7': a number above 0 and at most 0.1 would be right",
    ),
    "resume of nothing": (words("train --resume nowhere"), "nowhere: not a run folder"),
    "runs in a file": (beside(lambda f: (f / "runs").touch(), "train walk"), "runs.*cannot be created"),
    "walk too fast to be meant": (words("motion generate a.npz --vx 9"), "--vx is '9': a number from -5 to 5"),
    "walk too fast for the legs": (words("motion generate a.npz --vx 3"), "ask for a slower walk"),
    "gait period": (words("motion generate a.npz --period-s 0"), "--period-s is '0': a number from 0.1 to 3"),
    "unknown format": (words("motion generate a.bvh"), "cannot write 'a.bvh': formats that are written end in"),
    "no output": (words("motion convert walk"), "argument OUT is missing"),
    "folder that is not there": (words("motion convert walk none/a.npz"), "none"),
    "nothing to augment": (words("motion augment walk a.npz"), "nothing to do"),
    "speed of zero": (words("motion augment walk a.npz --speed 0"), "--speed is '0': factors from 0.1 to 10"),
    "noise of 1 rad": (words("motion augment walk a.npz --noise 1"), "--noise is '1': a number from 0 to 0.1"),
    "yaw of a word": (words("motion augment walk a.npz --yaw left"), "--yaw is 'left': degrees from -360 to 360"),
    "two speeds for one file": (words("motion augment walk a.npz --speed 0.8 0.9"), "2 clips .* do not fit one file"),
}
POLICIES: dict[str, tuple[Broken, str]] = {
    "missing policy": (words("bench none.onnx"), "none.onnx.* is not a file"),
    "folder for a policy": (beside(lambda f: (f / "a.onnx").mkdir(), "bench a.onnx"), "a.onnx.* is not a file"),
    "empty policy": (policy_bytes(lambda data: b""), "policy.onnx.* is empty"),
    "text for a policy": (policy_bytes(lambda data: b"hello\n" * 99, "validate"), "not one whole ONNX model"),
    "truncated policy": (policy_bytes(lambda data: data[:-700], "validate"), "not one whole ONNX model"),
    "policy without contract": (policy_model(without_contract, "validate"), "holds no webfoot_contract"),
    "contract that is no JSON": (policy_model(with_contract("{")), "not valid JSON"),
    "contract of another kind": (policy_model(with_contract('{"schema": "other/1"}')), "webfoot-contract/1"),
    "weights of NaN": (policy_model(with_nan_weights, "validate"), "with NaN; its weights are broken"),
    "policy without a reference": (policy_bytes(lambda data: data, "validate"), "lies in no run folder"),
    "policy of an unknown robot": (words("validate none.onnx --robot dog"), "dog|none.onnx"),
    "export of nothing": (words("export nowhere"), "nowhere: not a run folder"),
    "render of nothing": (words("render nowhere"), "nowhere: not a run folder"),
    "run without a checkpoint": (run_copy(lambda run: shutil.rmtree(run / "checkpoints"), "export"), "checkpoint"),
    "broken checkpoint": (
        run_copy(lambda run: (run / "checkpoints" / "latest.pt").write_bytes(b"PK nothing"), "export"),
        "checkpoint|latest.pt",
    ),
    "run with a broken config": (run_copy(lambda run: (run / "config.yaml").write_text("x: 1"), "export"), "config"),
    "run without motions": (run_copy(lambda run: shutil.rmtree(run / "motions"), "train", "--resume"), "no prepared"),
}
BROKEN = {
    f"{kind}: {name}": case
    for kind, table in (("motion", MOTIONS), ("robot", ROBOTS), ("option", OPTIONS), ("policy", POLICIES))
    for name, case in table.items()
}
