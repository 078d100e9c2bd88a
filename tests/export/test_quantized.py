import logging

import numpy as np
import pytest

from webfoot.export.quantized import QuantizedPolicy, accuracy, quantize
from webfoot_runtime.policy import OnnxPolicy


def test_weights_of_eight_bits_answer_nearly_the_same(policy_path, observations):
    policy, quantized = OnnxPolicy(policy_path), QuantizedPolicy(policy_path)
    off = accuracy(policy, quantized, observations)
    assert 0 < off.rms_rad < off.max_rad < 0.02  # targets reach half a radian
    assert off.observations == len(observations)


def test_the_costs_are_the_largest_and_the_root_mean_square_difference(policy_path, observations):
    policy, quantized = OnnxPolicy(policy_path), QuantizedPolicy(policy_path)
    rows = observations[:2]
    apart = np.array([quantized.run(row[None])[1][0] - policy.run(row[None])[1][0] for row in rows], dtype=float)
    off = accuracy(policy, quantized, rows)
    assert off.max_rad == np.abs(apart).max()
    assert np.isclose(off.rms_rad, np.sqrt((apart**2).sum() / apart.size))


def test_it_walks_with_the_memory_of_the_original(policy_path):
    quantized = QuantizedPolicy(policy_path)
    quantized.reset(2)
    still = np.zeros((2, 3))
    target = quantized.step(still, still - [0, 0, 1], np.zeros((2, 2)), np.zeros((2, 2)), still)
    assert target.shape == (2, 2) and quantized.phase.tolist() == pytest.approx([0.65, 0.65])  # 0.25 + 0.02 / 0.05


def test_nothing_is_left_behind(policy_path, tmp_path, caplog):
    before = policy_path.read_bytes()
    quantize(before)
    assert policy_path.read_bytes() == before and [path.name for path in tmp_path.iterdir()] == ["policy.onnx"]
    assert logging.root.manager.disable == logging.NOTSET and not caplog.records
