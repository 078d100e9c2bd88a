"""What each method reaches per minute of training, as a table and as curves; and whether `style/gap` tells it.

`style/gap` is what the adversary cannot spoil: the distance of the policy's motion from demonstrations. For the
methods that have a style it is compared, over the trials of one training, with what trials measure from outside.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from parts.cases import folder_for_runs, hardest, parser
from parts.curves import draw_curves
from parts.table import print_machine, print_table

from webfoot.learn.events import Evaluated, Event, Metrics, Progress
from webfoot.learn.method import METHODS

SHOWN = {
    "speed_error": "speed error",
    "stride_error": "stride frequency error",
    "duty_error": "duty factor error",
    "moving_joint_rmse": "joint error, legs [rad]",
    "lifted_cycles": "cycles with lift",
    "survival": "survival",
}


@dataclass
class Curve:
    """What the trials of one training showed, by its time; call it with its events."""

    minutes: list[float] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    trials: list[dict[str, float]] = field(default_factory=list)
    metrics: dict[str, float] = field(default_factory=dict)
    progress: Progress | None = None

    def __call__(self, event: Event) -> None:
        if isinstance(event, Metrics):
            self.metrics = event.values
        elif isinstance(event, Progress):
            self.progress = event
        elif isinstance(event, Evaluated) and self.progress and event.values:
            self.minutes.append(self.progress.elapsed_s / 60)
            self.steps.append(self.progress.env_steps)
            gap = {"style/gap": self.metrics["style/gap"]} if "style/gap" in self.metrics else {}
            self.trials.append({**event.values, **gap})

    def of(self, name: str) -> list[float]:
        return [trial[name] for trial in self.trials]


def main() -> None:
    made = parser(__doc__)
    made.add_argument("--minutes", type=float, default=3.0, help="time of training")
    made.add_argument("--seed", type=int, default=0)
    made.add_argument("--methods", nargs="+", default=list(METHODS), choices=list(METHODS))
    made.add_argument("--picture", type=Path, help="PNG for the curves, such as docs/methods.png")
    options = made.parse_args()
    case, out = hardest(options), folder_for_runs(options)
    print_machine()
    print(f"{case.name}, {60 * options.minutes:g} s of training, demonstrations included; quick trials on the way\n")
    curves = {}
    for method in options.methods:
        curves[method] = Curve()
        limits = {"epochs": 100_000, "max_minutes": options.minutes, "stop_when_passed": False}
        case.train(out, curves[method], method=method, seed=options.seed, **limits)
        print_table(("method", "minute", "steps", *SHOWN.values()), list(by_minute(method, curves[method])))
    for method, curve in curves.items():
        if curve.trials and "style/gap" in curve.trials[0]:
            print_table(("method", "rank correlation of style/gap with", "is"), list(agreement(method, curve)))
    if options.picture:
        draw_curves(options.picture, {name: (c.minutes, c.trials) for name, c in curves.items()}, SHOWN)


def by_minute(method: str, curve: Curve) -> list[tuple]:
    """Medians of the trials of every half minute."""
    rows, half = [], np.floor(np.array(curve.minutes) * 2)
    for number in np.unique(half):
        chosen = [trial for trial, where in zip(curve.trials, half, strict=True) if where == number]
        steps = max(s for s, where in zip(curve.steps, half, strict=True) if where == number)
        medians = (float(np.median([trial[name] for trial in chosen])) for name in SHOWN)
        rows.append((method, f"{number / 2:g}-{number / 2 + 0.5:g}", steps, *medians))
    return rows


def agreement(method: str, curve: Curve) -> list[tuple]:
    """Spearman's rank correlation of the gap with every error, over the trials of one training."""
    gap = np.argsort(np.argsort(curve.of("style/gap")))
    names = ("speed_error", "stride_error", "duty_error", "moving_joint_rmse")
    ranks = {name: np.argsort(np.argsort(curve.of(name))) for name in names}
    return [(method, SHOWN[name], float(np.corrcoef(gap, rank)[0, 1])) for name, rank in ranks.items()]


if __name__ == "__main__":
    main()
