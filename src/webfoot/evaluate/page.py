"""report.html: one file with the verdict, what it rests on, and the robot walking. It needs nothing but a browser."""

import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path

import numpy as np

from webfoot.evaluate import charts
from webfoot.evaluate.episodes import Episodes
from webfoot.evaluate.metrics import SHOWN
from webfoot.evaluate.report import ValidationReport
from webfoot.evaluate.scene import RobotScene, Take, replay
from webfoot.export.atomic import write_atomically
from webfoot.export.check import Check

PLAIN = ("action_rate", "action_jerk", "cost_of_transport")
"""Metrics without a unit that are no share, so no percentage."""
TILES = ("survival", "velocity_x", "moving_joint_rmse", "yaw_drift", "mean_lift", "stride_frequency")


def write_html(
    report: ValidationReport, episodes: Episodes, path: str | Path, scene: RobotScene | None, episode: int = 0
) -> None:
    """Write report.html; it appears whole or not at all.

    Args:
        report: what is said.
        episodes: what is drawn.
        path: the file to write.
        scene: of `webfoot.evaluate.scene.robot_scene`; without one there is no replay.
        episode: the one that is replayed and whose footfall is drawn.
    """
    slots = {
        "title": escape(f"{report.policy}: {'passed' if report.passed else 'did not pass'}"),
        "what": "validation report",
        "css": asset("report.css"),
        "js": asset("report.js") + asset("replay.js"),
        "verdict": _verdict(report),
        "tiles": _tiles(report),
        "replay": replay_part(scene, [Take(episodes, episode)]),
        "checks": _checks(report),
        "walk": _walk(report, episodes, episode),
        "joints": _multiples(charts.joint_tracking(episodes), "rad"),
        "feet": _multiples([(n, 1e3 * v, svg) for n, v, svg in charts.foot_lift(episodes)], "mm"),
        "details": _details(report, episodes),
    }
    write_page("report.html", slots, path)


def write_page(template: str, slots: Mapping[str, str], path: str | Path) -> None:
    """Write one of the assets, in the frame of all pages, with its slots filled in; it appears whole or not at all.

    Args:
        slots: what stands in the page, and 'title', 'what', 'css' and 'js' of the frame.
    """
    whole = {**slots, "main": _filled(asset(template), slots)}
    write_atomically(Path(path), _filled(asset("frame.html"), whole).encode())


def _filled(text: str, slots: Mapping[str, str]) -> str:
    return re.sub(r"<!--slot:(\w+)-->", lambda match: slots[match[1]], text)


def asset(name: str) -> str:
    """Text of a file that belongs to the pages."""
    return files("webfoot.evaluate").joinpath("assets", name).read_text(encoding="utf-8")


def _verdict(report: ValidationReport) -> str:
    about = " · ".join(escape(part) for part in (report.policy, report.robot, report.motion) if part)
    if report.passed:
        body = f"<p>All {len(report.checks)} checks are met.</p>"
    elif not report.checks:
        body = "<p>Nothing was checked.</p>"
    else:
        items = "".join(f"<li>{_failure(check)}</li>" for check in report.failed)
        body = f"<p>{len(report.failed)} of {len(report.checks)} checks are not met:</p><ul>{items}</ul>"
    word, style = ("Passed", "good") if report.passed else ("Did not pass", "bad")
    mark = "✓" if report.passed else "✕"
    return (
        f'<section class="verdict {style}"><span class="mark" aria-hidden="true">{mark}</span>'
        f'<div><p class="about">{about}</p><h1>{word}</h1>{body}</div></section>'
    )


def _failure(check: Check) -> str:
    wanted = "at most" if check.comparison == "<=" else "at least"
    cure = f" <em>Try: {escape(check.detail)}.</em>" if check.detail else ""
    value, limit = _amount(check.name, check.value, check.unit), _amount(check.name, check.limit, check.unit)
    return f"<b>{escape(_title(check.name))}</b> is {value}, {wanted} {limit} is right.{cure}"


def _tiles(report: ValidationReport) -> str:
    tiles = [(SHOWN[n].title, _metric(report, n)) for n in TILES if n in report.metrics]
    if "p99" in report.latency_us:
        tiles.append(("Latency p99", amount(report.latency_us["p99"], "us")))
    return "".join(f'<div class="tile"><b>{value}</b><span>{escape(title)}</span></div>' for title, value in tiles)


def replay_part(scene: RobotScene | None, takes: Sequence[Take]) -> str:
    """Where the robot walks, as HTML; empty without a scene."""
    if scene is None:
        return ""
    data = json.dumps(replay(scene, takes), separators=(",", ":")).replace("</", "<\\/")
    return asset("replay.html") + f'<script type="application/json" id="replay-data">{data}</script>'


def _checks(report: ValidationReport) -> str:
    rows = []
    for check in report.checks:
        style, word = ("good", "✓<span> met</span>") if check.passed else ("bad", "✕<span> not met</span>")
        sign = "≤" if check.comparison == "<=" else "≥"
        rows.append(
            f'<tr class="{style}"><th scope="row">{escape(_title(check.name))}</th>'
            f"<td>{_amount(check.name, check.value, check.unit)}</td>"
            f"<td>{sign} {_amount(check.name, check.limit, check.unit)}</td>"
            f'<td class="gauge">{_gauge(check)}</td><td class="state">{word}</td></tr>'
        )
    return "".join(rows)


def _gauge(check: Check) -> str:
    """How much of the limit is used; the tick stands at the limit."""
    if not np.isfinite(check.value) or check.limit <= 0:
        return ""
    scale = 1.5 * check.limit if check.comparison == "<=" else max(check.limit, 1.0, check.value)
    filled, tick = (100 * min(max(value / scale, 0.0), 1.0) for value in (check.value, check.limit))
    return f'<span class="track"><i style="width:{filled:.1f}%"></i><u style="left:{tick:.1f}%"></u></span>'


def _walk(report: ValidationReport, episodes: Episodes, episode: int) -> str:
    figures = [
        (
            "Speed along the command",
            "mean over one gait cycle; the line to reach is the command",
            charts.speed(episodes),
        ),
        ("Heading lost", "against the commanded turn; a straight walk stays at zero", charts.yaw(episodes)),
        ("Tilt of the base", "away from upright", charts.tilt(episodes)),
    ]
    if report.latency_samples_us:
        limit = next((check.limit for check in report.checks if check.name == "latency_p99"), None)
        svg = charts.latency(np.array(report.latency_samples_us), limit)
        note = "one inference on one thread" + (f"; the limit is {amount(limit, 'us')}" if limit else "")
        figures.append(("Latency", note, svg))
    cards = "".join(_figure(title, note, svg) for title, note, svg in figures)
    note = f"episode {episode}: when each foot stands; thin below it, the reference"
    return cards + _figure("Footfall", note, charts.footfall(episodes, episode), style="wide")


def _figure(title: str, note: str, svg: str, style: str = "") -> str:
    return f'<figure class="card {style}"><figcaption><b>{title}</b><span>{note}</span></figcaption>{svg}</figure>'


def _multiples(series: Sequence[tuple[str, float, str]], unit: str) -> str:
    cards = [_figure(escape(name.replace("_", " ")), amount(value, unit), svg, "small") for name, value, svg in series]
    return "".join(cards)


def _details(report: ValidationReport, episodes: Episodes) -> str:
    rows = [(m.title, _beside_reference(report, n)) for n, m in SHOWN.items() if n in report.metrics]
    rows += [(f"Latency {name}", amount(value, "us")) for name, value in report.latency_us.items()]
    if report.parity is not None:
        rows.append(("Difference to torch", amount(report.parity, "")))
    length = episodes.num_steps * episodes.control_dt
    rows.append(("Episodes", f"{episodes.num_episodes} of {length:.3g} s at {1 / episodes.control_dt:.3g} Hz"))
    if report.training:
        rows.append(("Training", f"{report.training.wall_s:.1f} s, {report.training.env_steps:,} steps"))
        rows.append(("Training speed", f"{report.training.steps_per_s:,.0f} steps/s"))
    if report.seeds:
        rows.append(("Seeds", ", ".join(str(seed) for seed in report.seeds)))
    return "".join(f"<div><dt>{escape(title)}</dt><dd>{value}</dd></div>" for title, value in rows)


def _title(name: str) -> str:
    return SHOWN[name].title if name in SHOWN else name.replace("_", " ").capitalize()


def _metric(report: ValidationReport, name: str) -> str:
    return _amount(name, report.metrics[name], SHOWN[name].unit)


def _beside_reference(report: ValidationReport, name: str) -> str:
    """A metric, and the reference's where it has one."""
    if name not in report.reference:
        return _metric(report, name)
    return (
        f"{_metric(report, name)} <small>(reference {_amount(name, report.reference[name], SHOWN[name].unit)})</small>"
    )


def _amount(name: str, value: float, unit: str) -> str:
    is_share = name in SHOWN and not unit and name not in PLAIN
    return amount(value, "share" if is_share else unit)


def amount(value: float | None, unit: str) -> str:
    """A value with its unit as a person reads it, as HTML: three digits, millimetres, per cent."""
    if value is None or not np.isfinite(value):
        return "not measured"
    factor, shown = {
        "share": (100, "%"),
        "m": (1000, "mm"),
        "us": (1, "µs"),
        "deg": (1, "°"),
        "deg/10 s": (1, "° per 10 s"),
    }.get(unit, (1, unit))
    return _digits(value * factor) + (
        "" if not shown else f"<small>{shown}</small>" if shown[0] == "°" else f"<small> {shown}</small>"
    )


def _digits(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    if 0 < abs(value) < 1e-3:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{mantissa}·10<sup>{int(exponent)}</sup>"
    return f"{value:.3g}"
