"""Curves of several trainings as one PNG, drawn with Pillow: no plotting library is among what we need."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

WIDTH, HEIGHT, PAD = 420, 230, 44
COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd")
PANELS_A_ROW = 3


def draw_curves(
    path: Path, curves: dict[str, tuple[list[float], list[dict[str, float]]]], shown: dict[str, str]
) -> None:
    """One panel a quantity, one line a training.

    Args:
        curves: by name, minutes and what was measured then.
        shown: quantities by name, with their titles.
    """
    rows = -(-len(shown) // PANELS_A_ROW)
    picture = Image.new("RGB", (WIDTH * PANELS_A_ROW, HEIGHT * rows), "white")
    for place, (name, title) in enumerate(shown.items()):
        left, top = WIDTH * (place % PANELS_A_ROW), HEIGHT * (place // PANELS_A_ROW)
        lines = {method: (minutes, [trial[name] for trial in trials]) for method, (minutes, trials) in curves.items()}
        _panel(ImageDraw.Draw(picture), (left, top), title, lines)
    picture.save(path)


def _panel(draw: ImageDraw.ImageDraw, corner: tuple[int, int], title: str, lines: dict) -> None:
    left, top = corner[0] + PAD, corner[1] + 26
    right, bottom = corner[0] + WIDTH - 12, corner[1] + HEIGHT - 26
    last = max((minutes[-1] for minutes, _ in lines.values() if minutes), default=1.0)
    highest = max((float(np.quantile(values, 0.98)) for _, values in lines.values() if values), default=1.0) or 1.0
    draw.rectangle((left, top, right, bottom), outline="#999999")
    draw.text((left, corner[1] + 8), title, fill="black")
    for share in (0.0, 0.5, 1.0):
        draw.text((corner[0] + 4, bottom - share * (bottom - top) - 6), f"{share * highest:.2g}", fill="#555555")
        when = f"{share * last:.1f}" + " min" * (share == 1)
        draw.text((left + share * (right - left) - 20 * share, bottom + 6), when, fill="#555555")
    for number, (method, (minutes, values)) in enumerate(lines.items()):
        x = left + np.array(minutes) / last * (right - left)
        y = bottom - np.clip(np.array(values) / highest, 0, 1) * (bottom - top)
        colour = COLOURS[number % len(COLOURS)]
        draw.line(list(zip(x.tolist(), y.tolist(), strict=True)), fill=colour, width=2)
        draw.text((right - 60 * (len(lines) - number), corner[1] + 8), method, fill=colour)
