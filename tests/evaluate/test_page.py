import json
import re

import pytest

from webfoot.evaluate.criteria import judge
from webfoot.evaluate.metrics import measure
from webfoot.evaluate.page import amount, write_html
from webfoot.evaluate.report import ValidationReport
from webfoot.evaluate.scene import robot_scene


def report_of(episodes, policy="walk"):
    latency = (8.0, 9.0, 20.0)
    return ValidationReport(
        tuple(judge(episodes)), measure(episodes), {"p99": 20.0}, 1e-7, None, (1,), policy, latency_samples_us=latency
    )


def page_of(episodes, tmp_path, robot=None, policy="walk"):
    path = tmp_path / "report.html"
    write_html(report_of(episodes, policy), episodes, path, robot_scene(robot) if robot else None)
    return path.read_text()


def test_the_page_needs_nothing_from_elsewhere_and_is_small(walker, toy_robot, tmp_path):
    page = page_of(walker(2), tmp_path, toy_robot)
    assert not re.findall(r"""(?:src|href)=|url\(|@import|fetch\(|https?://(?!www\.w3\.org)""", page)
    assert len(page) < 1_500_000
    assert "<!--slot" not in page and "nan" not in re.sub(r"<script.*?</script>", "", page, flags=re.S)


def test_the_verdict_comes_first_and_a_failure_says_what_to_try(walker, tmp_path):
    assert "<h1>Passed</h1>" in page_of(walker(), tmp_path)
    page = page_of(walker(lift=0.002), tmp_path)
    assert "<h1>Did not pass</h1>" in page
    assert "Cycles in which all feet lift</b> is 0<small> %</small>, at least 90<small> %</small> is right" in page
    assert "weigh the foot height reward higher" in page


def test_the_replay_travels_inside_the_page(walker, toy_robot, tmp_path):
    page = page_of(walker(), tmp_path, toy_robot)
    embedded = re.search(r'<script type="application/json" id="replay-data">(.*?)</script>', page)
    assert embedded and json.loads(embedded[1])["takes"][0]["frames"] == 251


def test_without_a_scene_there_is_a_page_without_a_replay(walker, tmp_path):
    assert 'id="view"' not in page_of(walker(), tmp_path)


def test_a_page_is_made_of_a_policy_that_fell_at_once(walker, fall, toy_robot, tmp_path):
    assert "Did not pass" in page_of(fall(walker(1), 0, 0.02), tmp_path, toy_robot)


def test_names_are_escaped(walker, tmp_path):
    assert "<img" not in page_of(walker(), tmp_path, policy="<img>")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.875, "share", "87.5<small> %</small>"),
        (0.0123, "m", "12.3<small> mm</small>"),
        (15.0, "deg/10 s", "15<small>° per 10 s</small>"),
        (3e-7, "", "3.0·10<sup>-7</sup>"),
        (1234.0, "us", "1,234<small> µs</small>"),
        (float("nan"), "rad", "not measured"),
    ],
)
def test_amounts_read_well(value, unit, text):
    assert amount(value, unit) == text
