"""Does the score of an inspection predict how well a training goes? 30 clips, good and spoiled, and Spearman's rho.

Success is the best score of a trial (0.5 to 1: how little of the limits is used up; above 1: passed) within a fixed
number of iterations; a clip that cannot be trained on has success 0. Results are kept in a CSV, so that a second call
goes on where the first ended, and `--no-training` only compares anew. The score's limits were set by judgement, when
success was known of four sound clips only, and not changed since; both halves are shown, so that whoever tunes them can
keep one for the test.
"""

import csv
import sys
from collections.abc import Callable
from pathlib import Path

from parts.cases import folder_for_runs, parser
from parts.table import print_machine, print_table
from scipy.stats import spearmanr

from webfoot.config import parse_config
from webfoot.errors import WebfootError
from webfoot.learn.events import Evaluated
from webfoot.motion.augment import change_speed
from webfoot.motion.bundled import BUNDLED_MOTIONS, generate_bundled
from webfoot.motion.clip import Motion
from webfoot.motion.formats import webfoot_npz
from webfoot.motion.gait import GaitConfig, generate_gait
from webfoot.motion.inspect import inspect
from webfoot.pipeline import train
from webfoot.robots.spec import Robot
from webfoot.robots.table import load_robot

sys.path.append(str(Path(__file__).parents[1] / "tests" / "motion"))
from damage import DAMAGE, recorded  # noqa: E402

ROBOT = "duckling"
SPOILED: tuple[tuple[str, str, float], ...] = (
    ("walk", "noise", 0.03),
    ("walk", "noise", 0.15),
    ("walk", "sign", 2),
    ("walk", "sign", 1),
    ("walk", "columns exchanged", 1),
    ("walk", "sides exchanged", 3),
    ("walk", "wrong zero", 0.35),
    ("walk", "wrong zero", 0.8),
    ("walk", "late leg", 5),
    ("walk", "limp", 0.4),
    ("walk", "cut off", 0.6),
    ("walk", "frozen joint", 1.0),
    ("walk", "beyond limits", 0.5),
    ("walk", "rate too high", 2.4),
    ("walk", "rate too low", 2.4),
    ("walk", "degrees", 2),
    ("walk", "nan gap", 3),
    ("turn_left", "wrong zero", 0.35),
    ("left", "rounding", 0.1),
    ("walk", "base tilted", 0.35),
)


def clips(robot: Robot) -> dict[str, Callable[[], Motion]]:
    """Name and maker of every clip."""
    made: dict[str, Callable[[], Motion]] = {
        name: lambda name=name: generate_bundled(ROBOT, name) for name in BUNDLED_MOTIONS[ROBOT]
    }
    for command in ((0.15, 0.0, 0.0), (0.05, 0.03, 0.2)):
        made[f"walk at {command}"] = lambda command=command: generate_gait(robot, command, GaitConfig())
    for speed in (1.4, 1.8):
        made[f"walk x {speed}"] = lambda speed=speed: change_speed(generate_bundled(ROBOT, "walk"), speed)
    for base, kind, strength in SPOILED:
        made[f"{base}: {kind} {strength:g}"] = lambda b=base, k=kind, s=strength: DAMAGE[k].inject(
            recorded(generate_bundled(ROBOT, b), robot), robot, s
        )
    return made


def success(clip: Motion, folder: Path, epochs: int) -> float:
    """Best score of a trial within so many iterations; 0 where the clip cannot be trained on."""
    scores = [0.0]

    def listen(event: object) -> None:
        if isinstance(event, Evaluated):
            scores.append(event.score)

    options = {"epochs": epochs, "stop_when_passed": False, "rollout": {"episodes": 32}}
    try:
        webfoot_npz.write(clip, folder / "clip.npz")
        train(folder / "clip.npz", ROBOT, parse_config(options), folder, on_event=listen)
    except WebfootError:
        return 0.0
    return max(scores)


def main() -> None:
    made = parser(__doc__)
    made.add_argument("--epochs", type=int, default=10)
    made.add_argument("--results", type=Path, default=Path("trainability.csv"))
    made.add_argument("--no-training", action="store_true")
    options = made.parse_args()
    robot, folder = load_robot(ROBOT), folder_for_runs(options)
    print_machine()
    known = read(options.results)
    for name, make in clips(robot).items():
        if name not in known and not options.no_training:
            known[name] = success(make(), folder, options.epochs)
            with options.results.open("a", newline="") as file:
                csv.writer(file).writerow([name, known[name]])
    compare(robot, known)


def read(path: Path) -> dict[str, float]:
    if not path.is_file():
        return {}
    with path.open(newline="") as file:
        return {name: float(value) for name, value in csv.reader(file)}


def compare(robot: Robot, known: dict[str, float]) -> None:
    rows = []
    for name, make in clips(robot).items():
        if name in known:
            report = inspect(make(), robot)
            worst = min(report.score.parts, key=lambda part: part.value)
            rows.append((name, report.score.value, known[name], worst.name))
    print_table(("clip", "score", "success", "weakest part"), rows)
    for label, chosen in (
        ("all", rows),
        ("even", rows[::2]),
        ("odd", rows[1::2]),
        ("usable", [row for row in rows if row[1] > 0]),
    ):
        rho = spearmanr([row[1] for row in chosen], [row[2] for row in chosen]).statistic
        print(f"Spearman's rho, {label}, {len(chosen)} clips: {rho:.2f}")


if __name__ == "__main__":
    main()
