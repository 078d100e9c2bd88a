"""What is trained in the benchmarks: a robot and a motion, and the options they share."""

import argparse
import atexit
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from webfoot.config import TrainConfig, parse_config
from webfoot.learn.events import OnEvent
from webfoot.motion.library import build_reference
from webfoot.motion.reference import Reference
from webfoot.pipeline import TrainResult, load_motions, prepare_motions, train
from webfoot.robots.spec import Robot
from webfoot.robots.table import load_robot

OPEN_DUCK_SCENE = "robots/open_duck_mini_v2/scene_flat_terrain.xml"
OPEN_DUCK_CLIP = "motions/open_duck/polynomial_coefficients.pkl#0.074_-0.037_-0.074"


@dataclass(frozen=True)
class Case:
    """A robot and a motion for it."""

    name: str
    robot: str
    motion: str

    def train(self, out: Path, on_event: OnEvent | None = None, **options: Any) -> TrainResult:
        """Train it; options as `webfoot.config.parse_config` takes them."""
        return train(self.motion, self.robot, parse_config(options), out, on_event)

    def load(self, config: TrainConfig) -> tuple[Robot, Reference]:
        """The robot, and the motion as it is trained."""
        robot = load_robot(self.robot)
        return robot, build_reference(prepare_motions(load_motions(self.motion, robot), robot, config), robot)


DUCKLING = Case("duckling, bundled walk", "duckling", "walk")


def open_duck(data: Path) -> Case:
    """Open Duck Mini v2 and a forward clip of its library, from a folder that holds both."""
    scene, motions = data / OPEN_DUCK_SCENE, data / OPEN_DUCK_CLIP
    return Case("Open Duck Mini v2, a forward clip", str(scene), str(motions))


def open_duck_library(data: Path) -> Case:
    """Open Duck Mini v2 and its whole library of 240 clips."""
    scene, motions = data / OPEN_DUCK_SCENE, data / OPEN_DUCK_CLIP.partition("#")[0]
    return Case("Open Duck Mini v2, its library", str(scene), str(motions))


def parser(description: str | None) -> argparse.ArgumentParser:
    """Options that every benchmark has."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--robot", help="name or MJCF; with --motion instead of the usual robots")
    made.add_argument("--motion", help="the motion for --robot")
    made.add_argument("--data", type=Path, help="folder with the real robots and motions, such as ../shared/data")
    made.add_argument("--out", type=Path, help="folder for the runs; left out, they are thrown away")
    return made


def chosen(options: argparse.Namespace) -> list[Case]:
    """The cases that the options ask for."""
    if options.robot or options.motion:
        robot, motion = options.robot or "duckling", options.motion or "walk"
        return [Case(f"{Path(robot).stem}, {Path(motion).name}", robot, motion)]
    return [DUCKLING, *([open_duck(options.data)] if options.data else [])]


def hardest(options: argparse.Namespace) -> Case:
    """The one case for benchmarks that look at a single robot: the last of those asked for."""
    return chosen(options)[-1]


def folder_for_runs(options: argparse.Namespace) -> Path:
    """Where runs go."""
    return options.out or throw_away_folder()


def throw_away_folder() -> Path:
    """A folder that is gone when the program ends."""
    folder = tempfile.TemporaryDirectory(prefix="webfoot-benchmark-")
    atexit.register(folder.cleanup)
    return Path(folder.name)
