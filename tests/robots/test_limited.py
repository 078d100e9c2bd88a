"""Work on a stranger's file: what the process may take, and what it sees of ours."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from webfoot.robots.limited import Ended, Limits, run_limited

LIMITS = Limits(cpu_s=20, memory_bytes=2**30, wall_s=60)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs lines of Python as a module."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def run_lines(lines: str, *arguments: str, limits: Limits = LIMITS) -> Ended:
        (tmp_path / "work").mkdir()
        (tmp_path / "stranger.py").write_text(lines)
        return run_limited("stranger", arguments, tmp_path / "work", limits)

    return run_lines


def test_it_runs_as_a_module_does(run, tmp_path):
    ended = run("import os, sys\nprint(__name__, *sys.argv[1:], os.getcwd())\nsys.exit('no\\nindeed')", "a", "-b")
    assert ended.output.decode() == f"__main__ a -b {tmp_path / 'work'}\n"
    assert (ended.code, ended.last_line, ended.ran_out) == (1, "indeed", False)


def test_it_sees_no_password_of_ours(run, monkeypatch):
    monkeypatch.setenv("WEBFOOT_DATABASE_URL", "postgresql://me:secret@db")
    seen = run("import os\nprint(os.environ)").output.decode()
    assert "secret" not in seen and f"'PATH': {os.environ['PATH']!r}" in seen


def test_processor_time_is_limited(run):
    ended = run("while True: pass", limits=replace(LIMITS, cpu_s=1))
    assert ended.code == -signal.SIGXCPU and ended.ran_out


def test_time_is_limited(run):
    ended = run("import signal\nsignal.pause()", limits=replace(LIMITS, wall_s=0.3))
    assert ended.code is None and ended.ran_out


def test_memory_is_limited(run):
    ended = run("bytearray(2**30)")
    assert (ended.code, ended.last_line, ended.ran_out) == (1, "MemoryError", False)


def test_what_it_writes_is_limited(run, tmp_path):
    ended = run("with open('log', 'wb') as file: file.write(bytes(5000))", limits=replace(LIMITS, file_bytes=4096))
    assert "File too large" in ended.last_line
    assert (tmp_path / "work" / "log").stat().st_size == 4096


def test_only_the_end_of_what_it_says_is_kept(run):
    ended = run("import sys\nsys.stderr.write('x' * 10_000 + 'the end')")
    assert len(ended.words) == 4096 and ended.words.endswith("xthe end")


def test_limits_are_never_raised(run):
    """A limited process that starts another one gives it no more than it has."""
    lines = """
from pathlib import Path
from webfoot.robots.limited import Limits, run_limited
Path("inner").mkdir()
print(run_limited("stranger_inner", [], Path("inner"), Limits(999, 2**40, 60)).output.decode())
"""
    inner = Path(os.environ["PYTHONPATH"]) / "stranger_inner.py"
    inner.write_text(
        "import resource\nprint(*(resource.getrlimit(k)[0] for k in (resource.RLIMIT_CPU, resource.RLIMIT_AS)))"
    )
    assert run(lines).output.decode().split() == ["21", str(2**30)]
