import json

import pytest

from webfoot.errors import UnknownName
from webfoot.export.bench import measure
from webfoot.export.targets import TARGETS


def test_everything_that_is_measured_is_in_one_document(policy_path, observations):
    bench = measure(policy_path, "desktop", jitter_s=0.1, recorded=observations)
    document = json.loads(json.dumps(bench.to_dict(), allow_nan=False))
    assert document["latency_us"]["p50"] <= document["latency_us"]["max"] and document["limit_us"] == 1000.0
    assert document["step_us"]["p50"] > document["latency_us"]["p50"]  # the observation is put together too
    assert document["int8"]["observations"] == 10 + len(observations) and document["int8"]["max_rad"] > 0
    assert document["jitter_us"]["missed"] == bench.jitter.missed
    assert document["targets"].keys() == TARGETS.keys()
    assert document["passed"] == document["targets"]["desktop"]["passed"]


def test_without_a_target_nothing_is_over_a_budget(policy_path):
    bench = measure(policy_path, score_here=1e6, jitter_s=0)
    assert bench.passed and bench.jitter is None and bench.to_dict()["jitter_us"] is None
    assert not any(one.check.passed for one in bench.estimates if one.target == "pi-zero-2w")


def test_a_target_that_is_not_there_is_named(policy_path):
    with pytest.raises(UnknownName, match="unknown target 'arduino': choose one of desktop, pi-zero-2w"):
        measure(policy_path, "arduino")
