"""`configuration_of`: every option of a session, as its training has it."""

from typing import Any

import yaml

from webfoot.config import TrainConfig, parse_config
from webfoot.errors import ConfigError
from webfoot.runs import Run
from webfoot.web.models.training import TrainingSession
from webfoot.web.settings import Settings
from webfoot.yaml_table import read_yaml


def config_of(row: TrainingSession, settings: Settings) -> TrainConfig:
    """The options: out of the run folder, or, where it has not begun, as they were asked for.

    Raises:
        ConfigError: what lies in the folder is not what this version knows.
    """
    try:
        document = read_yaml(Run(settings.runs_dir / str(row.id)).config_file)
    except ConfigError:
        return parse_config(row.parameters)
    return parse_config(document.get("config", {}))


def configuration_of(row: TrainingSession, settings: Settings) -> dict[str, Any]:
    """What was trained with which options; no place on the service's disk is named."""
    config = config_of(row, settings).model_dump(mode="json")
    return {"session_id": row.id, "robot": row.robot, "motion": row.reference_motion, "config": config}


def configuration_yaml(row: TrainingSession, settings: Settings) -> str:
    """The same as `webfoot train MOTION --config FILE` takes it."""
    return yaml.safe_dump(configuration_of(row, settings), sort_keys=False)
