"""What a policy takes from a machine before its first step: time, memory and room, in processes of their own."""

import json
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from webfoot.errors import PolicyError
from webfoot.export.latency import resting_sensors
from webfoot_runtime.policy import OnnxPolicy

FRESH = """
import time
begun = time.perf_counter()
import json, sys
from webfoot.export.footprint import first_answer
print(json.dumps(first_answer(sys.argv[1], begun)))
"""


@dataclass(frozen=True)
class Footprint:
    """Medians over some fresh processes."""

    import_s: float
    """numpy, onnxruntime and the runtime are imported [s]."""
    load_s: float
    """The file is read, checked and made ready [s]."""
    first_s: float
    """The first control step [s]."""
    memory_mb: float
    """By how much the process has grown since the imports [MB]."""
    process_mb: float
    """What the whole process holds then [MB]."""
    file_kb: float

    @property
    def cold_start_s(self) -> float:
        """From the start of a program to its first answer [s]."""
        return self.import_s + self.load_s + self.first_s

    def to_dict(self) -> dict[str, float]:
        """All figures."""
        return {**asdict(self), "cold_start_s": self.cold_start_s}


def measure_footprint(policy_path: Path | str, processes: int = 3) -> Footprint:
    """Start a policy in some fresh processes, one after the other.

    Raises:
        PolicyError: the file is not a policy that can be run.
    """
    path = Path(policy_path)
    OnnxPolicy(path)  # says in a sentence what is wrong with it
    runs = [_fresh(path) for _ in range(processes)]
    medians = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    return Footprint(**medians, file_kb=path.stat().st_size / 1e3)


def _fresh(path: Path) -> dict[str, float]:
    ended = subprocess.run([sys.executable, "-c", FRESH, str(path)], capture_output=True, text=True, check=False)
    if ended.returncode:
        raise PolicyError(f"{path.name}: a fresh process could not run it ({ended.stderr.strip()[-200:]})")
    return json.loads(ended.stdout)


def first_answer(path: str, begun: float) -> dict[str, float]:
    """Load a policy and let it answer once; called in a fresh process.

    Args:
        path: the policy.
        begun: `time.perf_counter()` when the process began [s].
    """
    process = psutil.Process()
    imported, before = time.perf_counter(), process.memory_info().rss
    policy = OnnxPolicy(path)
    loaded = time.perf_counter()
    policy.step(*resting_sensors(policy))
    answered, after = time.perf_counter(), process.memory_info().rss
    return {
        "import_s": imported - begun,
        "load_s": loaded - imported,
        "first_s": answered - loaded,
        "memory_mb": (after - before) / 1e6,
        "process_mb": after / 1e6,
    }
