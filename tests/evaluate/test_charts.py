import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from webfoot.evaluate import charts

SINGLE = {
    "speed": charts.speed,
    "yaw": charts.yaw,
    "tilt": charts.tilt,
    "footfall": charts.footfall,
    "latency": lambda _: charts.latency(np.array([8.0, 9.0, 9.5, 30.0]), 1000.0),
}


@pytest.mark.parametrize("name", SINGLE)
def test_every_chart_is_sound_svg_without_nan_even_after_a_fall(name, walker, fall):
    for episodes in (walker(2), fall(walker(2), 0, 1.2), fall(walker(1), 0, 0.02)):
        svg = SINGLE[name](episodes)
        ElementTree.fromstring(svg)
        assert not re.search(r"\b(nan|inf)\b", svg)


def test_every_joint_and_foot_has_its_chart(walker, fall):
    for episodes in (walker(2), fall(walker(1), 0, 0.02)):
        joints, feet = charts.joint_tracking(episodes), charts.foot_lift(episodes)
        assert [name for name, _, _ in joints] == list(episodes.joint_names)
        assert [name for name, _, _ in feet] == ["left", "right"]
        for _, _, svg in (*joints, *feet):
            ElementTree.fromstring(svg)


def test_over_phase_gives_the_cycle_back(walker):
    walk = walker(2)
    (median,) = charts.over_phase(walk, walk.joint_pos, (50,))
    filled = np.isfinite(median[:, 0])
    assert filled.sum() == 25
    assert np.nanmax(median[:, 0]) == pytest.approx(0.3, abs=0.01)
