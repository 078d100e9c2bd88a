"""Reading and preparing a library: 1,000 clips of 10 s at 60 Hz, in each of the formats that are written and read."""

import argparse
import resource
import shutil
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from parts.table import print_machine, print_table

from webfoot.motion.bundled import bundled_path
from webfoot.motion.clip import Motion
from webfoot.motion.inspect import inspect
from webfoot.motion.prepare import prepare
from webfoot.motion.read import read_file
from webfoot.motion.write import WRITERS, write_motion
from webfoot.robots.table import load_robot

ROBOT = load_robot("duckling")
DIFFERENT = 20
"""Clips that are made; the rest are copies under other names, which cost the same to read."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clips", type=int, default=1000)
    options.add_argument("--seconds", type=float, default=10.0)
    options.add_argument("--fps", type=float, default=60.0)
    options.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    options.add_argument("--inspect", action="store_true", help="inspect every clip too")
    asked = options.parse_args()
    print_machine()
    rows = []
    for ending in sorted(set(WRITERS) - {".txt"}):
        with tempfile.TemporaryDirectory() as folder:
            files = make(Path(folder), ending, asked)
            for processes in asked.processes:
                read_s, wall_s = measured(files, processes, asked.inspect)
                memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
                rows.append((ending, len(files), processes, read_s, wall_s, 1000 * wall_s / len(files), memory))
    what = "reading, preparing and inspecting" if asked.inspect else "reading and preparing"
    header = ("format", "clips", "processes", "reading alone [s]", f"{what} [s]", "a clip [ms]", "memory [MiB]")
    print_table(header, rows)


def make(folder: Path, ending: str, asked: argparse.Namespace) -> list[Path]:
    """A folder of walks that differ in period, size and noise."""
    (walk,) = read_file(bundled_path("duckling", "walk"), ROBOT)
    frames, random = round(asked.seconds * asked.fps), np.random.default_rng(0)
    files = [folder / f"clip{number:04d}{ending}" for number in range(asked.clips)]
    for number, file in enumerate(files):
        if number >= DIFFERENT:
            shutil.copyfile(files[number % DIFFERENT], file)
            continue
        phase = np.arange(frames) / asked.fps / walk.duration_s * random.uniform(0.8, 1.2) % 1.0
        closed = np.concatenate([walk.joint_pos, walk.joint_pos[:1]])
        grid = np.linspace(0.0, 1.0, len(closed))
        angles = np.column_stack([np.interp(phase, grid, closed[:, j]) for j in range(ROBOT.nu)])
        angles += random.normal(0.0, 0.003, angles.shape)
        write_motion(Motion(file.stem, asked.fps, ROBOT.joint_names, angles, loop=False), file, ROBOT)
    return files


def measured(files: list[Path], processes: int, look: bool) -> tuple[float, float]:
    """Time in `read_file` summed over all processes, and wall time of everything [s]."""
    begin = time.perf_counter()
    with ProcessPoolExecutor(processes) as pool:
        spent = sum(pool.map(inspected if look else prepared, files, chunksize=16))
    return spent, time.perf_counter() - begin


def prepared(file: Path) -> float:
    begin = time.perf_counter()
    (clip,) = read_file(file, ROBOT)
    spent = time.perf_counter() - begin
    assert prepare(clip, ROBOT).command is not None
    return spent


def inspected(file: Path) -> float:
    spent = prepared(file)
    (clip,) = read_file(file, ROBOT)
    assert inspect(clip, ROBOT).usable
    return spent


if __name__ == "__main__":
    main()
