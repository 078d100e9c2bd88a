"""Limits itself, then runs a module: `python -m webfoot.robots.limited_process CPU_S MEMORY FILE MODULE ARGUMENT`."""

import resource
import runpy
import sys


def main(cpu_s: int, memory_bytes: int, file_bytes: int, module: str) -> None:
    """Run a module as `python -m` would; it never gets back what it is not given here."""
    _lower(resource.RLIMIT_CPU, cpu_s, cpu_s + 1)  # SIGXCPU, which says why, a second before SIGKILL
    _lower(resource.RLIMIT_AS, memory_bytes, memory_bytes)
    _lower(resource.RLIMIT_FSIZE, file_bytes, file_bytes)
    _lower(resource.RLIMIT_CORE, 0, 0)
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _lower(kind: int, soft: int, hard: int) -> None:
    """Set a limit, or keep what is lower already: limited processes may start their own."""
    allowed = resource.getrlimit(kind)[1]
    most = hard if allowed == resource.RLIM_INFINITY else min(hard, allowed)
    resource.setrlimit(kind, (min(soft, most), most))


if __name__ == "__main__":
    cpu, memory, file, name = sys.argv[1:5]
    del sys.argv[1:5]
    main(int(cpu), int(memory), int(file), name)
