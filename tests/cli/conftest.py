from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from webfoot.cli.app import main

SHORT_TRAINING = (
    *("--epochs", "2", "--batch-size", "8", "--hidden-size", "16", "--quiet"),
    *("--rollout.episodes", "2", "--rollout.episode-s", "1"),
)


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


Webfoot = Callable[..., Ended]


@pytest.fixture
def webfoot(tmp_path, monkeypatch, capsys) -> Webfoot:
    """Runs the command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> Ended:
        code = main([str(word) for word in words])
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    return run


@pytest.fixture(scope="session")
def trained(tmp_path_factory) -> Path:
    """The folder of a run that was far too short to pass."""
    out = tmp_path_factory.mktemp("runs")
    assert main(["train", "walk", *SHORT_TRAINING, "--out", str(out)]) == 3
    (run,) = out.iterdir()
    return run
