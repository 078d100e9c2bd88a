"""The page of `motion inspect --plots`: findings, score and curves of clips. It needs nothing but a browser."""

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from webfoot.evaluate import plot
from webfoot.motion.balance import outside_support_mm, zero_moment_point
from webfoot.motion.coverage import Coverage
from webfoot.motion.inspect import MotionReport
from webfoot.motion.subject import Subject

MOST_CLIPS = 24
"""Clips of a library that are drawn; all are counted in the coverage."""
MOST_POINTS = 400
SMALL, WIDE = (300, 150), (620, 190)


def write_motion_page(
    inspected: Sequence[tuple[Subject, MotionReport]], library: Coverage | None, path: str | Path
) -> None:
    """Write one self-contained HTML file.

    Args:
        inspected: what the checks looked at, and what they found.
        library: coverage of a library; None for a single clip.
        path: the file to write; it appears whole or not at all.
    """
    css = files("webfoot.evaluate").joinpath("assets", "report.css").read_text(encoding="utf-8")
    parts = [_library(library, inspected)] if library is not None else []
    parts += [_clip(subject, report) for subject, report in inspected[:MOST_CLIPS]]
    if len(inspected) > MOST_CLIPS:
        parts.append(f"<p>{len(inspected) - MOST_CLIPS} more clips are not drawn.</p>")
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>motion inspection</title><style>{css}</style>"
        '<header class="top"><span class="brand">webfoot</span><span class="what">motion inspection</span></header>'
    )
    place = Path(path)
    unfinished = place.with_name(f".{place.name}.tmp")
    unfinished.write_text(f"{page}<main>{''.join(parts)}</main></html>", encoding="utf-8")
    unfinished.replace(place)


def _clip(subject: Subject, report: MotionReport) -> str:
    rows = "".join(
        f"<tr><td>{escape(f.severity)}</td><td>{escape(f.code)}</td><td>{escape(f.message)}<br><small>{escape(f.cure)}"
        "</small></td></tr>"
        for f in report.findings
    )
    parts = "".join(
        f"<tr><td>{escape(part.name)}</td><td>{part.value:.2f}</td><td>{escape(part.why)}</td></tr>"
        for part in report.score.parts
    )
    said = "can be used" if report.usable else "cannot be used"
    found = f"<table>{rows}</table>" if rows else '<p class="none">nothing to report</p>'
    wide, small = _charts(subject)
    return (
        f"<section><h2>{escape(report.name)}: {said}, score {report.score.value:.2f}</h2>"
        f'<div class="card words">{found}</div>'
        f'<h3>Score</h3><div class="card words"><table>{parts}</table></div>'
        f'<h3>Curves</h3><div class="grid two">{"".join(wide)}</div>'
        f'<div class="grid many">{"".join(small)}</div></section>'
    )


def _charts(subject: Subject) -> tuple[list[str], list[str]]:
    """Of a clip that can be drawn: feet and balance, wide; every leg joint, small."""
    mapped, wide, small = subject.mapped, [], []
    if mapped is None:
        return wide, small
    seconds = np.arange(mapped.num_frames) / mapped.fps
    if subject.traces is not None and subject.robot.feet:
        lowest = subject.traces.soles_w[..., 2].min(axis=2)
        if mapped.root_pos is None:
            lowest = lowest - lowest.min(axis=1, keepdims=True)
        wide.append(_lines(seconds, 1000.0 * lowest, WIDE, "mm", "height of the soles"))
    if subject.prepared_traces is not None and subject.robot.feet:
        traces = subject.prepared_traces
        outside = outside_support_mm(zero_moment_point(traces), traces.soles_w, traces.contact)
        times = np.arange(len(outside)) / traces.motion.fps
        wide.append(_lines(times, outside[:, None], WIDE, "mm", "zero moment point outside the support (prepared)"))
    for j in subject.robot.leg_ids:
        name = subject.robot.joint_names[j]
        limits = (float(subject.robot.lower[j]), float(subject.robot.upper[j]))
        small.append(_lines(seconds, mapped.joint_pos[:, [j]], SMALL, "rad", name, limits))
    return wide, small


def _lines(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    size: tuple[int, int],
    unit: str,
    label: str,
    limits: tuple[float, float] = (np.nan, np.nan),
) -> str:
    """A chart of the columns of y over x, with the limits that are near them."""
    every = max(1, len(x) // MOST_POINTS)
    x, y = x[::every], np.where(np.abs(y[::every]) < 1e6, y[::every], np.nan)
    shown = y[np.isfinite(y)]
    low, high = (float(shown.min()), float(shown.max())) if shown.size else (0.0, 1.0)
    axes = plot.Axes(*size, (0.0, float(max(x[-1], 1e-3))), plot.padded(low, high), "s", unit)
    styles = ("policy", "reference", "policy", "reference")
    marks = [plot.line(axes, x, column, styles[i % 4]) for i, column in enumerate(y.T)]
    for limit in limits:
        if axes.y_range[0] < limit < axes.y_range[1]:
            marks.append(plot.line(axes, x[[0, -1]], np.array([limit, limit]), "reference"))
    caption = f"<figcaption>{escape(label)}</figcaption>"
    return f'<figure class="card small">{caption}{plot.draw(axes, marks, label)}</figure>'


def _library(library: Coverage, inspected: Sequence[tuple[Subject, MotionReport]]) -> str:
    """Commands of the clips as dots, and what is missing."""
    rows = np.array(
        [
            [report.metrics[f"command_{axis}"] for axis in ("vx_ms", "vy_ms", "wz_rads")]
            for _, report in inspected
            if "command_vx_ms" in report.metrics
        ]
    ).reshape(-1, 3)
    missing = ", ".join(name for name, served in library.serves.items() if not served) or "nothing"
    charts = [_dots(rows[:, a], rows[:, b], labels) for a, b, labels in ((0, 1, ("vx", "vy")), (0, 2, ("vx", "wz")))]
    return (
        f"<section><h1>{library.clips} clips</h1><p>{library.covered} of {library.cells} cells between "
        f"the commands {library.low} and {library.high} hold a clip; not served: {escape(missing)}</p>"
        f'<div class="grid two">{"".join(charts)}</div></section>'
    )


def _dots(x: NDArray[np.float64], y: NDArray[np.float64], labels: tuple[str, str]) -> str:
    axes = plot.Axes(
        420,
        260,
        plot.padded(float(x.min()), float(x.max()), 0.01),
        plot.padded(float(y.min()), float(y.max()), 0.01),
        *labels,
    )
    marks = [f'<circle cx="{axes.x(a):.1f}" cy="{axes.y(b):.1f}" r="3"/>' for a, b in zip(x, y, strict=True)]
    chart = plot.draw(axes, marks, f"{labels[1]} over {labels[0]} of every clip")
    return f'<figure class="card">{chart}</figure>'
