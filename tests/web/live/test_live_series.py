import json
import math
import os
import sys
import threading

import pytest
from event_log import tell

from webfoot.learn.events import Alert, Checkpointed, Demonstrated, Evaluated, Metrics, Progress
from webfoot.web.live.series import SeriesCache, loss_of, metrics_of


@pytest.fixture
def path(tmp_path):
    return tmp_path / "events.jsonl"


@pytest.fixture
def cache():
    return SeriesCache()


def progress(iteration, reward):
    return Progress(iteration, 100, 1.0, None, 2048 * iteration, 500.0, reward, 0.25)


def iterate(path, iterations, scale=1.0):
    """Let a training tell of iterations: reward = scale * iteration, a trial every fifth, a checkpoint every tenth."""
    for i in iterations:
        reward = scale * i
        tell(path, progress(i, reward), Metrics(i, {"value_loss": 2.0, "surrogate_loss": -0.5, "reward": reward}))
        if i % 5 == 0:
            tell(path, Evaluated(i, False, scale * i / 100, {"survival": 0.5}))
        if i % 10 == 0:
            tell(path, Checkpointed(i, "latest.pt"))


def curve(document, name):
    series = document["series"][name]
    return list(zip(series["epochs"], series["values"], strict=True))


def test_metrics_progress_and_trials_become_curves(path, cache):
    tell(path, progress(1, 0.5), Metrics(1, {"reward": 0.5, "entropy": 3.0}), progress(2, 0.75))
    tell(path, Metrics(2, {"reward": 0.75, "entropy": 1.0}), Evaluated(2, True, 1.25, {"survival": 1.0}))
    document = metrics_of(path, cache=cache)
    assert list(document["series"]) == ["entropy", "falls", "reward", "steps_per_s", "trial/score", "trial/survival"]
    assert document["series"]["entropy"] == {"epochs": [1, 2], "values": [3.0, 1.0], "min": 1.0, "max": 3.0}
    assert curve(document, "reward") == [(1, 0.5), (2, 0.75)]
    assert curve(document, "falls") == [(1, 0.25), (2, 0.25)]
    assert curve(document, "trial/survival") == [(2, 1.0)]
    assert curve(document, "trial/score") == [(2, 1.25)]
    assert (document["iteration"], document["offset"]) == (2, path.stat().st_size)
    assert (document["epochs"], document["losses"]) == ([], [])


def test_the_loss_is_that_of_the_optimiser(path, cache):
    iterate(path, [1, 2])
    document = metrics_of(path, ["reward"], cache=cache)
    assert (document["epochs"], document["losses"]) == ([1, 2], [1.5, 1.5])
    assert list(document["series"]) == ["reward"]
    assert loss_of({"value_loss": 2.0}) is None
    assert math.isnan(loss_of({"value_loss": None, "surrogate_loss": 0.5}) or 0.0)


def test_a_run_that_has_told_nothing_has_no_curves(path, cache):
    empty = {"epochs": [], "losses": [], "series": {}, "iteration": 0, "offset": 0}
    assert metrics_of(path, cache=cache) == empty
    iterate(path, [1])
    assert curve(metrics_of(path, cache=cache), "reward") == [(1, 1.0)]
    path.unlink()
    assert metrics_of(path, cache=cache) == empty


def test_a_number_that_is_none_is_null_and_no_extreme(path, cache):
    tell(path, *(Metrics(i, {"a": value, "b": math.nan}) for i, value in enumerate([1.0, math.inf, 2.0])))
    document = json.loads(json.dumps(metrics_of(path, cache=cache), allow_nan=False))
    assert document["series"]["a"] == {"epochs": [0, 1, 2], "values": [1.0, None, 2.0], "min": 1.0, "max": 2.0}
    assert document["series"]["b"] == {"epochs": [0, 1, 2], "values": [None] * 3, "min": None, "max": None}


def test_only_what_lies_behind_an_iteration_is_given(path, cache):
    iterate(path, range(1, 8))
    document = metrics_of(path, since=5, cache=cache)
    assert curve(document, "reward") == [(6, 6.0), (7, 7.0)]
    assert document["epochs"] == [6, 7]
    assert document["series"]["reward"]["min"] == 6.0
    assert curve(document, "trial/score") == []


@pytest.mark.parametrize("looked", [True, False])
@pytest.mark.parametrize("end", [10, 11, 17])
def test_a_resumed_run_draws_no_line_back_to_its_checkpoint(path, cache, end, looked):
    iterate(path, range(1, end + 1))
    if looked:
        assert metrics_of(path, cache=cache)["iteration"] == end
    iterate(path, range(11, 14), scale=2.0)
    document = metrics_of(path, cache=cache)
    told = [(i, float(i)) for i in range(1, 11)] + [(11, 22.0), (12, 24.0), (13, 26.0)]
    assert curve(document, "reward") == told
    assert curve(document, "trial/score") == [(5, 0.05), (10, 0.1)]
    assert document["epochs"] == list(range(1, 14))
    assert document["iteration"] == 13


def test_a_curve_that_a_resumed_run_does_not_tell_again_ends_at_its_checkpoint(path, cache):
    tell(path, progress(1, 0.0), Metrics(1, {"old": 1.0}), progress(2, 0.0), Metrics(2, {"old": 2.0, "gone": 1.0}))
    tell(path, Checkpointed(1, "latest.pt"))
    document = metrics_of(path, cache=cache)
    assert curve(document, "old") == [(1, 1.0)]
    assert "gone" not in document["series"]


def test_a_trial_of_an_iteration_that_is_learnt_again_is_forgotten(path, cache):
    tell(path, progress(10, 0.0), Evaluated(10, False, 0.1, {}), progress(11, 0.0), Evaluated(11, False, 0.9, {}))
    tell(path, progress(11, 0.5))
    document = metrics_of(path, cache=cache)
    assert curve(document, "trial/score") == [(10, 0.1)]
    assert curve(document, "reward") == [(10, 0.0), (11, 0.5)]


def test_the_progress_of_a_policy_that_demonstrates_makes_way_for_the_run(path, cache):
    tell(path, *(progress(i, 0.5) for i in range(1, 4)))
    assert curve(metrics_of(path, cache=cache), "reward") == [(1, 0.5), (2, 0.5), (3, 0.5)]
    tell(path, Demonstrated(128, 9.0, 1000, "passed"))
    document = metrics_of(path, cache=cache)
    assert (document["series"], document["iteration"]) == ({}, 0)
    iterate(path, [1])
    assert curve(metrics_of(path, cache=cache), "reward") == [(1, 1.0)]


def test_the_last_trial_of_an_iteration_counts(path, cache):
    tell(path, Evaluated(5, True, 1.5, {}), Evaluated(5, False, 0.5, {}))
    assert curve(metrics_of(path, cache=cache), "trial/score") == [(5, 0.5)]


def test_long_curves_are_thinned_and_keep_their_peak(path, cache):
    lines = [json.dumps({"event": "metrics", "iteration": i, "values": {"a": float(i == 777)}}) for i in range(5000)]
    path.write_text("\n".join(lines) + "\n")
    document = metrics_of(path, cache=cache)
    assert 1000 < len(curve(document, "a")) <= 2000
    assert (777, 1.0) in curve(document, "a")
    assert len(curve(metrics_of(path, most=50, cache=cache), "a")) <= 50


@pytest.mark.parametrize(
    "line",
    [
        '{"event": "metrics", "iteration": "7", "values": {"a": 1}}',
        '{"event": "metrics", "iteration": true, "values": {"a": 1}}',
        '{"event": "metrics", "iteration": -7, "values": {"a": 1}}',
        '{"event": "metrics", "iteration": 99999999999999999999, "values": {"a": 1}}',
        '{"event": "metrics", "values": {"a": 1}}',
        '{"event": "metrics", "iteration": 7, "values": [1]}',
        '{"event": "strange", "iteration": 7, "values": {"a": 1}}',
    ],
)
def test_an_event_that_makes_no_sense_leaves_the_curves_alone(path, cache, line):
    path.write_text(line + "\n")
    assert metrics_of(path, cache=cache)["series"] == {}


@pytest.mark.parametrize("value", ['"high"', "[1]", "1e999", "9" * 400])
def test_a_value_that_is_no_number_is_a_gap(path, cache, value):
    path.write_text(f'{{"event": "metrics", "iteration": 7, "values": {{"a": {value}}}}}\n')
    assert curve(metrics_of(path, cache=cache), "a") == [(7, None)]


def test_a_log_that_was_cut_short_is_read_anew(path, cache):
    iterate(path, range(1, 9))
    metrics_of(path, cache=cache)
    os.truncate(path, path.read_bytes().index(b"\n", 400) + 1)
    assert metrics_of(path, cache=cache) == metrics_of(path, cache=SeriesCache())


def test_a_log_that_was_replaced_by_one_as_long_is_read_anew(path, cache):
    other = path.with_name("restored.jsonl")
    for file, value in ((path, 1), (other, 2)):
        file.write_text(f'{{"event": "metrics", "iteration": 7, "values": {{"a": {value}}}}}\n')
    assert curve(metrics_of(path, cache=cache), "a") == [(7, 1.0)]
    os.replace(other, path)
    assert curve(metrics_of(path, cache=cache), "a") == [(7, 2.0)]


def test_the_runs_that_were_not_asked_for_the_longest_are_forgotten(tmp_path):
    cache, paths = SeriesCache(most_runs=2), [tmp_path / f"{i}.jsonl" for i in range(3)]
    first, second = cache.of(paths[0]), cache.of(paths[1])
    assert cache.of(paths[0]) is first
    cache.of(paths[2])
    assert cache.of(paths[0]) is first
    assert cache.of(paths[1]) is not second


def test_runs_with_too_many_points_are_forgotten_but_the_one_that_is_asked_for(tmp_path):
    paths = [tmp_path / f"{i}.jsonl" for i in range(2)]
    for path in paths:
        tell(path, *(Metrics(i, {"a": 1.0}) for i in range(1, 7)))
    cache = SeriesCache(most_points=5)
    first = cache.of(paths[0])
    assert len(metrics_of(paths[0], cache=cache)["series"]["a"]["epochs"]) == 6
    assert cache.of(paths[0]) is first
    assert cache.of(paths[0]) is first
    metrics_of(paths[1], cache=cache)
    assert cache.of(paths[0]) is not first


@pytest.fixture
def hasty_threads():
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_threads_that_ask_at_once_while_the_log_grows_see_every_iteration_once(path, cache, hasty_threads):
    iterate(path, range(1, 300))
    wrong, grown, together = [], threading.Event(), threading.Barrier(5)

    def ask():
        together.wait()
        while not grown.is_set():
            epochs = metrics_of(path, cache=cache)["series"]["reward"]["epochs"]
            if epochs != list(range(1, len(epochs) + 1)) or len(epochs) < 299:
                wrong.append(epochs)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    together.wait()
    iterate(path, range(300, 340))
    grown.set()
    for thread in threads:
        thread.join()
    assert not wrong
    assert metrics_of(path, cache=cache)["series"]["reward"]["epochs"] == list(range(1, 340))


def test_times_and_alerts_go_back_with_a_resumed_run(path, cache):
    iterate(path, [1, 2])
    tell(path, Alert(2, "plateau", "warning", "stands still"))
    iterate(path, [3])
    tell(path, Alert(3, "falls_return", "serious", "falls"))
    series = cache.of(path)
    series.curves()
    (iterations, times), words = series.said()
    assert iterations.tolist() == [1, 2, 3] and (times > 1e9).all()
    assert [(one.iteration, one.rule, one.text) for one in words] == [
        (2, "plateau", "warning: stands still"),
        (3, "falls_return", "serious: falls"),
    ]
    iterate(path, [3])
    series.curves()
    (iterations, _), words = series.said()
    assert iterations.tolist() == [1, 2, 3]
    assert [one.rule for one in words] == ["plateau"]
    assert (
        series.size == 21
    )  # of three iterations: the loss and its two parts, reward, falls, steps_per_s, and the time
