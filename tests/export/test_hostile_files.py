"""Files made to harm or to deceive: each is refused with one sentence, and nothing outside its folder is opened."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hostile_files import CANARY, write_all
from opened import Opened

from webfoot.errors import PolicyError
from webfoot_runtime.policy import OnnxPolicy

HERE = Path(__file__).parent
MOST_MIB = 1200
"""Of the whole process; onnx, onnxruntime and the arena of 512 MiB are in it."""


def refused(policy_path, tmp_path, every):
    """Every so-manieth file, tried in a process of its own: what was said and opened."""
    folder = tmp_path / "files"
    folder.mkdir()
    for number, path in enumerate(write_all(folder, policy_path.read_bytes())):
        if number % every:
            path.unlink()
    canary = tmp_path / CANARY
    canary.write_bytes(bytes(1000))
    watch = Opened(canary)
    canary.read_bytes()
    assert watch.since_last_asked(), "the watch sees what is opened"
    command = [sys.executable, str(HERE / "refuse_all.py"), str(folder), str(policy_path)]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=900, check=False)
    was_opened = watch.since_last_asked()
    watch.close()
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert not was_opened, "something outside the folder was opened"
    assert ended.stderr == ""
    return json.loads(ended.stdout)


def hold_to_the_rules(told):
    for result in told["results"]:
        assert result["said"], f"{result['file']} is not refused"
        for sentence in result["said"].values():
            assert sentence.isprintable() and len(sentence) < 500, result["file"]
        assert result["outside"] == [], result["file"]
    assert told["peak_mib"] < MOST_MIB


def test_some_hostile_files_are_refused_in_one_sentence(policy_path, tmp_path):
    told = refused(policy_path, tmp_path, every=9)
    assert len(told["results"]) >= 40
    hold_to_the_rules(told)


@pytest.mark.soak
def test_all_hostile_files_are_refused_in_one_sentence(policy_path, tmp_path):
    told = refused(policy_path, tmp_path, every=1)
    assert len(told["results"]) >= 200
    hold_to_the_rules(told)


@pytest.mark.parametrize(
    "kind", ["constant of 300000000", "expanded to 300000000", "doubled forty times", "outer product"]
)
def test_a_small_file_cannot_ask_for_all_memory(policy_path, tmp_path, kind):
    path = next(path for path in write_all(tmp_path, policy_path.read_bytes()) if kind in path.name)
    assert path.stat().st_size < 30_000
    with pytest.raises(PolicyError, match="needs more than 512 MiB to be run"):
        OnnxPolicy(path)
