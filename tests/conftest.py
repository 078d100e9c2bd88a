from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from small_training import Events, train_small
from tiny_policy import OBS_SIZE, TinyPolicy, contract_dict
from webfoot.export.contract import Contract
from webfoot.export.write import export_policy
from webfoot.pipeline import TrainResult

settings.register_profile("webfoot", deadline=None)  # no test asserts a time: machines are busy
settings.load_profile("webfoot")


@pytest.fixture(scope="session")
def trained_events() -> Events:
    """What the training `trained` told; empty before it."""
    return Events()


@pytest.fixture(scope="session")
def trained(tmp_path_factory, trained_events) -> TrainResult:
    """One small training, whole: do not write into its folder."""
    return train_small(tmp_path_factory.mktemp("runs"), trained_events)


@pytest.fixture
def contract() -> Contract:
    """A sound contract, small enough to compute by hand."""
    return Contract.model_validate(contract_dict())


@pytest.fixture(scope="session")
def observations() -> np.ndarray:
    """What the policy with that contract may see."""
    return np.random.default_rng(0).normal(size=(64, OBS_SIZE)).astype(np.float32)


@pytest.fixture
def policy_path(tmp_path, contract, observations) -> Path:
    """A sound policy.onnx with that contract."""
    return export_policy(TinyPolicy(), contract, tmp_path / "policy.onnx", observations).path
