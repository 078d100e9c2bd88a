"""`sample`: what a process with its children, and the machine, take up; cheap enough for once a second."""

import functools
import os
import shutil
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil


@dataclass(frozen=True)
class Machine:
    """What the whole machine takes up."""

    cores: int
    cpu_s: float
    """Time that all cores were busy since the machine was started [s]."""
    cpu_share: float | None
    """Of all cores together, 0 to 1, since the sample before; None in the first."""
    memory_bytes: int
    """Taken, less what can be given back at once."""
    memory_total_bytes: int
    disk_free_bytes: int
    """For users other than root."""
    disk_total_bytes: int

    @property
    def disk_free_share(self) -> float:
        """Share of the disk that is free, 0 to 1."""
        return self.disk_free_bytes / max(self.disk_total_bytes, 1)


@dataclass(frozen=True)
class Resources:
    """What a process and all its descendants take up; nothing where it has ended."""

    time_s: float
    """Monotonic clock [s]."""
    cpu_s: float
    """Processor time so far, of descendants that have ended too [s]."""
    cpu_share: float | None
    """Of one core, so that 2 means two cores, since the sample before; None in the first."""
    memory_bytes: int
    """Resident; what processes share counts for each of them."""
    gpu_memory_bytes: int | None
    """On all GPUs; None where the machine has none that can be asked."""
    machine: Machine
    gpu_share: float | None = None
    """Time that the busiest GPU worked, for whomever, 0 to 1; None as above."""


def sample(pid: int, folder: Path = Path("/"), before: Resources | None = None) -> Resources:
    """What a process and the machine take up now.

    Args:
        pid: the process; its descendants are counted with it.
        folder: where on the disk free space is asked for.
        before: an earlier sample; processor shares are taken over the time since then.
    """
    now_s = time.monotonic()
    processes = _tree(pid)
    used = [usage for usage in map(_usage, processes) if usage is not None]
    cpu_s = sum(cpu for cpu, _ in used)
    return Resources(
        time_s=now_s,
        cpu_s=cpu_s,
        cpu_share=None if before is None else _share(cpu_s - before.cpu_s, now_s - before.time_s),
        memory_bytes=sum(resident for _, resident in used),
        gpu_memory_bytes=gpu_memory({process.pid for process in processes}),
        machine=_machine(folder, now_s, before),
        gpu_share=gpu_share(),
    )


def _tree(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _usage(process: psutil.Process) -> tuple[float, int] | None:
    """Processor time with that of children that were waited for [s], and resident memory [bytes]."""
    try:
        with process.oneshot():
            times = process.cpu_times()
            return sum(
                (times.user, times.system, times.children_user, times.children_system)
            ), process.memory_info().rss
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None


def _machine(folder: Path, now_s: float, before: Resources | None) -> Machine:
    times = psutil.cpu_times()
    idle = ("idle", "iowait", "guest", "guest_nice")  # guests stand in user and nice too
    cpu_s = sum(times) - sum(getattr(times, name, 0.0) for name in idle)
    cores = psutil.cpu_count() or 1
    memory, disk = psutil.virtual_memory(), shutil.disk_usage(folder)
    share = None
    if before is not None:
        share = min(_share(cpu_s - before.machine.cpu_s, (now_s - before.time_s) * cores), 1.0)
    return Machine(
        cores=cores,
        cpu_s=cpu_s,
        cpu_share=share,
        memory_bytes=memory.total - memory.available,
        memory_total_bytes=memory.total,
        disk_free_bytes=disk.free,
        disk_total_bytes=disk.total,
    )


def _share(busy_s: float, past_s: float) -> float:
    return max(busy_s, 0.0) / past_s if past_s > 0 else 0.0


def gpu_memory(pids: Collection[int]) -> int | None:
    """GPU memory of some processes on all GPUs [bytes]; None without NVML, its driver, or a GPU.

    In a container that hides the processes of others, the driver may name ours by numbers that only the host knows;
    then nothing is found, and 0 is given.
    """
    nvml = _nvml(os.getpid())
    if nvml is None:
        return None
    try:
        devices = [nvml.nvmlDeviceGetHandleByIndex(number) for number in range(nvml.nvmlDeviceGetCount())]
        return sum(taken_by(pids, _taken(nvml, device)) for device in devices) if devices else None
    except nvml.NVMLError:
        return None


def gpu_share() -> float | None:
    """Time that the busiest GPU worked within its last moment, 0 to 1; None without NVML, its driver, or a GPU."""
    nvml = _nvml(os.getpid())
    if nvml is None:
        return None
    try:
        devices = [nvml.nvmlDeviceGetHandleByIndex(number) for number in range(nvml.nvmlDeviceGetCount())]
        return max((nvml.nvmlDeviceGetUtilizationRates(device).gpu / 100 for device in devices), default=None)
    except nvml.NVMLError:
        return None


def taken_by(pids: Collection[int], taken: Mapping[int, int | None]) -> int:
    """Sum of what some processes take, out of bytes by process; what the driver does not tell is left out."""
    return sum(count or 0 for pid, count in taken.items() if pid in pids)


def _taken(nvml: Any, device: Any) -> dict[int, int | None]:
    """Bytes by process on one GPU; a process that computes and draws is listed twice with the same number."""
    ask = (nvml.nvmlDeviceGetGraphicsRunningProcesses, nvml.nvmlDeviceGetComputeRunningProcesses)
    return {process.pid: process.usedGpuMemory for list_processes in ask for process in list_processes(device)}


@functools.cache
def _nvml(pid: int) -> Any:
    """NVML, begun once for each process, since a fork does not inherit it; None where there is none."""
    try:
        import pynvml  # of nvidia-ml-py, which needs a driver
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    return pynvml
