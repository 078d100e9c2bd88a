"""Markdown tables, and a line that says on what they were measured."""

import os
import platform
from collections.abc import Sequence
from pathlib import Path

from webfoot.sim.threads import share_cores


def print_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print one markdown table; floats keep four significant digits."""
    print("| " + " | ".join(header) + " |")
    print("|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(_cell(value) for value in row) + " |")
    print(flush=True)


def print_machine() -> None:
    """Print on what is measured, and how busy it was before."""
    threads, cores, load = share_cores(), os.cpu_count(), os.getloadavg()[0]
    print(
        f"{_processor()}, {cores} cores, Python {platform.python_version()}; threads: physics {threads.physics}, "
        f"torch {threads.torch}; load before the start {load:.1f}\n",
        flush=True,
    )


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return str(value)


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
