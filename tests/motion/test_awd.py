import json

import numpy as np
import pytest
from clips import NO_DATA, SHARED_MOTIONS, awd_table, write_json

from webfoot.errors import MotionError
from webfoot.motion.formats import awd


def read_table(tmp_path, table):
    return awd.read(write_json(tmp_path / "clip.json", table))[0]


def test_columns_become_named_joints_and_the_rotation_scalar_first(tmp_path):
    motion = read_table(tmp_path, awd_table())
    length = np.sqrt(0.1**2 + 0.2**2 + 0.3**2 + 0.9**2)
    assert motion.name == "clip" and motion.fps == 10 and motion.joint_names == ("left_knee", "right_knee")
    assert motion.joint_pos.tolist() == [[0.0, 0.1], [1.0, 1.1], [2.0, 2.1]]
    assert motion.root_quat == pytest.approx(np.tile([0.9, 0.1, 0.2, 0.3], (3, 1)) / length)
    assert motion.root_pos[2].tolist() == [0.2, 0.0, 0.2]
    assert motion.stored_velocity.tolist() == [[1, 2, 3, 4, 5, 6]] * 3
    assert motion.loop is False and motion.command is None


def test_offsets_may_be_an_object_or_a_list_of_one(tmp_path):
    listed, plain = awd_table(), awd_table()
    plain["Frame_offset"], plain["Frame_size"] = plain["Frame_offset"][0], plain["Frame_size"][0]
    assert (read_table(tmp_path, listed).joint_pos == read_table(tmp_path, plain).joint_pos).all()


@pytest.mark.parametrize(("joints", "extra", "width"), [(15, 0, 55), (16, 0, 57), (16, 2, 59)])
def test_all_widths_of_the_field_are_read(tmp_path, joints, extra, width):
    table = awd_table(joints=tuple(f"joint{j}" for j in range(joints)))
    table["Frames"] = [[*row, *[0.0] * (6 + extra)] for row in table["Frames"]]
    assert len(table["Frames"][0]) == width
    assert read_table(tmp_path, table).joint_pos.shape == (3, joints)


def test_missing_names_are_those_of_the_generator_and_it_is_said(tmp_path):
    table = awd_table(joints=tuple(f"joint{j}" for j in range(15)))
    del table["Joints"]
    motion = read_table(tmp_path, table)
    assert motion.joint_names[3] == "left_knee" and "head_roll" not in motion.joint_names
    assert any(note.startswith("joint names assumed") for note in motion.notes)


def test_feet_in_the_world_frame_are_told_from_feet_in_the_base_frame(tmp_path):
    world, base = awd_table(), awd_table()
    for row in base["Frames"]:
        row[9:15] = [0.0, 0.05, -0.2, 0.0, -0.05, -0.2]
    assert any("world frame" in note for note in read_table(tmp_path, world).notes)
    assert any("base frame" in note for note in read_table(tmp_path, base).notes)


def test_a_root_beside_the_feet_is_noted(tmp_path):
    table = awd_table()
    for row in table["Frames"]:
        row[3:7] = [0, 0, 0, 1]
        row[1] = -0.07
    assert "root lies 0.070 m to the right of the middle of the feet" in read_table(tmp_path, table).notes


def test_the_rate_comes_from_fps_and_a_contradicting_duration_is_noted(tmp_path):
    table = awd_table() | {"FrameDuration": 0.5}
    motion = read_table(tmp_path, table)
    assert motion.fps == 10 and any("contradicts FPS 10" in note for note in motion.notes)


def test_nan_is_left_for_the_inspection_to_find(tmp_path):
    table = awd_table()
    table["Frames"][1][7] = float("nan")
    assert np.isnan(read_table(tmp_path, table).joint_pos[1, 0])


def change(**entries):
    return lambda table: table.update(entries)


def drop(key):
    return lambda table: table.pop(key)


BROKEN = {
    "no frames": (drop("Frames"), "'Frames' is not a list of at least 2 frames"),
    "one frame": (change(Frames=[[0.0]]), "'Frames' is not a list of at least 2 frames"),
    "frames of text": (change(Frames=["a", "b"]), "frame 0 of 2 is a str; expected a list"),
    "ragged": (lambda t: t["Frames"][1].pop(), "frame 1 of 3 is 22 numbers; expected a list of 23"),
    "text in a frame": (lambda t: t["Frames"][2].__setitem__(7, "1.0"), "frame 2 of 3 holds something that is not"),
    "null in a frame": (lambda t: t["Frames"][2].__setitem__(7, None), "frame 2 of 3 holds something that is not"),
    "truth in a frame": (lambda t: t["Frames"][0].__setitem__(7, True), "frame 0 of 3 holds something that is not"),
    "huge integer": (lambda t: t["Frames"][0].__setitem__(7, 10**400), "integer too large"),
    "no rate": (drop("FPS"), "'FPS' is missing; expected a number from 1 to 1000"),
    "rate 0": (change(FPS=0), "'FPS' is 0; expected 1 to 1000"),
    "rate nan": (change(FPS=float("nan")), "'FPS' is nan; expected 1 to 1000"),
    "rate text": (change(FPS="60"), "'FPS' is '60'; expected a number"),
    "joints no list": (change(Joints="left_knee"), "'Joints' is not a list of names"),
    "joints of numbers": (change(Joints=[1, 2]), "'Joints' is not a list of names"),
    "joints missing": (drop("Joints"), "'Joints' is missing; expected the list of joint names"),
    "too many joints": (change(Joints=[f"j{i}" for i in range(300)]), "300 joints; at most 200"),
    "one joint more": (change(Joints=["a", "b", "c"]), "'Frame_size' gives 'joints_pos' 2 columns; expected 3"),
    "no offsets": (drop("Frame_offset"), "'Frame_offset' is not an object"),
    "two offsets": (lambda t: t["Frame_offset"].append({}), "'Frame_offset' is not an object"),
    "offset beyond": (
        lambda t: t["Frame_offset"][0].update(joints_pos=24),
        "'joints_pos' does not fit into frames of 23",
    ),
    "offset negative": (lambda t: t["Frame_offset"][0].update(root_pos=-3), "'root_pos' does not fit"),
    "offset text": (lambda t: t["Frame_offset"][0].update(root_pos="0"), "'root_pos' does not fit"),
    "zero rotation": (
        lambda t: t["Frames"][1].__setitem__(slice(3, 7), [0.0] * 4),
        "root rotation of frame 1 of 3 has length 0; expected a unit quaternion",
    ),
}


@pytest.mark.parametrize("defect", BROKEN)
def test_a_broken_file_is_one_sentence(tmp_path, defect):
    table = awd_table()
    damage, sentence = BROKEN[defect]
    damage(table)
    with pytest.raises(MotionError, match=f"^clip.json: .*{sentence}"):
        read_table(tmp_path, table)


TEXTS = {
    "empty": (b"", "the file is empty"),
    "cut off": (json.dumps(awd_table()).encode()[:200], "not JSON .*cut off"),
    "no object": (b"[1, 2]", "the JSON holds a list; expected an object"),
    "not text": (b"\xff\xfe\x00\x01", "not JSON"),
    "deep": (b"[" * 100_000, "nested too deeply"),
    "wide": (b"[[]," + b"[]," * 1_100_000 + b"[]]", "opens more than 1000000 lists"),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_bytes_that_are_no_motion_are_one_sentence(tmp_path, kind):
    path = tmp_path / "clip.json"
    path.write_bytes(TEXTS[kind][0])
    with pytest.raises(MotionError, match=f"^clip.json: .*{TEXTS[kind][1]}"):
        awd.read(path)


@pytest.mark.skipif(not SHARED_MOTIONS.is_dir(), reason=NO_DATA)
def test_real_clips_are_read():
    motions = [awd.read(path)[0] for path in sorted((SHARED_MOTIONS / "awd").glob("*.json"))]
    assert [(m.fps, m.joint_pos.shape) for m in motions] == [(30.0, (300, 15))] * 3 + [(60.0, (600, 15))]
    assert all(np.allclose(np.linalg.norm(m.root_quat, axis=1), 1.0) for m in motions)
