import json

import pytest

from webfoot.errors import RunError
from webfoot.evaluate.comparison import LESS_IS_BETTER, MORE_IS_BETTER, compare
from webfoot.evaluate.metrics import SHOWN


def run(folder, name, passed=True, margins=None, checks=(), **metrics):
    made = folder / name
    made.mkdir()
    report = {"passed": passed, "metrics": metrics, "checks": list(checks)}
    (made / "report.json").write_text(json.dumps(report))
    if margins is not None:
        rows = [
            {"name": n, "title": n.title(), "unit": "ms", "margin": m, "levels": [{"level": 10}, {"level": 60}]}
            for n, m in margins.items()
        ]
        (made / "robustness").mkdir()
        (made / "robustness" / "robustness.json").write_text(json.dumps({"scenarios": rows}))
    return made


def line(found, name):
    return next(line for line in found.lines if line.name == name)


def test_the_best_of_every_figure_is_named_where_there_is_a_better(tmp_path):
    one = run(tmp_path, "one", speed_error=0.1, survival=0.9, velocity_x=0.2, tilt_p95=4.0)
    two = run(tmp_path, "two", passed=False, speed_error=0.2, survival=1.0, velocity_x=0.1, tilt_p95=4.0)
    found = compare([one, two])
    assert (found.names, found.passed) == (("one", "two"), (True, False))
    assert line(found, "speed_error").best == {0} and line(found, "survival").best == {1}
    assert line(found, "velocity_x").best == frozenset() == line(found, "tilt_p95").best  # no better; no difference


def test_margins_are_compared_and_one_never_reached_counts_as_the_hardest_level(tmp_path):
    far = run(tmp_path, "far", margins={"latency": None})
    near = run(tmp_path, "near", margins={"latency": 15.0, "slope": 3.0})
    untried = run(tmp_path, "untried")
    found = compare([far, near, untried])
    assert line(found, "margin_latency").values == (60, 15.0, None) and line(found, "margin_latency").best == {0}
    assert line(found, "margin_slope").values == (None, 3.0, None) and not line(found, "margin_slope").best


def test_what_a_run_was_not_measured_for_stays_open(tmp_path):
    checks = [{"name": "latency_p99", "value": 12.0}, {"name": "disturbed_survival", "value": None}]
    found = compare([run(tmp_path, "a", checks=checks), run(tmp_path, "b", cost_of_transport=None)])
    assert line(found, "latency_p99").values == (12.0, None)
    assert [one.name for one in found.lines] == ["latency_p99"]


def test_a_folder_without_a_report_is_said_so(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(RunError, match=r"empty: holds no report.json; validate it first"):
        compare([tmp_path / "empty", tmp_path / "empty"])
    broken = run(tmp_path, "broken")
    (broken / "report.json").write_text("{")
    with pytest.raises(RunError, match=r"report.json: cannot be read as JSON"):
        compare([broken, broken])


def test_what_is_better_is_said_of_figures_that_exist():
    known = {*SHOWN, "latency_p99", "disturbed_survival"}
    assert {*LESS_IS_BETTER, *MORE_IS_BETTER} <= known
