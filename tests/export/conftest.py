"""A sound contract, observations and a sound policy file, out of `tiny_policy`."""

import numpy as np
import pytest
from tiny_policy import OBS_SIZE, TinyPolicy, contract_dict

from webfoot.export.contract import Contract
from webfoot.export.write import export_policy


@pytest.fixture
def contract():
    return Contract.model_validate(contract_dict())


@pytest.fixture(scope="session")
def observations():
    return np.random.default_rng(0).normal(size=(64, OBS_SIZE)).astype(np.float32)


@pytest.fixture
def policy_path(tmp_path, contract, observations):
    """A sound policy.onnx."""
    return export_policy(TinyPolicy(), contract, tmp_path / "policy.onnx", observations).path
