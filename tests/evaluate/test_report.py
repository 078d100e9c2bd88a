import json
from dataclasses import replace

import pytest

from webfoot.evaluate.report import TrainingSummary, ValidationReport, write_json
from webfoot.export.check import at_least, at_most


@pytest.fixture
def report():
    return ValidationReport(
        checks=(at_least("survival", 1.0, 0.95), at_most("yaw_drift", 3.0, 15.0, "deg/10 s")),
        metrics={"survival": 1.0},
        latency_us={"p50": 8.0, "p95": 9.0, "p99": 12.0},
        parity=3e-7,
        training=TrainingSummary(wall_s=20.0, env_steps=200_000, steps_per_s=10_000.0, epochs=100),
        seeds=(1, 2),
    )


def test_the_document_has_exactly_the_agreed_shape(report):
    document = report.to_dict()
    assert list(document) == [
        "passed",
        "checks",
        "metrics",
        "latency_us",
        "parity",
        "training",
        "seeds",
        "conditions",
        "reference",
    ]
    assert document["checks"][1] == {
        "name": "yaw_drift", "value": 3.0, "limit": 15.0, "unit": "deg/10 s", "passed": True
    }  # fmt: skip
    assert list(document["training"]) == ["wall_s", "env_steps", "steps_per_s", "epochs"]


def test_one_failed_check_fails_the_report(report):
    assert report.passed
    failed = replace(report, checks=(*report.checks, at_most("tilt_p95", 40.0, 25.0, "deg")))
    assert not failed.passed
    assert [check.name for check in failed.failed] == ["tilt_p95"]


def test_nothing_checked_is_not_passed(report):
    assert not replace(report, checks=()).passed


def test_nan_is_null_and_fails(report, tmp_path):
    broken = replace(report, checks=(at_most("joint_rmse", float("nan"), 0.1, "rad"),))
    write_json(broken, tmp_path / "report.json")
    document = json.loads((tmp_path / "report.json").read_text())
    assert document["checks"][0]["value"] is None
    assert document["passed"] is False


def test_report_json_leaves_nothing_else_behind(report, tmp_path):
    write_json(report, tmp_path / "report.json")
    assert json.loads((tmp_path / "report.json").read_text()) == report.to_dict()
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
