"""The commands that do their work: exit codes, results on standard output, one JSON document with --json."""

import importlib
import json
import re
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import numpy as np
import pytest

from conftest import SHORT_TRAINING
from webfoot import __version__
from webfoot.cli.app import COMMANDS, main
from webfoot.evaluate.scenarios import SCENARIOS, SUITES, Suite


def test_help_lists_every_command(webfoot):
    ended = webfoot("--help")
    assert ended.code == 0 and ended.err == ""
    assert all(name in ended.out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_tells_its_options(webfoot, name):
    ended = webfoot(*name.split(), "--help")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"usage: webfoot {name}")


def test_a_group_alone_lists_its_commands(webfoot):
    assert "motion augment" in webfoot("motion").out


def test_the_version_is_the_packages(webfoot):
    assert webfoot("--version").out == f"webfoot {__version__}\n"


def test_help_needs_nothing_heavy():
    program = (
        "import sys; from webfoot.cli.app import main; main(['--help']); "
        "sys.exit(' '.join({'torch', 'mujoco', 'numpy', 'onnxruntime'} & sys.modules.keys()) or 0)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr


def test_train_derives_its_options_from_the_config(webfoot):
    assert re.search(r"--epochs 1\.\.100000\s+Learning iterations", webfoot("train", "--help").out)
    assert "--task.reward.joint-pos " in webfoot("train", "--list-options").out


def test_every_listed_option_can_be_given_by_that_name(webfoot):
    listed = re.findall(r"^--(\S+)", webfoot("train", "--list-options").out, re.MULTILINE)
    assert "checkpoint-every" in listed
    for name in listed:
        said = webfoot("train", "nowhere.npz", f"--{name}", "nonsense").err
        assert "unknown option" not in said and "--help" not in said, name


def test_robots_are_listed_with_their_motions(webfoot):
    assert "duckling" in webfoot("robot", "list").out
    robots = {robot["name"]: robot for robot in json.loads(webfoot("robot", "list", "--json").out)["robots"]}
    assert "walk" in robots["duckling"]["motions"] and "trot" in robots["otter"]["motions"]


def test_a_robot_that_stands_is_not_asked_for_a_speed(webfoot, tmp_path):
    webfoot("motion", "generate", str(tmp_path / "stand.npz"), "--robot", "otter", "--gait", "stand")
    report = json.loads(webfoot("motion", "inspect", str(tmp_path / "stand.npz"), "--robot", "otter", "--json").out)
    assert report["usable"]


def test_a_robot_is_described(webfoot):
    assert "left_knee" in webfoot("robot", "inspect", "duckling").out
    robot = json.loads(webfoot("robot", "inspect", "duckling", "--json").out)
    assert len(robot["joint_names"]) == len(robot["upper"]) == 14
    assert {foot["side"] for foot in robot["feet"]} == {"left", "right"}
    assert len(robot["mirror"]["permutation"]) == 14


def test_a_sound_motion_passes_inspection(webfoot):
    assert "walk: can be used" in webfoot("motion", "inspect", "walk").out
    ended = webfoot("motion", "inspect", "walk", "--json")
    report = json.loads(ended.out)
    assert ended.code == 0 and report["usable"]
    assert report["clips"][0]["metrics"]["command_vx_ms"] == pytest.approx(0.1, abs=0.01)


def test_a_motion_that_cannot_be_used_ends_with_2_and_says_why(webfoot, tmp_path):
    np.save(tmp_path / "clip.npy", np.full((40, 10), np.nan))
    ended = webfoot("motion", "inspect", "clip.npy", "--json")
    report = json.loads(ended.out)
    assert ended.code == 2 and not report["usable"]
    assert report["clips"][0]["findings"][0]["code"] == "broken_number"
    (line,) = [line for line in ended.err.splitlines() if line.startswith("webfoot:")]
    assert "cannot be used" in line


@pytest.mark.parametrize("ending", [".npz", ".json", ".txt"])
def test_a_converted_motion_is_read_again(webfoot, ending):
    assert webfoot("motion", "convert", "walk", f"copy{ending}").out == f"copy{ending}\n"
    assert webfoot("motion", "inspect", f"copy{ending}").code == 0


def test_a_prepared_motion_says_what_was_changed(webfoot):
    ended = webfoot("motion", "convert", "walk", "cycle.npz", "--prepared")
    assert ended.code == 0 and "note: one cycle of" in ended.err


def test_a_generated_walk_goes_where_it_was_told_to(webfoot):
    assert webfoot("motion", "generate", "side.npz", "--vx", "0", "--vy", "-0.06", "--period-s", "0.6").code == 0
    metrics = json.loads(webfoot("motion", "inspect", "side.npz", "--json").out)["clips"][0]["metrics"]
    assert metrics["command_vy_ms"] == pytest.approx(-0.06, abs=0.01)
    assert metrics["period_s"] == pytest.approx(0.6, abs=0.02)


def test_a_folder_takes_every_variant_of_a_motion(webfoot, tmp_path):
    assert webfoot("motion", "augment", "turn_left", "more", "--mirror", "--speed", "0.8", "1.2").code == 0
    assert len(list((tmp_path / "more").glob("*.npz"))) == 6
    assert webfoot("motion", "inspect", "more").code == 0


def test_a_file_takes_one_variant(webfoot, tmp_path):
    ended = webfoot("motion", "augment", "turn_left", "other.npz", "--mirror", "--speed", "0.8")
    assert ended.code == 0 and list(tmp_path.iterdir()) == [tmp_path / "other.npz"]


def test_speeds_may_be_given_one_by_one_and_the_report_says_what_was_made_of_what(webfoot, tmp_path):
    asked = ("--speed", "0.8", "--speed", "1.05", "--yaw", "-90", "--noise", "0.01", "--copies", "2", "--json")
    ended = webfoot("motion", "augment", "turn_left", "more", *asked)
    document = json.loads(ended.out)
    assert ended.code == 0 and len(document["written"]) == 1 + len(document["variants"]) == 3 * 3 * 2
    assert {path.name for path in (tmp_path / "more").iterdir()} == {name[5:] for name in document["written"]}
    one = next(variant for variant in document["variants"] if variant["name"] == "turn_left_x0.8_noise1")
    assert one["source"] == "turn_left" and one["left_out"] == "" and one["score"] > 0.8
    assert "made: turn_left_x0.8_noise1: played at 0.8 times the speed; smooth noise of 0.01 rad" in ended.err


def test_variants_that_add_nothing_are_left_out_and_named(webfoot, tmp_path):
    ended = webfoot("motion", "augment", "walk", "more", "--mirror")
    assert ended.code == 0 and ended.out == "more/walk.npz\n"
    assert "left out: walk_mirrored: it is the same walk as walk" in ended.err


def test_training_ends_with_verdict_and_places(webfoot):
    ended = webfoot("train", "walk", *SHORT_TRAINING)
    *_, verdict, policy, report, video = ended.out.splitlines()
    assert ended.code == 3
    assert re.match(r"verdict: did not pass; \d+ of \d+ checks failed: \w+", verdict)
    assert re.match(r"policy:  runs/\S+/policy\.onnx$", policy)
    assert re.match(r"report:  runs/\S+/report\.html$", report)
    assert re.match(r"video:   (runs/\S+/preview\.webm|none)$", video)


def test_training_gives_one_json_document(webfoot, tmp_path):
    ended = webfoot("train", "walk", *SHORT_TRAINING, "--json", "--out", "here")
    document = json.loads(ended.out)
    assert ended.code == 3 and not document["validation"]["passed"]
    assert (tmp_path / document["policy"]).is_file() and document["policy"].startswith("here/")


def test_options_of_a_file_give_way_to_those_of_the_command_line(webfoot, tmp_path):
    (tmp_path / "options.yaml").write_text("epochs: 7\nbatch_size: 9\nppo: {gamma: 0.9}\n")
    run = json.loads(webfoot("train", "walk", "--config", "options.yaml", *SHORT_TRAINING, "--json").out)["run"]
    kept = (tmp_path / run / "config.yaml").read_text()
    assert re.search(r"epochs: 2\b", kept) and re.search(r"batch_size: 8\b", kept) and "gamma: 0.9\n" in kept


def test_a_run_goes_on_where_it_ended(webfoot, trained):
    ended = webfoot("train", "--resume", trained, "--epochs", "3", "--json")
    assert ended.code == 3
    assert json.loads(ended.out)["validation"]["training"]["epochs"] == 3


def test_a_policy_is_written_again(webfoot, trained, tmp_path):
    assert webfoot("export", trained, "again.onnx").out == "again.onnx\n"
    assert (tmp_path / "again.onnx").is_file()


def test_a_policy_is_written_for_another_program(webfoot, trained, tmp_path):
    said = webfoot("export", trained, "there", "--profile", "unitree").out.splitlines()
    assert said == ["there/exported/policy.onnx", "there/params/deploy.yaml"]
    assert all((tmp_path / path).is_file() for path in said)
    (path,) = webfoot("export", trained, "--profile", "mjlab").out.splitlines()
    assert path == f"{trained}/profiles/mjlab/policy.onnx"


@pytest.mark.parametrize(
    ("profile", "sentence"),
    [("ros", "unknown profile 'ros': choose one of mjlab"), ("open-duck-runtime", "policy.onnx: profile 'open-duck-")],
)
def test_a_profile_that_does_not_fit_is_wrong_input(webfoot, trained, tmp_path, profile, sentence):
    ended = webfoot("export", trained, "there", "--profile", profile)
    assert ended.code == 2 and sentence in ended.err and not (tmp_path / "there").exists()


def test_what_a_policy_takes_is_measured(webfoot, trained):
    shown = webfoot("bench", trained / "policy.onnx", "--jitter-s", "0.1", "--walk")
    assert shown.code == 0
    for part in ("p99", "int8", "cold start", "woken too late", "int8 walks: survival", "pi-zero-2w"):
        assert part in shown.out
    figures = json.loads(webfoot("bench", trained / "policy.onnx", "--jitter-s", "0", "--json").out)
    assert 0 < figures["latency_us"]["p50"] <= figures["latency_us"]["p99"]
    assert figures["int8"]["observations"] > 10 and figures["walks"] == {}  # those of its walk are among them


def test_a_target_that_is_too_slow_is_exit_code_3(webfoot, trained):
    ended = webfoot("bench", trained / "policy.onnx", "--jitter-s", "0", "--target", "pi-zero-2w", "--score", "100000")
    assert ended.code == 3 and "over the budget of 5000 us (25% of the 20 ms control period)" in ended.out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--target", "arduino"), "unknown target 'arduino': choose one of desktop"),
        (("--score", "0"), "option --score is 0: a number from 1 to 100000"),
        (("--jitter-s", "-1"), "option --jitter-s is -1: 0, or a number from 0.1 to 600"),
    ],
)
def test_a_bench_that_cannot_be_is_wrong_input(webfoot, trained, words, sentence):
    ended = webfoot("bench", trained / "policy.onnx", *words)
    assert ended.code == 2 and sentence in ended.err


def test_a_policy_that_does_not_walk_fails_validation(webfoot, trained):
    ended = webfoot("validate", trained / "policy.onnx", "--json")
    report = json.loads(ended.out)
    assert ended.code == 3 and not report["passed"]
    assert {"survival", "speed_error"} <= {check["name"] for check in report["checks"]}


def test_a_file_is_checked_without_letting_it_walk(webfoot, trained, tmp_path):
    ended = webfoot("validate", trained / "policy.onnx", "--file", "--robot", "duckling", "--json")
    report = json.loads(ended.out)
    assert ended.code == 0 and report["passed"] and report["metrics"] == {}
    assert {"golden_error", "robot_disagreement"} <= {check["name"] for check in report["checks"]}
    (tmp_path / "cut.onnx").write_bytes((trained / "policy.onnx").read_bytes()[:-100])
    refused = webfoot("validate", tmp_path / "cut.onnx", "--file")
    assert refused.code == 2 and "cut.onnx: is not one whole ONNX model" in refused.err


def test_a_policy_is_tried_in_every_scenario(webfoot, trained, tmp_path, monkeypatch):
    monkeypatch.setitem(SUITES, "quick", Suite(episodes=1, episode_s=0.6, every=9))  # the hardest level alone
    ended = webfoot("validate", trained / "policy.onnx", "--suite", "quick", "--seed", "7", "--out", "here", "--json")
    told = json.loads(ended.out)["robustness"]
    assert ended.code == 3 and (told["suite"], told["seed"]) == ("quick", 7)
    assert {row["name"] for row in told["scenarios"]} | set(told["left_out"]) == set(SCENARIOS)
    assert all(len(row["levels"]) == 1 for row in told["scenarios"])
    assert "Pushed forward" in ended.err and "written: here/robustness.html" in ended.err
    assert {path.name for path in (tmp_path / "here").iterdir()} >= {
        "robustness.html",
        "robustness.json",
        "worst-5.npz",
    }


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--suite", "quick", "--file"), "give one of them"),
        (("--seed", "1"), "belong to --suite"),
        (("--suite", "huge"), "quick"),
        (("--suite", "quick", "--out", "/dev/null/here"), "give a place that can be read or written"),
    ],
)
def test_options_of_a_suite_that_make_no_sense_are_refused(webfoot, trained, words, sentence):
    ended = webfoot("validate", trained / "policy.onnx", *words)
    assert ended.code == 2 and sentence in ended.err


def test_runs_are_set_side_by_side(webfoot, trained):
    ended = webfoot("compare", trained, trained)
    assert ended.code == 0 and "did not pass" in ended.out and "Cost of transport" in ended.out
    told = json.loads(webfoot("compare", trained, trained, "--json").out)
    assert [run["run"] for run in told["runs"]] == [trained.name] * 2
    alone = webfoot("compare", trained)
    assert alone.code == 2 and "a comparison needs two or more" in alone.err


def test_a_video_or_a_sentence_that_says_why_there_is_none(webfoot, trained):
    ended = webfoot("render", trained, "walk.webm")
    assert (ended.code, ended.out) == (0, "walk.webm\n") or (ended.code == 2 and "no video" in ended.err)


def test_ctrl_c_ends_the_training_with_a_checkpoint_and_says_how_to_go_on(tmp_path):
    command = [sys.executable, "-m", "webfoot.cli", "train", "walk", *SHORT_TRAINING, "--epochs", "100000"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=-1, stderr=-1, text=True) as training:
        log = wait_for(tmp_path, "runs/*/events.jsonl")
        while "progress" not in log.read_text():
            assert training.poll() is None
            time.sleep(0.05)
        training.send_signal(signal.SIGINT)
        out, err = training.communicate(timeout=60)
    assert training.returncode == 3, err
    (run,) = (tmp_path / "runs").iterdir()
    assert f"webfoot train --resume runs/{run.name}" in err and "Traceback" not in err
    assert (run / "checkpoints" / "latest.pt").is_file()
    assert "verdict:" in out


def wait_for(folder, pattern):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = list(folder.glob(pattern))
        if found:
            return found[0]
        time.sleep(0.05)
    raise AssertionError(f"no {pattern} within a minute")


def test_a_reader_that_goes_away_is_no_fault_of_ours():
    program = "import sys; from webfoot.cli.app import main; sys.exit(main(['robot', 'inspect', 'duckling']))"
    with subprocess.Popen([sys.executable, "-c", program], stdout=-1, stderr=-1, text=True) as command:
        assert command.stdout is not None and command.stderr is not None
        command.stdout.close()
        said = command.stderr.read()
    assert "Traceback" not in said and "Exception" not in said


def test_closed_outputs_stop_nothing(tmp_path):
    shell = f"{sys.executable} -m webfoot.cli motion convert walk copy.npz >&- 2>&-"
    subprocess.run(["sh", "-c", shell], cwd=tmp_path, timeout=60, check=True)
    assert (tmp_path / "copy.npz").is_file()


def test_the_installed_command_is_main():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    module, _, name = project["scripts"]["webfoot"].partition(":")
    assert getattr(importlib.import_module(module), name) is main


def test_words_come_from_the_program_when_none_are_given(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["webfoot", "--version"])
    assert main() == 0
    assert "webfoot" in capsys.readouterr().out


def test_a_training_that_broke_down_is_taken_up_with_a_lower_rate(webfoot, tmp_path):
    ended = webfoot("train", "walk", *SHORT_TRAINING, "--learning-rate", "0.1", "--json")
    run = json.loads(ended.out)["run"]
    assert ended.code == 3 and json.loads(ended.out)["stopped"] == "diverged"
    assert "stopped learning in epoch" in ended.err and "lower the learning rate" in ended.err
    assert f"go on with 'webfoot train --resume {run}' and a lower --learning-rate" in ended.err
    again = webfoot("train", "--resume", run, "--learning-rate", "0.001", "--json")
    assert json.loads(again.out)["stopped"] == "finished"
    assert "learning_rate: 0.001" in (tmp_path / run / "config.yaml").read_text()
