"""Every format that is read, on one and the same walk."""

import json

import numpy as np
import pytest
from clips import awd_table
from samples import SAME_WALK, SAMPLES, bodies, breadth_first, walk
from scipy.spatial.transform import Rotation

from webfoot.errors import MotionError
from webfoot.motion.formats import json_motion, npz, pickles
from webfoot.motion.inspect import inspect
from webfoot.motion.kinematics import robot_model
from webfoot.motion.mapping import map_joints
from webfoot.motion.prepare import prepare
from webfoot.motion.read import READERS, read_motions


@pytest.fixture
def read(tmp_path, duckling):
    def one(name: str):
        ending, make = SAMPLES[name]
        path = tmp_path / f"walk{ending}"
        path.write_bytes(make(duckling, tmp_path))
        return read_motions(path, duckling)

    return one


@pytest.mark.parametrize("name", SAME_WALK)
def test_every_format_means_the_same_walk(read, duckling, name):
    (clip,) = read(name)
    right = walk(duckling)
    got = map_joints(clip, duckling)
    assert clip.name == "walk" and clip.loop is False
    assert clip.fps == pytest.approx(30.0 if name == "lafan_csv" else 50.0)
    assert got.joint_pos == pytest.approx(right.joint_pos, abs=1e-6)
    assert clip.root_pos == pytest.approx(right.root_pos, abs=1e-6)
    assert clip.root_quat is not None and right.root_quat is not None
    apart = Rotation.from_quat(clip.root_quat, scalar_first=True).inv() * Rotation.from_quat(
        right.root_quat, scalar_first=True
    )
    assert apart.magnitude().max() < 1e-6


@pytest.mark.parametrize("name", SAMPLES)
def test_every_format_can_be_prepared(read, duckling, name):
    if name == "awd":
        pytest.skip("its sample turns a radian a frame, as no robot does; test_awd reads real ones")
    (clip,) = read(name)
    prepared = prepare(clip, duckling)
    assert prepared.command is not None and prepared.root_pos is not None
    json.dumps(inspect(clip, duckling).to_dict(), allow_nan=False)


def test_every_ending_and_every_dialect_has_a_sample():
    assert {ending for ending, _ in SAMPLES.values()} >= set(READERS)
    assert len(SAMPLES) >= sum(len(table.DIALECTS) for table in (npz, json_motion, pickles)) + 3


@pytest.mark.parametrize(("name", "order"), [("mjlab", "depth first"), ("beyond_mimic", "breadth first")])
def test_the_order_of_nameless_joints_and_bodies_is_found_and_said(read, name, order):
    (clip,) = read(name)
    (note,) = [note for note in clip.notes if note.startswith("joint order found")]
    assert note.startswith(f"joint order found by forward kinematics: {order}") and f"bodies come {order}" in note


def test_the_bodies_of_the_two_orders_differ(duckling):
    assert breadth_first(duckling) != list(range(1, robot_model(duckling).nbody))


def test_joints_by_level_with_bodies_depth_first_are_found_too(tmp_path, duckling):
    """The trap: a file whose joints are of one simulator and whose bodies of another."""
    clip, model = walk(duckling), robot_model(duckling)
    pos, quat = bodies(duckling, clip)
    names = [model.joint(int(model.body_jntadr[b])).name for b in breadth_first(duckling) if model.body_jntnum[b]]
    columns = [clip.joint_names.index(name) for name in names if name in clip.joint_names]
    arrays = {"joint_pos": clip.joint_pos[:, columns], "body_pos_w": pos, "body_quat_w": quat}
    np.savez(tmp_path / "walk.npz", fps=[50], **arrays)
    (got,) = read_motions(tmp_path / "walk.npz", duckling)
    assert map_joints(got, duckling).joint_pos == pytest.approx(clip.joint_pos)
    assert "breadth first" in got.notes[0] and "bodies come depth first" in got.notes[0]


def test_an_order_of_bodies_that_is_neither_is_refused(tmp_path, duckling):
    clip = walk(duckling)
    pos, quat = bodies(duckling, clip)
    shuffled = np.random.default_rng(0).permutation(duckling.nu)
    arrays = {"joint_pos": clip.joint_pos[:, shuffled], "body_pos_w": pos, "body_quat_w": quat}
    np.savez(tmp_path / "walk.npz", fps=[50], **arrays)
    with pytest.raises(MotionError, match=r"no order of the joints of robot 'duckling' puts its bodies .* mm off"):
        read_motions(tmp_path / "walk.npz", duckling)


def test_scalar_first_rotations_where_scalar_last_are_usual_are_noticed(tmp_path, duckling):
    clip = walk(duckling)
    assert clip.root_pos is not None and clip.root_quat is not None
    np.save(tmp_path / "walk.npy", np.column_stack([clip.root_pos, clip.root_quat, clip.joint_pos]))
    (got,) = read_motions(tmp_path / "walk.npy", duckling)
    assert got.root_quat == pytest.approx(clip.root_quat)
    assert any("taken as wxyz: as xyzw the base would lie down" in note for note in got.notes)


def test_a_file_without_base_rotations_gets_its_root_from_stance_feet(read, duckling):
    (clip,) = read("array")
    assert clip.root_pos is None
    assert any("the clip has no base rotation" in note for note in prepare(clip, duckling).notes)


UNKNOWN = {
    ".npz": (lambda p: np.savez(p, a=np.zeros(3)), "the arrays a, which is no known motion; known are: Isaac"),
    ".json": (lambda p: p.write_text('{"frames": []}'), "an object with the keys frames, which is no known motion"),
    ".npy": (lambda p: np.save(p, np.array({"a": 1}, dtype=object)), "a dict with the keys a, which is no known"),
}


@pytest.mark.parametrize("ending", UNKNOWN)
def test_unknown_content_says_what_was_found_and_what_would_be_right(tmp_path, duckling, ending):
    make, sentence = UNKNOWN[ending]
    make(tmp_path / f"clip{ending}")
    with pytest.raises(MotionError, match=f"clip{ending}: holds {sentence}"):
        read_motions(tmp_path / f"clip{ending}", duckling)


def test_letters_that_are_none_are_refused(tmp_path):
    broken = np.array(["ab", "cd"])
    broken.view(np.uint32)[3] = 0x110001
    np.savez(tmp_path / "walk.npz", fps=50, joint_names=broken, joint_pos=np.zeros((4, 2)))
    with pytest.raises(MotionError, match="walk.npz: joint_names: an array of text that is none"):
        read_motions(tmp_path / "walk.npz")


def test_names_are_made_fit_to_be_shown(tmp_path):
    (tmp_path / "walk.json").write_text(json.dumps(awd_table(4, ("left\nknee", "right\ud800knee"))))
    assert read_motions(tmp_path / "walk.json")[0].joint_names == ("left?knee", "right?knee")
