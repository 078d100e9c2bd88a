import pytest
from hypothesis import settings

from small_training import Events, train_small
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
