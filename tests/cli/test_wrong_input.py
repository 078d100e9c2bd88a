"""Whatever is wrong with the input: exit code 2, one sentence with what, where and what would be right, no trace."""

import re
import subprocess
import sys

import pytest
from broken_inputs import BROKEN
from broken_models import BROKEN_MODELS

ALL = BROKEN | BROKEN_MODELS

AS_A_PROGRAM = ("motion: not JSON", "robot: broken XML", "option: epochs of zero", "policy: truncated policy")


def files(folder):
    return {str(path.relative_to(folder)): path.stat().st_size for path in folder.rglob("*")}


def assert_sentence(text, sentence):
    (line,) = text.splitlines()
    assert line.startswith("webfoot: ") and len(line) < 500
    assert re.search(sentence, line), line


@pytest.mark.parametrize("kind", ALL)
def test_it_is_refused_in_one_sentence_and_leaves_nothing_behind(webfoot, trained, tmp_path, kind):
    make, sentence = ALL[kind]
    words = make(tmp_path, trained / "policy.onnx")
    before = files(tmp_path)
    ended = webfoot(*words)
    assert ended.code == 2, ended
    assert ended.out == ""
    assert_sentence(ended.err, sentence)
    assert files(tmp_path) == before


@pytest.mark.parametrize("kind", AS_A_PROGRAM)
def test_the_program_ends_with_that_code_too(trained, tmp_path, kind):
    make, sentence = ALL[kind]
    words = make(tmp_path, trained / "policy.onnx")
    command = [sys.executable, "-m", "webfoot.cli", *words]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert_sentence(ended.stderr, sentence)


def test_there_are_at_least_sixty_kinds():
    assert len(ALL) >= 60 and not set(BROKEN) & set(BROKEN_MODELS)
