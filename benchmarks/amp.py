"""How long `amp` takes until its policy passes, demonstrations included, and how alike its rhythm is."""

from dataclasses import replace

from parts.cases import chosen, folder_for_runs, parser
from parts.table import print_machine, print_table

from webfoot.evaluate import gait
from webfoot.evaluate.episodes import Episodes
from webfoot.evaluate.store import load_episodes
from webfoot.learn.events import Demonstrated

HEADER = (
    "case",
    "seed",
    "all [s]",
    "of it demonstrations [s]",
    "steps",
    "iterations",
    "verdict",
    "stride [Hz]",
    "of the reference",
    "duty factor",
    "of the reference",
)


def main() -> None:
    made = parser(__doc__)
    made.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    made.add_argument("--minutes", type=float, default=6.0, help="time at most")
    made.add_argument("--warm-start", type=int, help="updates that imitate the demonstrating policy first")
    options = made.parse_args()
    style = {} if options.warm_start is None else {"style": {"warm_start": options.warm_start}}
    out = folder_for_runs(options)
    print_machine()
    rows = []
    for case in chosen(options):
        for seed in options.seeds:
            rows.append((case.name, seed, *measured(case, out, seed=seed, max_minutes=options.minutes, **style)))
            print_table(HEADER, rows[-1:])
    print_table(HEADER, rows)


def measured(case, out, **options) -> tuple:
    """One training: its cost, its verdict, its rhythm and that of the reference."""
    shown = []

    def listen(event):
        if isinstance(event, Demonstrated):
            shown.append(event.elapsed_s)

    result = case.train(out, method="amp", epochs=100_000, on_event=listen, **options)
    if result.report is None:
        return "", *shown, "", "", f"{result.stopped}: {result.reason}", *[""] * 4
    took = result.report.training
    verdict = "passed" if result.report.passed else ", ".join(check.name for check in result.report.failed)
    episodes = load_episodes(result.run.rollout_file)
    return took.wall_s, *shown, took.env_steps, took.epochs, verdict, *rhythm(episodes)


def rhythm(episodes: Episodes) -> tuple[float, float, float, float]:
    """Stride frequency [Hz] and duty factor, each with what the reference has."""
    drawn = replace(episodes, foot_height=episodes.reference_foot_height)
    return (
        gait.stride_frequency(episodes),
        1.0 / episodes.period_s,
        gait.duty_factor(episodes),
        gait.duty_factor(drawn),
    )


if __name__ == "__main__":
    main()
