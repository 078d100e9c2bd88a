"""What is said of a policy's robustness: in words, as JSON, as a page, and as rollouts that can be replayed."""

import json
from html import escape
from pathlib import Path
from typing import Any

from webfoot.evaluate.page import asset, replay_part, write_page
from webfoot.evaluate.robustness import ENOUGH, Bad, Cell, Robustness, Row
from webfoot.evaluate.scenarios import SCENARIOS
from webfoot.evaluate.scene import RobotScene, Take
from webfoot.evaluate.store import save_episodes
from webfoot.export.atomic import write_atomically

SCHEMA = "webfoot-robustness/1"
SHADES = ((ENOUGH, "good"), (0.8, "fair"), (0.5, "poor"), (0.0, "bad"))
"""Survival from which a cell of the map looks so."""


def write_robustness(found: Robustness, folder: Path, about: str, scene: RobotScene | None) -> list[Path]:
    """Write everything into a folder, which is there.

    Args:
        about: policy and robot, for the title of the page.
        scene: of `webfoot.evaluate.scene.robot_scene`; without one there is no replay.

    Returns:
        The files, `robustness.html` first.
    """
    files = {name: folder / name for name in _rollouts(found)}
    for bad, path in zip(found.worst, files.values(), strict=True):
        save_episodes(bad.episode, path)
    text = json.dumps(to_dict(found), indent=2, allow_nan=False, ensure_ascii=False)
    write_atomically(folder / "robustness.json", (text + "\n").encode())
    slots = {
        "title": escape(f"{about}: robustness"),
        "what": "robustness",
        "css": asset("report.css"),
        "js": asset("report.js") + asset("replay.js"),
        "about": escape(about),
        "summary": escape(summary(found)),
        "rows": "".join(_row(row) for row in found.rows),
        "note": escape(_note(found)),
        "replay": replay_part(scene, [Take(bad.episode, title=title(bad)) for bad in found.worst]),
    }
    write_page("robustness.html", slots, folder / "robustness.html")
    return [folder / "robustness.html", folder / "robustness.json", *files.values()]


def to_dict(found: Robustness) -> dict[str, Any]:
    """The document robustness.json."""
    return {
        "schema": SCHEMA,
        "suite": found.suite,
        "seed": found.seed,
        "episode_s": found.episode_s,
        "episodes": found.num_episodes,
        "enough_survival": ENOUGH,
        "scenarios": [_row_dict(row) for row in found.rows],
        "left_out": list(found.left_out),
        "worst": [
            {
                "file": name,
                "scenario": bad.scenario,
                "level": bad.level,
                "fell_after_s": bad.fell_after_s,
                "speed_error": bad.speed_error,
            }
            for name, bad in zip(_rollouts(found), found.worst, strict=True)
        ],
    }


def lines(found: Robustness) -> list[str]:
    """The map as text, a line for each scenario, and a summary last."""
    widest = max((len(row.scenario.title) for row in found.rows), default=0)
    shown = []
    for row in found.rows:
        cells = "  ".join(f"{_level(cell.level)} {cell.survival:4.0%}".strip() for cell in row.cells)
        unit = f" {row.scenario.unit}" if row.scenario.unit else ""
        shown.append(f"  {row.scenario.title:<{widest}}  {margin(row):>12}   {cells}{unit}")
    return [f"  {'':<{widest}}  {'margin':>12}   level and survival", *shown, summary(found)]


def margin(row: Row) -> str:
    """Up to which level enough robots survive, with its unit; '–' where there are no levels."""
    unit = row.scenario.unit
    if not unit:
        return "–"
    if row.margin is None:
        return f"> {amount(row.cells[-1].level, unit)}"
    return amount(float(f"{row.margin:.2g}"), unit)


def amount(level: float, unit: str) -> str:
    """A level with its unit, as people write it."""
    return f"{_level(level)} {unit}"


def summary(found: Robustness) -> str:
    """How many scenarios have no margin that was found."""
    beyond = sum(row.margin is None for row in found.rows)
    return (
        f"{found.num_episodes:,} episodes of {found.episode_s:g} s: at least {ENOUGH:.0%} survive the hardest level of "
        f"{beyond} of {len(found.rows)} scenarios"
    )


def title(bad: Bad) -> str:
    """What an episode is called."""
    scenario = SCENARIOS[bad.scenario]
    level = f" {amount(bad.level, scenario.unit)}" if scenario.unit else ""
    end = "did not fall" if bad.fell_after_s is None else f"fell after {bad.fell_after_s:.1f} s"
    return f"{scenario.title}{level}: {end}"


def _rollouts(found: Robustness) -> list[str]:
    return [f"worst-{number}.npz" for number in range(1, len(found.worst) + 1)]


def _row_dict(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "title": row.scenario.title,
        "unit": row.scenario.unit,
        "margin": row.margin,
        "ranges_per_level": dict(row.scenario.per_level),
        "levels": [
            {name: getattr(cell, name) for name in ("level", "episodes", "survival", "speed_error")}
            for cell in row.cells
        ],
    }


def _note(found: Robustness) -> str:
    if not found.left_out:
        return ""
    names = ", ".join(SCENARIOS[name].title.lower() for name in found.left_out)
    return f"Left out, because this policy follows one command: {names}."


def _row(row: Row) -> str:
    cells = "".join(_cell(cell, row.scenario.unit) for cell in row.cells)
    empty = f'<td class="none" colspan="{_WIDTH - len(row.cells)}"></td>' if len(row.cells) < _WIDTH else ""
    found = escape(margin(row))
    return f'<tr><th scope="row">{escape(row.scenario.title)}</th><td class="margin">{found}</td>{cells}{empty}</tr>'


_WIDTH = max(len(scenario.levels) for scenario in SCENARIOS.values())


def _cell(cell: Cell, unit: str) -> str:
    shade = next(name for least, name in SHADES if cell.survival >= least)
    level = escape(amount(cell.level, unit)) if unit else "&nbsp;"
    off = f"{cell.speed_error:.0%} off"
    return f'<td class="cell {shade}"><span>{level}</span><b>{cell.survival:.0%}</b><span>{off}</span></td>'


def _level(level: float) -> str:
    return f"{level:g}"
