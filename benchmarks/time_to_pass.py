"""How long a training takes until its policy passes validation, seed by seed."""

from typing import Any

from parts.cases import chosen, folder_for_runs, parser
from parts.table import print_machine, print_table

HEADER = ("case", "seed", "training [s]", "steps", "steps/s", "iterations", "ended", "verdict")


def main() -> None:
    made = parser(__doc__)
    made.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    made.add_argument("--epochs", type=int, help="iterations at most; left out, the default")
    made.add_argument("--asymmetric", action="store_true", help="learn left and right apart")
    options = made.parse_args()
    limit: dict[str, Any] = {"epochs": options.epochs} if options.epochs else {}
    if options.asymmetric:
        limit["ppo"] = {"symmetry": False}
    out = folder_for_runs(options)
    print_machine()
    rows = []
    for case in chosen(options):
        for seed in options.seeds:
            rows.append((case.name, seed, *measured(case, out, seed=seed, **limit)))
            print_table(HEADER, rows[-1:])
    print_table(HEADER, rows)


def measured(case, out, **options) -> tuple:
    result = case.train(out, **options)
    report = result.report
    if report is None or report.training is None:
        return "", "", "", "", result.stopped, result.reason
    took = report.training
    verdict = "passed" if report.passed else "failed: " + ", ".join(check.name for check in report.failed)
    return took.wall_s, took.env_steps, took.steps_per_s, took.epochs, result.stopped, verdict


if __name__ == "__main__":
    main()
