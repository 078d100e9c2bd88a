"""The way of somebody who brings a robot: from an MJCF with odd names to a policy that a robot's loop runs."""

from pathlib import Path

import numpy as np
import pytest

from webfoot.cli.app import main
from webfoot.robots.table import load_robot
from webfoot_runtime.cli import main as robot_main
from webfoot_runtime.policy import OnnxPolicy

LEGS = (("VL", 0.1, 1), ("VR", 0.1, -1), ("HL", -0.1, 1), ("HR", -0.1, -1))
TINY = (
    *("--epochs", "2", "--batch-size", "8", "--hidden-size", "16", "--evaluate-every", "100", "--quiet"),
    *("--rollout.episodes", "2", "--rollout.episode-s", "1"),
)
SIMULATED = "webfoot.evaluate.simulated_robot:of_policy"


def leg(name: str, x: float, side: int) -> str:
    return f"""
    <body name="{name}-a" pos="{x} {side * 0.06} 0"><joint name="{name} hüfte" axis="1 0 0" range="-35 35"/>
      <geom type="capsule" fromto="0 0 0 0 {side * 0.03} 0" size=".015" mass=".08"/>
      <body name="{name}-b" pos="0 {side * 0.035} 0"><joint name="{name} schenkel" axis="0 1 0" range="-20 110"/>
        <geom type="capsule" fromto="0 0 0 0 0 -.1" size=".012" mass=".09"/>
        <body name="{name}-c" pos="0 0 -.1"><joint name="{name} knie" axis="0 1 0" range="-150 -20"/>
          <geom type="capsule" fromto="0 0 0 0 0 -.1" size=".009" mass=".04"/></body></body></body>"""


MODEL = f"""<mujoco model="Krabbe Mk.3"><compiler angle="degree"/><worldbody>
  <body name="rumpf" pos="0 0 .2"><geom type="box" size=".11 .06 .025" mass="1.2"/>{"".join(leg(*one) for one in LEGS)}
  </body></worldbody></mujoco>"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Holds krab.xml, a trot for it, and a run."""
    made = tmp_path_factory.mktemp("own")
    (made / "krab.xml").write_text(MODEL, encoding="utf-8")
    assert main(["motion", "generate", f"{made}/trot.npz", "--robot", f"{made}/krab.xml", "--vx", "0.15"]) == 0
    words = ["train", f"{made}/trot.npz", "--robot", f"{made}/krab.xml", "--out", f"{made}/runs", *TINY]
    assert main(words) in (0, 3)  # passed or not: two epochs promise nothing
    return made


@pytest.fixture
def policy(folder) -> Path:
    (path,) = folder.glob("runs/*/policy.onnx")
    return path


def test_what_the_model_does_not_say_is_found_and_said(folder, capsys):
    assert main(["robot", "inspect", f"{folder}/krab.xml"]) == 0
    said = capsys.readouterr()
    assert "feet    VL-c (left), VR-c (right), HL-c (left), HR-c (right)" in said.out
    assert "left and right map onto each other" in said.out and "nothing suspicious" in said.out
    for key in ("kp", "torque", "collisions", "pose"):
        assert f"'{key}'" in said.err  # what robot.yaml may settle


def test_the_generated_trot_can_be_trained_on(folder, capsys):
    assert main(["motion", "inspect", f"{folder}/trot.npz", "--robot", f"{folder}/krab.xml"]) == 0
    assert "trot: can be used with krab\n  score 1.00" in capsys.readouterr().out


def test_the_policy_is_judged_and_written_for_others(folder, policy, capsys):
    assert main(["validate", str(policy)]) in (0, 3)
    assert main(["export", str(policy.parent), "--profile", "mjlab"]) == 0
    assert (policy.parent / "profiles" / "mjlab" / "policy.onnx").is_file()
    assert "verdict: " in capsys.readouterr().out


def test_the_loop_of_a_robot_runs_it_on_the_model_it_was_trained_on(policy, capsys):
    assert OnnxPolicy(policy).contract["robot"]["name"] == "krab"
    assert robot_main(["check", str(policy)]) == 0
    assert robot_main(["run", str(policy), "--hardware", SIMULATED, "--seconds", "0.2"]) in (0, 3)
    assert "stood down: " in capsys.readouterr().out


def test_a_policy_far_from_its_run_asks_for_its_robot(policy, tmp_path, capsys):
    away = tmp_path / "policy.onnx"
    away.write_bytes(policy.read_bytes())
    assert main(["validate", str(away)]) == 2
    assert "policy.onnx: made for robot 'krab', which is not bundled; give it with --robot" in capsys.readouterr().err
    assert robot_main(["run", str(away), "--hardware", SIMULATED]) == 2
    assert "made for robot 'krab', which does not come with webfoot; give the policy.onnx in its run folder" in (
        capsys.readouterr().err
    )


def test_a_model_that_was_moved_is_given_or_corrected_in_the_run(folder, policy, tmp_path, capsys):
    model = folder / "krab.xml"
    moved = model.rename(tmp_path / "krab.xml")
    try:
        assert main(["validate", str(policy), "--robot", str(moved)]) in (0, 3)
        assert main(["validate", str(policy)]) == 2
        assert "config.yaml: correct 'robot' there if it was moved" in capsys.readouterr().err
    finally:
        moved.rename(model)


def test_a_run_folder_is_no_policy(policy, capsys):
    assert main(["validate", str(policy.parent)]) == 2
    assert "is not a file but a folder; give the policy.onnx in it" in capsys.readouterr().err


def test_the_draft_changes_nothing_it_only_says_what_was_assumed(tmp_path, capsys):
    model = tmp_path / "krab.xml"
    model.write_text(MODEL, encoding="utf-8")
    before = load_robot(model)
    assert main(["robot", "inspect", str(model), "--write"]) == 0
    after = load_robot(model)
    assert after.notes == ("the base 'rumpf' was fixed; a free joint is added",)
    for name in ("kp", "kd", "torque_limit", "joint_armature", "default_pos", "base_height"):
        np.testing.assert_allclose(getattr(after, name), getattr(before, name), rtol=1e-3, atol=1e-9)
    assert main(["robot", "inspect", str(model)]) == 0
    assert "nothing suspicious" in capsys.readouterr().out.split("drafted")[-1]


def test_a_stiffness_alone_is_damped_and_has_rotor_inertia(tmp_path):
    model = tmp_path / "krab.xml"
    model.write_text(MODEL, encoding="utf-8")
    (tmp_path / "robot.yaml").write_text("kp: 3.9478\n", encoding="utf-8")
    robot = load_robot(model)
    np.testing.assert_allclose(robot.joint_armature, 0.001, rtol=1e-4)  # 3.9478 / (2 pi 10)^2
    np.testing.assert_allclose(robot.kd, 2 * 3.9478 / 62.8319, rtol=1e-4)
    assert any("'armature' in robot.yaml settles it" in note for note in robot.notes)


def test_a_robot_yaml_of_the_neighbour_says_that_it_counts_for_the_whole_folder(tmp_path, capsys):
    (tmp_path / "krab.xml").write_text(MODEL, encoding="utf-8")
    (tmp_path / "robot.yaml").write_text("pose: {q1: 0.1}\n", encoding="utf-8")
    assert main(["robot", "inspect", str(tmp_path / "krab.xml")]) == 2
    assert "settles every model in its folder: give each robot its own" in capsys.readouterr().err
