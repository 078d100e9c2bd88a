"""`webfoot compare`: policies side by side."""

from pathlib import Path
from typing import Annotated

import tyro
from rich.console import Console
from rich.table import Table

from webfoot.cli.say import show_json
from webfoot.errors import ConfigError

RunFolders = Annotated[tuple[str, ...], tyro.conf.arg(metavar="RUN RUN...")]


def compare(runs: RunFolders, /, *, json: bool = False) -> int:
    """Set the policies of some runs side by side: every figure of their validation, and the margins of their suites.

    Args:
        runs: Run folders, two or more. Margins are there for runs whose policy was validated with --suite.
        json: Print one JSON document.
    """
    from webfoot.evaluate.comparison import compare as compare_runs

    if len(runs) < 2:
        raise ConfigError(f"{len(runs)} run was given; a comparison needs two or more: webfoot compare RUN RUN")
    found = compare_runs([Path(run) for run in runs])
    if json:
        show_json(found.to_dict())
        return 0
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("", no_wrap=True)
    for name in found.names:
        table.add_column(name, justify="right", overflow="fold")
    table.add_row("Verdict", *("passed" if passed else "did not pass" for passed in found.passed))
    for line in found.lines:
        title = f"{line.title} [{line.unit}]" if line.unit else line.title
        cells = [_cell(value, number in line.best) for number, value in enumerate(line.values)]
        table.add_row(title.replace("[", r"\["), *cells)
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 60 + 34 * len(runs)
    console.print(table)
    console.print("* best of those that differ")
    return 0


def _cell(value: float | None, is_best: bool) -> str:
    return "–" if value is None else f"{value:.3g}{' *' if is_best else '  '}"
