"""Good policies spoilt in one place: in the contract, before the graph or behind it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from webfoot_runtime.layout import Layout

KEY = "webfoot_contract"


def edit_contract(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the contract as a careless or hostile hand would; everything else stays."""
    model = onnx.load(path)
    entry = next(entry for entry in model.metadata_props if entry.key == KEY)
    tree = json.loads(entry.value)
    change(tree)
    entry.value = json.dumps(tree)
    path.write_bytes(model.SerializeToString())


def multiply_input(path: Path, matrix: NDArray[np.floating]) -> None:
    """Let the graph see `obs @ matrix`."""
    model = onnx.load(path)
    for node in model.graph.node:
        node.input[:] = ["obs_seen" if name == "obs" else name for name in node.input]
    model.graph.initializer.append(numpy_helper.from_array(matrix.astype(np.float32), "spoil"))
    model.graph.node.insert(0, helper.make_node("MatMul", ["obs", "spoil"], ["obs_seen"]))
    path.write_bytes(model.SerializeToString())


def multiply_output(path: Path, name: str, matrix: NDArray[np.floating]) -> None:
    """Let the graph answer `name @ matrix`."""
    model = onnx.load(path)
    for node in model.graph.node:
        node.output[:] = ["said" if output == name else output for output in node.output]
        node.input[:] = ["said" if taken == name else taken for taken in node.input]
    model.graph.initializer.append(numpy_helper.from_array(matrix.astype(np.float32), "spoil"))
    model.graph.node.append(helper.make_node("MatMul", ["said", "spoil"], [name]))
    path.write_bytes(model.SerializeToString())


def exchanged(size: int, one: int, other: int) -> NDArray[np.float64]:
    """Matrix that exchanges two columns."""
    matrix = np.eye(size)
    matrix[[one, other]] = matrix[[other, one]]
    return matrix


def negated(size: int, *columns: int) -> NDArray[np.float64]:
    """Matrix that flips the sign of columns."""
    matrix = np.eye(size)
    matrix[columns, columns] = -1.0
    return matrix


def rolled_history(layout: Layout, name: str) -> NDArray[np.float64]:
    """Matrix that puts every remembered value one place further back, the oldest to the front."""
    term = next(term for term in layout.terms if term.name == name)
    width, matrix = len(term.initial), np.eye(layout.obs_size)
    place = slice(term.start, term.stop)
    matrix[place, place] = np.roll(matrix[place, place], width, axis=1)
    return matrix


def late_phase(layout: Layout, steps: int) -> NDArray[np.float64]:
    """Matrix that turns the phase back by control steps."""
    assert layout.phase_period_s is not None
    term = next(term for term in layout.terms if term.name == "phase")
    angle = -2 * np.pi * steps * layout.control_dt / layout.phase_period_s
    matrix = np.eye(layout.obs_size)
    matrix[term.start : term.stop, term.start : term.stop] = [
        [np.cos(angle), np.sin(angle)],
        [-np.sin(angle), np.cos(angle)],
    ]
    return matrix
