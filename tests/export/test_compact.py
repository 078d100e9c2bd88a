"""The graph that is written computes what was trained, in fewer operators."""

import io
from dataclasses import replace

import numpy as np
import onnx
import pytest
import torch
from trained_parts import duckling_reference, untrained

from webfoot.export.compact import CompactGraph, CompactSeries
from webfoot.task.walk import TaskConfig

ONE_CLIP_OPERATORS = 16
"""Of the default policy; every one takes about half a microsecond."""


def seen(task, count=64):
    """Observations around those of the task, with any phase and any command that it knows."""
    generator = torch.Generator().manual_seed(1)
    rows = task.observe().actor
    rows = rows[torch.arange(count) % len(rows)].clone()
    rows += 0.3 * torch.randn(rows.shape, generator=generator)
    angle = 2 * torch.pi * torch.rand(count, generator=generator)
    rows[:, -5:-3] = torch.stack([angle.cos(), angle.sin()], dim=1)
    rows[:, -3:] = task.commands.sample(count, generator)
    rows[0, -3:] = 0.0
    return rows


def assert_same(graph, compact, obs):
    for expected, said in zip(graph(obs), compact(obs), strict=True):
        assert expected.abs().max() > 0.01
        torch.testing.assert_close(said, expected, atol=5e-6, rtol=0)


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("config", [{}, {"history": 3}, {"action_base": "default"}], ids=str)
def test_it_answers_what_was_trained(config, symmetric):
    task, graph = untrained(TaskConfig(**config), symmetric=symmetric)
    assert graph.actor.mirrored == symmetric
    assert_same(graph, CompactGraph(graph), seen(task))


def test_a_library_that_knows_how_to_stand_is_blended_alike():
    robot, reference = duckling_reference("walk", "turn_left", "turn_right")
    standing = robot.default_pos if reference.standing is None else None
    if standing is not None:
        values = np.zeros(reference.coefficients.shape[-1])
        values[: robot.nu], values[-robot.nu :] = standing, standing
        reference = replace(reference, standing=values)
    task, graph = untrained(of=(robot, reference), symmetric=True)
    assert graph.series is not None and graph.series.stands
    assert_same(graph, CompactGraph(graph), seen(task))


@pytest.mark.parametrize(("harmonics", "compact"), [(1, True), (9, True), (60, False)])
def test_any_number_of_harmonics(harmonics, compact):
    """Where powers would cost accuracy, the reference is computed as in training."""
    robot, reference = duckling_reference("walk")
    coefficients = np.zeros((1, 1 + 2 * harmonics, reference.coefficients.shape[-1]))
    kept = min(harmonics, reference.num_harmonics)
    coefficients[:, : kept + 1] = reference.coefficients[:, : kept + 1]
    at = reference.num_harmonics + 1
    coefficients[:, harmonics + 1 : harmonics + 1 + kept] = reference.coefficients[:, at : at + kept]
    coefficients[:, -1] = 0.01  # the last harmonic is there
    task, graph = untrained(of=(robot, replace(reference, coefficients=coefficients)))
    written = CompactGraph(graph)
    assert isinstance(written.series, CompactSeries) == compact
    assert_same(graph, written, seen(task))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_default_policy_needs_few_operators():
    task, graph = untrained(of=duckling_reference("walk"), symmetric=True)
    buffer = io.BytesIO()
    torch.onnx.export(CompactGraph(graph), (seen(task),), buffer, dynamo=False, opset_version=18)  # pyright: ignore
    nodes = [node.op_type for node in onnx.load_model_from_string(buffer.getvalue()).graph.node]
    assert len([kind for kind in nodes if kind != "Constant"]) <= ONE_CLIP_OPERATORS


def test_the_graph_that_it_is_made_of_stays_as_it_was():
    task, graph = untrained(symmetric=True)
    before = {name: value.clone() for name, value in graph.state_dict().items()}
    CompactGraph(graph)
    after = graph.state_dict()
    assert all(torch.equal(before[name], after[name]) and before[name].dtype == after[name].dtype for name in before)
