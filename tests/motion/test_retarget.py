from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from skeletons import walking_bvh

from webfoot.errors import MotionError
from webfoot.motion.formats.bvh import read_skeleton
from webfoot.motion.formats.source import Source
from webfoot.motion.inspect import inspect
from webfoot.motion.kinematics import soles_in_base
from webfoot.motion.prepare import prepare
from webfoot.motion.read import read_motions
from webfoot.motion.retarget import retarget
from webfoot.motion.skeleton import SkeletonMotion, find_walker


@pytest.fixture(scope="module")
def person(tmp_path_factory) -> SkeletonMotion:
    return read_skeleton(walking_bvh(6.0, 30).encode(), Source(tmp_path_factory.mktemp("bvh") / "walk.bvh"))


def test_a_walking_person_becomes_a_walk_of_the_duck(tmp_path, duckling):
    (tmp_path / "walk.bvh").write_text(walking_bvh())
    (clip,) = read_motions(tmp_path / "walk.bvh", duckling)
    report = inspect(clip, duckling)
    assert report.usable and report.metrics["period_s"] == pytest.approx(1.1, abs=0.02)
    prepared = prepare(clip, duckling)
    assert prepared.command is not None and prepared.command[0] > 0.1
    assert any("retargeted to robot 'duckling'" in note for note in prepared.notes)


def test_feet_that_stand_do_not_slip_and_angles_keep_the_limits(person, duckling):
    clip = retarget(person, duckling)
    assert clip.root_pos is not None and clip.root_quat is not None
    assert (clip.joint_pos >= duckling.lower - 1e-9).all() and (clip.joint_pos <= duckling.upper + 1e-9).all()
    centres = soles_in_base(duckling, clip.joint_pos).mean(axis=2)
    turn = Rotation.from_quat(clip.root_quat, scalar_first=True)
    world = np.stack([turn.apply(centres[:, f]) + clip.root_pos for f in range(2)], axis=1)
    low = world[..., 2] < 1e-4
    assert low.mean() > 0.4
    both = low[1:] & low[:-1]
    slip = np.linalg.norm(np.diff(world[..., :2], axis=0), axis=-1)[both] * clip.fps
    assert np.median(slip) < 0.005 and np.percentile(slip, 90) < 0.1


def test_unit_axes_and_heading_of_the_file_do_not_matter(person, duckling):
    usual = retarget(person, duckling)
    metres_z_up = Rotation.from_euler("x", 90, degrees=True).apply(person.positions.reshape(-1, 3)) * 0.01
    other = retarget(replace(person, positions=metres_z_up.reshape(person.positions.shape)), duckling)
    assert other.joint_pos == pytest.approx(usual.joint_pos, abs=1e-4)
    turned = Rotation.from_euler("y", 70, degrees=True).apply(person.positions.reshape(-1, 3))
    other = retarget(replace(person, positions=turned.reshape(person.positions.shape)), duckling)
    assert other.joint_pos == pytest.approx(usual.joint_pos, abs=1e-3)


@pytest.mark.parametrize(
    ("left", "right"), [("mixamorig:Left", "mixamorig:Right"), ("l", "r"), ("L_", "R_"), ("Bip01 L ", "Bip01 R ")]
)
def test_sides_are_known_by_many_names(tmp_path, left, right):
    skeleton = read_skeleton(walking_bvh(1.0, 30, names=(left, right)).encode(), Source(tmp_path / "walk.bvh"))
    walker = find_walker(skeleton)
    assert walker.note.startswith("legs found by name") and walker.leg_length == pytest.approx(83, abs=0.1)


def test_legs_without_telling_names_are_found_by_shape(person):
    nameless = replace(person, joint_names=tuple(f"b{j}" for j in range(len(person.joint_names))))
    walker, usual = find_walker(nameless), find_walker(person)
    assert walker.note.startswith("legs found by shape")
    assert walker.hips == pytest.approx(usual.hips) and walker.feet == pytest.approx(usual.feet)


def test_a_mirrored_file_is_refused(person):
    swapped = tuple(
        name.replace("Left", "?").replace("Right", "Left").replace("?", "Right") for name in person.joint_names
    )
    with pytest.raises(MotionError, match="toes point backward .* mirrored"):
        find_walker(replace(person, joint_names=swapped))


def test_a_robot_that_is_no_biped_is_refused(person, duckling):
    with pytest.raises(MotionError, match="retargeted to a biped; robot 'duckling' is none"):
        retarget(person, replace(duckling, feet=duckling.feet[:1]))
