"""Small line charts as SVG text, without a plotting library."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

LEFT, RIGHT, TOP, BOTTOM = 46, 10, 10, 30


@dataclass(frozen=True)
class Axes:
    """A chart's size [px of its view box], its ranges and what stands on its axes."""

    width: int
    height: int
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    x_label: str
    y_label: str
    kind: str = ""
    """'timeline' where x is the time of the replay: the page then moves a cursor over it."""

    y_ticks: bool = True

    def x(self, value: float | NDArray[np.floating]) -> float | NDArray[np.floating]:
        """Data to view box."""
        low, high = self.x_range
        return LEFT + (value - low) / (high - low) * (self.width - LEFT - RIGHT)

    def y(self, value: float | NDArray[np.floating]) -> float | NDArray[np.floating]:
        """Data to view box, upwards."""
        low, high = self.y_range
        return self.height - BOTTOM - (value - low) / (high - low) * (self.height - TOP - BOTTOM)


def draw(axes: Axes, marks: Sequence[str], label: str) -> str:
    """The chart as one <svg>: grid, tick labels, then `marks` in their order."""
    x0, x1, y0 = LEFT, axes.width - RIGHT, axes.height - BOTTOM
    parts = [
        f'<svg class="chart {axes.kind}" viewBox="0 0 {axes.width} {axes.height}" role="img" '
        f'aria-label="{escape(label)}" data-range="{axes.x_range[0]:g} {axes.x_range[1]:g} {x0} {x1}">'
    ]
    for value in ticks(*axes.y_range, max(2, axes.height // 42)) if axes.y_ticks else ():
        y = axes.y(value)
        parts.append(f'<line class="grid" x1="{x0}" x2="{x1}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="tick" x="{x0 - 6}" y="{y + 4:.1f}" text-anchor="end">{number(value)}</text>')
    for value in ticks(*axes.x_range, max(2, axes.width // 70)):
        x = axes.x(value)
        parts.append(f'<text class="tick" x="{x:.1f}" y="{y0 + 15}" text-anchor="middle">{number(value)}</text>')
    parts.append(f'<text class="label" x="{x1}" y="{axes.height - 2}" text-anchor="end">{escape(axes.x_label)}</text>')
    if axes.y_label:
        parts.append(f'<text class="label" x="{x0 + 8}" y="{TOP + 9}">{escape(axes.y_label)}</text>')
    return "".join([*parts, *marks, "</svg>"])


def line(axes: Axes, x: NDArray[np.floating], y: NDArray[np.floating], style: str) -> str:
    """A line through the points; it breaks where a value is not finite."""
    pixels_x, pixels_y = np.asarray(axes.x(x)), np.asarray(axes.y(y))
    path, pen_up = [], True
    for px, py in zip(pixels_x, pixels_y, strict=True):
        if np.isfinite(py):
            path.append(f"{'M' if pen_up else 'L'}{px:.1f} {py:.1f}")
        pen_up = not np.isfinite(py)
    return f'<path class="line {style}" d="{"".join(path)}"/>'


def band(axes: Axes, x: NDArray[np.floating], low: NDArray[np.floating], high: NDArray[np.floating], style: str) -> str:
    """The area between two lines, over the points at which both are finite."""
    good = np.isfinite(low) & np.isfinite(high)
    forth = np.column_stack([np.asarray(axes.x(x))[good], np.asarray(axes.y(high))[good]])
    back = np.column_stack([np.asarray(axes.x(x))[good], np.asarray(axes.y(low))[good]])[::-1]
    points = " ".join(f"{px:.1f},{py:.1f}" for px, py in np.concatenate([forth, back]))
    return f'<polygon class="band {style}" points="{points}"/>'


def bar(axes: Axes, x: tuple[float, float], y: tuple[float, float], style: str, title: str = "") -> str:
    """A rectangle between data coordinates; `title` shows on hovering."""
    left, right = float(axes.x(x[0])), float(axes.x(x[1]))
    top, bottom = float(axes.y(y[1])), float(axes.y(y[0]))
    inside = f"<title>{escape(title)}</title>" if title else ""
    return (
        f'<rect class="bar {style}" x="{left:.1f}" y="{top:.1f}" width="{max(right - left, 0.5):.1f}" '
        f'height="{max(bottom - top, 0):.1f}">{inside}</rect>'
    )


def ticks(low: float, high: float, count: int) -> list[float]:
    """Round values inside [low, high], about `count` of them."""
    raw = (high - low) / max(count, 1)
    power = 10.0 ** np.floor(np.log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999)
    first = np.ceil(low / step - 1e-9)
    return [float(k * step) + 0.0 for k in np.arange(first, np.floor(high / step + 1e-9) + 1)]


def number(value: float) -> str:
    """A tick's text, as short as it stays exact."""
    return f"{value:.4g}".replace("-", "\N{MINUS SIGN}")


def padded(low: float, high: float, at_least: float = 1e-3) -> tuple[float, float]:
    """A range with some air around it, never empty, finite even where the data are not."""
    if not (np.isfinite(low) and np.isfinite(high)):
        return 0.0, 1.0
    middle, half = (low + high) / 2, max((high - low) / 2, at_least) * 1.15
    return middle - half, middle + half
