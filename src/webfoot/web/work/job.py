"""What a worker hands to the process that trains, and what it gets back; both are JSON."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from webfoot.export.atomic import write_atomically

OUTCOME = "outcome.json"
"""Name of the file in the run folder that tells how an attempt ended."""


CANNOT_WRITE = 4
"""Exit code of a trainer that could not even write down how it ended: the disk is full, or the folder is closed."""


@dataclass(frozen=True)
class Job:
    """One attempt at a training."""

    folder: str
    """The run folder; an earlier attempt may have left a checkpoint there."""
    motion: str
    robot: str
    parameters: dict[str, Any]
    cores: tuple[int, ...]
    """Processors that it may use."""
    attempt: int

    def dumps(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self))

    @staticmethod
    def loads(text: str) -> "Job":
        """From JSON."""
        document = json.loads(text)
        return Job(**{**document, "cores": tuple(document["cores"])})


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended, in the trainer's own words."""

    attempt: int
    stopped: str
    """As `TrainResult.stopped`, or `wrong input`."""
    reason: str = ""
    passed: bool | None = None
    failed: tuple[str, ...] = ()
    """Names of the checks that the policy failed."""

    def write(self, folder: Path) -> None:
        """Into the run folder, whole or not at all."""
        write_atomically(folder / OUTCOME, json.dumps(asdict(self)).encode())

    @staticmethod
    def read(folder: Path, attempt: int) -> "Outcome | None":
        """What that attempt left; None where it left nothing."""
        try:
            document = json.loads((folder / OUTCOME).read_bytes())
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        outcome = Outcome(**{**document, "failed": tuple(document["failed"])})
        return outcome if outcome.attempt == attempt else None
