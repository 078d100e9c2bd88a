"""The charts of report.html, each a function of `Episodes` that gives SVG."""

import warnings
from html import escape

import numpy as np
from numpy.typing import NDArray

from webfoot.evaluate import commanded, gait, plot, tracking
from webfoot.evaluate.episodes import Episodes

PHASE_BINS = 40
WIDTH, HEIGHT = 480, 220
SMALL_WIDTH, SMALL_HEIGHT = 220, 130
MAX_POINTS = 200
"""Points of a line over time."""


def joint_tracking(episodes: Episodes) -> list[tuple[str, float, str]]:
    """Policy against reference over the gait cycle: (joint, error [rad], chart) of every joint.

    The dark line is the median of all cycles of all episodes, the band holds 90 % of them.
    """
    errors = np.sqrt(tracking.joint_square_error(episodes))
    reached = over_phase(episodes, episodes.joint_pos, (5, 50, 95))
    wanted = over_phase(episodes, episodes.reference_joint_pos, (50,))
    charts = []
    for joint, name in enumerate(episodes.joint_names):
        size, label = (SMALL_WIDTH, SMALL_HEIGHT), f"{name} over the cycle"
        svg = _phase_chart(reached[..., joint], wanted[..., joint], size, "rad", label)
        charts.append((name, float(errors[joint]), svg))
    return charts


def foot_lift(episodes: Episodes) -> list[tuple[str, float, str]]:
    """Sole height over the gait cycle: (foot, mean lift [m], chart) of every foot."""
    reached = 1e3 * over_phase(episodes, episodes.foot_height, (5, 50, 95))
    wanted = 1e3 * over_phase(episodes, episodes.reference_foot_height, (50,))
    lifts = gait.cycle_lifts(episodes, episodes.foot_height)
    charts = []
    for foot, name in enumerate(episodes.foot_names):
        lift = float(lifts[:, foot].mean()) if len(lifts) else 0.0
        label = f"{name.replace('_', ' ')} foot over the cycle"
        svg = _phase_chart(reached[..., foot], wanted[..., foot], (WIDTH, HEIGHT), "mm", label)
        charts.append((name, lift, svg))
    return charts


def speed(episodes: Episodes) -> str:
    """Speed along the command, averaged over one gait cycle, of all episodes against the command."""
    span = min(max(round(commanded.cycle_steps(episodes)), 1), episodes.num_steps)
    wanted = episodes.command[..., :2]
    size = np.linalg.norm(wanted, axis=-1)
    heading = commanded.heading(episodes)[:-1]
    direction = np.where(size[..., None] > 1e-9, wanted / np.maximum(size, 1e-9)[..., None], [1.0, 0.0])
    cos, sin = np.cos(heading), np.sin(heading)
    along_x = cos * direction[..., 0] - sin * direction[..., 1]
    along_y = sin * direction[..., 0] + cos * direction[..., 1]
    step = np.diff(episodes.root_pos[..., :2], axis=0)
    progress = np.where(episodes.alive[1:], along_x * step[..., 0] + along_y * step[..., 1], np.nan)
    total = np.concatenate([np.zeros((1, episodes.num_episodes)), np.cumsum(progress, axis=0)])
    reached = (total[span:] - total[:-span]) / (span * episodes.control_dt)
    time = np.arange(span, span + len(reached), dtype=np.float64) * episodes.control_dt
    target = np.mean(size, axis=1)[span - 1 :]
    return _time_chart(episodes, time, reached, target, "m/s", "speed along the command over time")


def yaw(episodes: Episodes) -> str:
    """Heading lost against the command over time [deg]."""
    meant = np.concatenate([np.zeros((1, episodes.num_episodes)), np.cumsum(episodes.command[..., 2], axis=0)])
    heading = commanded.heading(episodes)
    lost = np.degrees(heading - heading[0] - meant * episodes.control_dt)
    return _states_chart(episodes, lost, "deg", "heading lost over time")


def tilt(episodes: Episodes) -> str:
    """Tilt of the base over time [deg]."""
    return _states_chart(episodes, tracking.tilt(episodes), "deg", "tilt of the base over time")


def footfall(episodes: Episodes, episode: int = 0) -> str:
    """When each foot stands, policy above, reference below it, over one episode."""
    height = 34 * len(episodes.foot_names) + plot.TOP + plot.BOTTOM
    rows = len(episodes.foot_names)
    length = episodes.num_steps * episodes.control_dt
    axes = plot.Axes(2 * WIDTH, height, (0.0, length), (0.0, float(rows)), "time [s]", "", "timeline", y_ticks=False)
    alive = episodes.alive[:, episode]
    policy = stands(episodes.foot_height[:, episode], alive)
    reference = stands(episodes.reference_foot_height[:, episode], alive)
    marks = []
    for foot, name in enumerate(episodes.foot_names):
        base = rows - 1 - foot
        for mask, low, high, style in ((policy, 0.38, 0.9, "policy"), (reference, 0.14, 0.3, "reference")):
            for start, stop in runs(mask[:, foot]):
                times = (start * episodes.control_dt, min(stop * episodes.control_dt, length))
                title = f"{name} stands {times[0]:.2f} to {times[1]:.2f} s"
                marks.append(plot.bar(axes, times, (base + low, base + high), style, title))
        marks += _name(name, float(axes.y(base + 0.55)))
    return plot.draw(axes, marks, "footfall diagram")


def _name(name: str, y: float) -> list[str]:
    """A foot's name left of its row, one word a line."""
    words = name.split("_")
    top = y - 6.0 * (len(words) - 1)
    return [
        f'<text class="tick" x="{plot.LEFT - 6}" y="{top + 12.0 * k:.1f}" text-anchor="end">{escape(word)}</text>'
        for k, word in enumerate(words)
    ]


def latency(samples_us: NDArray[np.float64], limit_us: float | None) -> str:
    """Histogram of the time of one inference [µs], up to its 99.5th percentile."""
    top = float(np.percentile(samples_us, 99.5))
    low = float(samples_us.min())
    counts, edges = np.histogram(samples_us, bins=40, range=(low, max(top, low + 1e-3)))
    axes = plot.Axes(WIDTH, HEIGHT, (float(edges[0]), float(edges[-1])), (0.0, 1.1 * counts.max()), "time [µs]", "runs")
    marks = [
        plot.bar(axes, (float(a), float(b)), (0.0, float(n)), "policy", f"{a:.1f} to {b:.1f} µs: {n}")
        for a, b, n in zip(edges[:-1], edges[1:], counts, strict=True)
    ]
    for share in (50, 99):
        value = float(np.percentile(samples_us, share))
        x = float(axes.x(value))
        marks.append(f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{plot.TOP}" y2="{HEIGHT - plot.BOTTOM}"/>')
        anchor, shift = ("end", -4) if x > WIDTH / 2 else ("start", 4)
        text = f"p{share} {value:.1f}"
        y = plot.TOP + (22 if share == 50 else 8)
        marks.append(f'<text class="tick" x="{x + shift:.1f}" y="{y}" text-anchor="{anchor}">{text}</text>')
    return plot.draw(axes, marks, f"latency histogram, limit {limit_us or 0:.0f} µs")


def over_phase(episodes: Episodes, values: NDArray[np.float64], shares: tuple[int, ...]) -> NDArray[np.float64]:
    """Percentiles of `values` (T + 1, N, K) over `PHASE_BINS` of the gait cycle: (len(shares), PHASE_BINS, K).

    Counted from the end of the start-up on, while alive; NaN in a bin that holds nothing.
    """
    counted = episodes.alive.copy()
    counted[: commanded.startup_steps(episodes)] = False
    bins = np.minimum((episodes.phase[counted] * PHASE_BINS).astype(np.int64), PHASE_BINS - 1)
    samples = values[counted]
    result = np.full((len(shares), PHASE_BINS, values.shape[-1]), np.nan)
    for bin_index in np.unique(bins):
        result[:, bin_index] = np.percentile(samples[bins == bin_index], shares, axis=0)
    return result


def _phase_chart(
    reached: NDArray[np.float64], wanted: NDArray[np.float64], size: tuple[int, int], unit: str, label: str
) -> str:
    """Percentiles 5, 50, 95 of what was reached, (3, B), and what was wanted, (1, B)."""
    phase = (np.arange(PHASE_BINS) + 0.5) / PHASE_BINS
    phase = phase[np.isfinite(reached[1])]
    reached, wanted = reached[:, np.isfinite(reached[1])], wanted[:, np.isfinite(wanted[0])]
    if not len(phase):
        return plot.draw(plot.Axes(*size, (0, 1), (0, 1), "phase", unit), [], label)
    values = np.concatenate([reached, wanted])
    limits = plot.padded(float(values.min()), float(values.max()), at_least=0.05 if unit == "rad" else 5.0)
    axes = plot.Axes(*size, (0.0, 1.0), limits, "phase", unit)
    marks = [
        plot.band(axes, phase, reached[0], reached[2], "policy"),
        plot.line(axes, phase, wanted[0], "reference"),
        plot.line(axes, phase, reached[1], "policy"),
    ]
    return plot.draw(axes, marks, label)


def _states_chart(episodes: Episodes, values: NDArray[np.float64], unit: str, label: str) -> str:
    time = np.arange(len(values), dtype=np.float64) * episodes.control_dt
    return _time_chart(episodes, time, np.where(episodes.alive, values, np.nan), None, unit, label)


def _time_chart(
    episodes: Episodes,
    time: NDArray[np.floating],
    values: NDArray[np.float64],
    target: NDArray[np.float64] | None,
    unit: str,
    label: str,
) -> str:
    """Median and 90 % band over the episodes of `values` (S, N), against `target` (S,)."""
    rows = slice(None, None, max(len(time) // MAX_POINTS, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # rows in which nobody is alive give NaN, which is meant
        low, middle, high = np.nanpercentile(values[rows], (5, 50, 95), axis=1)
    bounds = [low, high] if target is None else [low, high, target[rows]]
    finite = np.concatenate(bounds)
    finite = finite[np.isfinite(finite)]
    limits = plot.padded(min(0.0, finite.min()), finite.max(), 0.02) if len(finite) else (0.0, 1.0)
    end = episodes.num_steps * episodes.control_dt
    axes = plot.Axes(WIDTH, HEIGHT, (0.0, end), limits, "time [s]", unit, "timeline")
    marks = [plot.band(axes, time[rows], low, high, "policy")]
    if target is not None:
        marks.append(plot.line(axes, time[rows], target[rows], "reference"))
    marks.append(plot.line(axes, time[rows], middle, "policy"))
    return plot.draw(axes, marks, label)


def stands(heights: NDArray[np.float64], alive: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which feet of one episode are at their stance level, shape (T + 1, F)."""
    level = np.quantile(heights[alive], gait.STANCE_QUANTILE, axis=0)
    return (heights <= level + gait.SWING_M) & alive[:, None]


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Start and end (exclusive) of every run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]
