import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from webfoot.monitor import resources
from webfoot.monitor.resources import gpu_memory, gpu_share, sample, taken_by

HOLD = "import sys; held = bytearray({bytes}); print('ready', flush=True); sys.stdin.read()"
BURN_S = 0.2
BURN = f"import time\nwhile time.process_time() < {BURN_S}: pass\n"


@pytest.fixture
def start():
    """Starts a Python program that says when it is ready, and ends it."""
    started = []

    def begin(program):
        process = subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout and process.stdout.readline() == "ready\n"
        return process

    yield begin
    for process in started:
        process.communicate("")


def test_memory_is_that_of_a_process_and_its_descendants(start):
    size = 50_000_000
    child = HOLD.format(bytes=size)
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    small = sample(start(HOLD.format(bytes=0)).pid).memory_bytes
    large = sample(start(parent).pid).memory_bytes
    assert 0 < small < size < large - small < 2 * size


def test_processor_time_of_children_that_have_ended_counts(start):
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BURN!r}]); {HOLD.format(bytes=0)}"
    assert BURN_S - 0.02 <= sample(start(parent).pid).cpu_s < 30  # ticks of 10 ms


def test_shares_are_taken_over_the_time_since_the_sample_before():
    before = sample(os.getpid())
    began = time.process_time()
    while time.process_time() - began < BURN_S:
        pass
    now = sample(os.getpid(), before=before)
    past_s = now.time_s - before.time_s
    assert now.cpu_s - before.cpu_s >= BURN_S - 0.02
    assert now.cpu_share == pytest.approx((now.cpu_s - before.cpu_s) / past_s)
    busy = (now.machine.cpu_s - before.machine.cpu_s) / (past_s * now.machine.cores)
    assert now.machine.cpu_share == pytest.approx(min(busy, 1.0)) and 0 < busy < 1.5


def test_a_first_sample_knows_no_share_and_one_at_the_same_instant_is_none():
    first = sample(os.getpid())
    assert first.cpu_share is None and first.machine.cpu_share is None
    assert sample(os.getpid(), before=replace(first, time_s=first.time_s + 1e6)).cpu_share == 0.0


def test_a_process_that_has_ended_takes_nothing():
    process = subprocess.Popen([sys.executable, "-c", ""])
    before = sample(process.pid)
    process.wait()
    ended = sample(process.pid, before=before)
    assert (ended.cpu_s, ended.cpu_share, ended.memory_bytes) == (0, 0.0, 0)


def test_the_machine_tells_memory_and_free_disk(tmp_path):
    machine = sample(os.getpid(), tmp_path).machine
    disk = os.statvfs(tmp_path)
    assert machine.disk_total_bytes == disk.f_frsize * disk.f_blocks
    assert 0 <= machine.disk_free_share <= 1
    assert 0 < machine.memory_bytes < machine.memory_total_bytes
    told = next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal"))
    assert machine.memory_total_bytes == int(told.split()[1]) * 1024


def test_what_the_driver_tells_is_summed_over_our_processes():
    assert taken_by({7, 8}, {7: 100, 8: 20, 9: 3000}) == 120
    assert taken_by({7, 8}, {7: None, 8: 20}) == 20
    assert taken_by({7}, {}) == 0


class NvmlError(Exception):
    pass


def driver(computing, drawing=(), fails=""):
    """A library as nvidia-ml-py is: (pid, bytes) for each GPU."""

    def answer(name, value):
        def call(*arguments):
            if name == fails:
                raise NvmlError("the driver is gone")
            return value(*arguments)

        return call

    def rows(table):
        return lambda gpu: [
            SimpleNamespace(pid=p, usedGpuMemory=b) for p, b in (table[gpu] if gpu < len(table) else ())
        ]

    calls = {
        "nvmlInit": lambda: None,
        "nvmlDeviceGetCount": lambda: len(computing),
        "nvmlDeviceGetHandleByIndex": lambda number: number,
        "nvmlDeviceGetComputeRunningProcesses": rows(computing),
        "nvmlDeviceGetGraphicsRunningProcesses": rows(drawing),
        "nvmlDeviceGetUtilizationRates": lambda number: SimpleNamespace(gpu=25 * (1 + number)),
    }
    return SimpleNamespace(NVMLError=NvmlError, **{name: answer(name, value) for name, value in calls.items()})


@pytest.fixture
def use_driver(monkeypatch):
    """Puts another library in the place of nvidia-ml-py; None: it is not installed."""

    def use(library):
        monkeypatch.setitem(sys.modules, "pynvml", library)
        resources._nvml.cache_clear()

    yield use
    resources._nvml.cache_clear()


def test_gpu_memory_is_summed_over_gpus_and_counted_once_for_a_process_that_computes_and_draws(use_driver):
    use_driver(driver(computing=[[(7, 100), (9, 5000)], [(7, 30), (8, 2)]], drawing=[[(7, 100)]]))
    assert gpu_memory({7, 8}) == 132


def test_gpu_memory_of_the_sampled_process_is_part_of_a_sample(use_driver):
    use_driver(driver(computing=[[(os.getpid(), 123)]]))
    assert sample(os.getpid()).gpu_memory_bytes == 123


def test_the_busiest_gpu_is_told(use_driver):
    use_driver(driver(computing=[[], []]))
    assert sample(os.getpid()).gpu_share == gpu_share() == 0.5


@pytest.mark.parametrize("fails", ["nvmlDeviceGetUtilizationRates", "nvmlDeviceGetCount", "nvmlInit"])
def test_a_driver_that_fails_tells_no_share(use_driver, fails):
    use_driver(driver(computing=[[]], fails=fails))
    assert gpu_share() is None


def test_without_a_gpu_there_is_no_share(use_driver):
    use_driver(driver(computing=[]))
    assert gpu_share() is None


@pytest.mark.parametrize(
    "library",
    [
        None,
        driver(computing=[]),
        driver(computing=[[(7, 1)]], fails="nvmlInit"),
        driver(computing=[[(7, 1)]], fails="nvmlDeviceGetCount"),
        driver(computing=[[(7, 1)]], fails="nvmlDeviceGetComputeRunningProcesses"),
    ],
    ids=["no library", "no GPU", "no driver", "driver lost", "not told"],
)
def test_without_library_driver_or_gpu_nothing_is_said_of_gpu_memory(use_driver, library):
    use_driver(library)
    assert gpu_memory({7}) is None
