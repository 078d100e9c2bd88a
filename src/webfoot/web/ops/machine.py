"""What the doctor says of the machine: packages, cores, memory, GPU, drawing, and how fast physics is."""

import os
import platform
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil
import torch

from webfoot import __version__
from webfoot.config import TrainConfig
from webfoot.counted import counted
from webfoot.errors import WebfootError
from webfoot.evaluate.picture import render_picture
from webfoot.robots.table import load_robot
from webfoot.sim.devices import make_sim
from webfoot.sim.threads import apply_threads, share_cores
from webfoot.web.ops.finding import Finding, ok, warning, wrong
from webfoot.web.settings import Settings

GB = 1e9
PACKAGES = ("mujoco", "mjbatch", "torch", "onnxruntime", "flask", "sqlalchemy", "alembic", "celery", "gunicorn")
EXTRAS = {"psycopg": "PostgreSQL", "redis": "Redis", "zstandard": ".tar.zst", "nvidia-ml-py": "GPU memory"}
MEASURED_S = 1.0
SLOW_STEPS_PER_S = 2_000
"""A tenth of what two shared cores reach (docs/performance.md); a training takes ten times as long."""


def packages() -> Finding:
    """What is installed."""
    have = [f"{name} {found}" for name in PACKAGES if (found := _version(name))]
    lacking = [name for name in PACKAGES if not _version(name)]
    told = f"webfoot {__version__}, {', '.join(have)}"
    if lacking:
        return wrong("packages", f"{told}; missing: {', '.join(lacking)}", "pip install 'webfoot[web]'")
    return ok("packages", told)


def extras() -> Finding:
    """What may be installed beside it."""
    told = [f"{name} {_version(name) or 'not installed'} (for {use})" for name, use in EXTRAS.items()]
    return ok("extras", ", ".join(told))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def python() -> Finding:
    """The interpreter."""
    told = f"{platform.python_version()} on {platform.system()} {platform.release()}, {sys.executable}"
    if not (3, 11) <= sys.version_info[:2] <= (3, 12):
        return wrong("python", told, "install webfoot with Python 3.11 or 3.12")
    return ok("python", told)


def cores(settings: Settings) -> Finding:
    """Processors for trainings."""
    allowed, present = len(os.sched_getaffinity(0)), psutil.cpu_count() or 1
    told = f"{allowed} of {present} may be used, for {counted(settings.concurrency, 'training')} at once"
    if settings.concurrency > allowed:
        return warning("cores", told, f"trainings would share them; set concurrency to {allowed} at most")
    return ok("cores", told)


def memory(settings: Settings) -> Finding:
    """Memory against what trainings may take."""
    seen = psutil.virtual_memory()
    told = f"{seen.available / GB:.1f} GB of {seen.total / GB:.1f} GB are free"
    wanted = settings.memory_gb * settings.concurrency
    if wanted * GB > seen.total:
        room = seen.total / GB / settings.concurrency
        return warning(
            "memory", f"{told}, and trainings may take {wanted:g} GB", f"set memory_gb to {room:.1f} or less"
        )
    return ok("memory", told)


def gpu() -> Finding:
    """Whether trainings can run on a GPU."""
    if torch.cuda.is_available():
        names = [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]
        return ok("gpu", ", ".join(names))
    return ok("gpu", "none that torch can use; trainings run on the CPU")


def drawing() -> Finding:
    """Whether pictures and videos can be drawn."""
    with tempfile.TemporaryDirectory() as folder:
        reason = render_picture(load_robot("duckling"), Path(folder, "duckling.png"))
    if reason is None:
        return ok("drawing", "pictures and videos can be drawn")
    return warning("drawing", reason, "only pictures and videos are left out; on Debian: apt-get install libegl1")


def physics() -> Finding:
    """How fast the physics of a training is here, measured for a second."""
    config = TrainConfig()
    robot = load_robot("duckling")
    try:
        sim = make_sim("cpu", robot, config.sim, config.batch_size)
    except WebfootError as error:
        return wrong("physics", str(error), "install webfoot again")
    apply_threads(share_cores())
    target = torch.tensor(robot.default_pos, dtype=torch.float32).repeat(sim.num_envs, 1)
    sim.step(target)
    steps, began = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - began) < MEASURED_S:
        sim.step(target)
        steps += sim.num_envs
    rate = steps / elapsed
    told = f"{rate:,.0f} control steps/s with {sim.num_envs} robots that stand"
    if rate < SLOW_STEPS_PER_S:
        return warning("physics", told, "the machine is slow or busy; look what else runs on it")
    return ok("physics", told)
