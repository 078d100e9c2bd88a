"""`adapt`: our graph between two layers that speak a consumer's convention.

In front, the consumer's observation becomes ours; behind, our targets become the answer that the consumer makes these
very targets of. What it feeds back is its answer, not our action, so our action is computed from it again:

    action = (offset + scale' answer - base) / scale,   base = default_pos, or the reference one step ago
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import onnx
from numpy.typing import ArrayLike
from onnx import TensorProto, helper, numpy_helper

from webfoot.errors import PolicyError
from webfoot.export.contract import Contract, Term
from webfoot.export.profiles.convention import Convention, Slot

LIMITS = ("Min", "Max", "Clip")
"""Operators behind the target that keep it within the joint limits."""
_OURS = "/ours"
"""Ends the names of our own tensors in the new graph."""


class _Builder:
    """Collects nodes and constants under names of their own."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, value: ArrayLike, kind: type = np.float32) -> str:
        name = f"profile/constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, dtype=kind), name))
        return name

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        name = f"profile/{operator}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def columns(self, source: str, places: Iterable[int]) -> str:
        return self.add("Gather", source, self.constant(list(places), np.int64), axis=1)

    def affine(self, source: str, factor: ArrayLike, shift: ArrayLike = 0.0) -> str:
        """factor * source + shift, with no operator where it changes nothing."""
        factor, shift = np.asarray(factor, dtype=float), np.asarray(shift, dtype=float)
        if (factor != 1.0).any():
            source = self.add("Mul", source, self.constant(factor))
        return self.add("Add", source, self.constant(shift)) if shift.any() else source


class _Adapter:
    """One policy and one convention."""

    def __init__(self, model: onnx.ModelProto, contract: Contract, convention: Convention):
        self.graph, self.contract, self.convention = model.graph, contract, convention
        self.made = _Builder()
        self.producers = {output: node for node in model.graph.node for output in node.output}
        self.raw = _before_limits("joint_pos_target", self.producers)
        self.cycle_share = contract.control.control_dt / contract.phase.period_s if contract.phase else 0.0

    def build(self, metadata: dict[str, str], opset: int, ir_version: int) -> onnx.ModelProto:
        """The whole model."""
        made, convention, contract = self.made, self.convention, self.contract
        pieces = [self._term(term) for term in contract.observation.terms]
        made.nodes.append(helper.make_node("Concat", pieces, ["obs" + _OURS], axis=1))
        made.nodes.extend(self._copied(self.graph.node, {}, _OURS))
        target = self.raw if convention.clips else "joint_pos_target"
        scale, offset = np.array(convention.scale), np.array(convention.offset)
        answer = made.affine(target + _OURS, 1.0 / scale, -offset / scale)
        made.nodes.append(helper.make_node("Identity", [answer], [convention.output_name]))
        nu = len(contract.joints.names)
        graph = helper.make_graph(
            made.nodes,
            "policy",
            [helper.make_tensor_value_info(convention.input_name, TensorProto.FLOAT, [1, convention.size])],
            [helper.make_tensor_value_info(convention.output_name, TensorProto.FLOAT, [1, nu])],
            [*self.graph.initializer, *made.constants],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir_version)
        helper.set_model_props(model, metadata)
        onnx.checker.check_model(model, full_check=True)
        return model

    def _term(self, term: Term) -> str:
        """One of our terms out of the consumer's observation."""
        if term.name == "phase":
            return self.made.affine(self._phase(0), term.scale)
        if term.name == "command":
            return self.made.affine(self._command(), term.scale)
        slot = self.convention.slots[term.name]
        if term.name == "last_action":
            actions = [self._action(ago) for ago in range(term.history)]
            joined = actions[0] if len(actions) == 1 else self.made.add("Concat", *actions, axis=1)
            return self.made.affine(joined, term.scale)
        values = self.made.columns(self.convention.input_name, [column for value in slot.columns for column in value])
        shift = np.zeros(len(term.initial)) if slot.shift is None else np.array(slot.shift)
        return self.made.affine(values, term.scale / slot.factor, np.tile(shift, term.history) * term.scale)

    def _command(self) -> str:
        slot, command = self.convention.slots["command"], self.contract.command
        told = self.made.affine(self.made.columns(self.convention.input_name, slot.columns[0]), 1.0 / slot.factor)
        least = self.made.add("Max", told, self.made.constant([command.lower]))
        return self.made.add("Min", least, self.made.constant([command.upper]))

    def _phase(self, steps_ago: int) -> str:
        """cos, sin of the phase as many control steps ago."""
        clock, made = self.convention.clock, self.made
        vector = made.columns(self.convention.input_name, self.convention.slots["phase"].columns[0])
        if clock.begins_with_zeros:  # (0, 0) becomes (1, 0); what is on the circle stays
            length = made.add("ReduceSumSquare", vector, made.constant([1], np.int64), keepdims=1)
            missing = made.affine(length, -1.0, 1.0)
            vector = made.add("Add", vector, made.add("Mul", missing, made.constant([[1.0, 0.0]])))
        turned = self._turned(vector, clock.ahead + steps_ago * self.cycle_share)
        if clock.stands_below is None or not steps_ago:
            return turned
        slot = self.convention.slots["command"]
        told = made.affine(made.columns(self.convention.input_name, slot.columns[0]), 1.0 / slot.factor)
        speed = made.add("ReduceSumSquare", told, made.constant([1], np.int64), keepdims=1)
        moves = made.add("Greater", speed, made.constant([clock.stands_below**2]))
        return made.add("Where", moves, turned, self._turned(vector, clock.ahead))

    def _turned(self, vector: str, share: float) -> str:
        """cos, sin of an angle that is less by a share of a cycle."""
        if not share:
            return vector
        cos, sin = np.cos(2 * np.pi * share), np.sin(2 * np.pi * share)
        return self.made.add("MatMul", vector, self.made.constant([[cos, -sin], [sin, cos]]))

    def _action(self, ago: int) -> str:
        """Our action of a step before, from the answer that the consumer gave then; zeros before the first."""
        made, action, convention = self.made, self.contract.action, self.convention
        slot: Slot = convention.slots["last_action"]
        answer = made.affine(made.columns(convention.input_name, slot.columns[ago]), 1.0 / slot.factor)
        scale, offset = np.array(action.scale), np.array(convention.offset)
        if action.base == "default":
            rest = (offset - np.array(self.contract.joints.default_pos)) / scale
            if not rest.any() and convention.clips and convention.scale == action.scale:
                return answer  # it is our action
            said = made.affine(answer, np.array(convention.scale) / scale, rest)
        else:
            target = made.affine(answer, np.array(convention.scale), offset)
            said = made.affine(made.add("Sub", target, self._base(ago + 1)), 1.0 / scale)
        low, high = (made.constant(bound) for bound in action.clip)
        size = made.add("ReduceSumSquare", answer, made.constant([1], np.int64), keepdims=1)
        began = made.add("Greater", size, made.constant([0.0]))
        return made.add("Where", began, made.add("Clip", said, low, high), made.constant(np.zeros((1, len(scale)))))

    def _base(self, steps_ago: int) -> str:
        """The reference [rad] at the phase some steps ago and the command of now."""
        made, ending = self.made, f"/ago{steps_ago}"
        pieces = [
            made.affine(self._phase(steps_ago), term.scale)
            if term.name == "phase"
            else made.affine(self._command(), term.scale)
            if term.name == "command"
            else made.constant(np.zeros((1, term.stop - term.start)))
            for term in self.contract.observation.terms
        ]
        made.nodes.append(helper.make_node("Concat", pieces, ["obs" + ending], axis=1))
        still = made.constant(np.zeros((1, len(self.contract.joints.names))))
        wanted = _behind(self.raw, self.producers, {"obs", "actions"})
        nodes = [node for node in self.graph.node if any(output in wanted for output in node.output)]
        made.nodes.extend(self._copied(nodes, {"actions": still}, ending))
        return self.raw + ending

    def _copied(self, nodes: Iterable[onnx.NodeProto], known: dict[str, str], ending: str) -> list[onnx.NodeProto]:
        """Nodes whose tensors have other names; what `known` names is taken from there."""
        copies = []
        for node in nodes:
            copy = onnx.NodeProto()
            copy.CopyFrom(node)
            copy.name = node.name + ending
            for names in (copy.input, copy.output):
                renamed = [known.get(n, n + ending if n in self.producers or n == "obs" else n) for n in names]
                del names[:]
                names.extend(renamed)
            copies.append(copy)
        return copies


def _before_limits(name: str, producers: dict[str, onnx.NodeProto]) -> str:
    """The target before it was kept within the joint limits."""
    while producers[name].op_type in LIMITS:
        held = [n for n in producers[name].input if n in producers and producers[n].op_type != "Constant"]
        if len(held) != 1:
            raise PolicyError(f"the policy's graph has no target before its limits (at '{name}'); export it again")
        name = held[0]
    return name


def _behind(name: str, producers: dict[str, onnx.NodeProto], ends: set[str]) -> set[str]:
    """Every tensor that one depends on, itself included, not further than some."""
    found, left = set(), [name]
    while left:
        tensor = left.pop()
        if tensor in found or tensor in ends or tensor not in producers:
            continue
        found.add(tensor)
        left.extend(producers[tensor].input)
    return found


def adapt(data: bytes, contract: Contract, convention: Convention, metadata: dict[str, str]) -> bytes:
    """A policy file that speaks another convention.

    Args:
        data: our policy file.
        contract: the contract inside it.
        convention: the consumer's; has a slot for every term that the policy observes.
        metadata: what stands beside the graph.

    Raises:
        PolicyError: a graph that was not written by this program.
    """
    model = onnx.load_model_from_string(data)
    opset = max(entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx"))
    return _Adapter(model, contract, convention).build(metadata, opset, model.ir_version).SerializeToString()
