"""`TrainConfig`: every option of a training in one frozen model; command line, YAML and web form are read from it."""

import json
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, Field, ValidationError, model_validator

from webfoot.errors import ConfigError
from webfoot.evaluate.criteria import PassCriteria
from webfoot.evaluate.rollout import RolloutConfig
from webfoot.export.atomic import write_atomically
from webfoot.learn.amp import StyleConfig
from webfoot.learn.method import METHODS, laid_over, less, with_method
from webfoot.learn.ppo import PpoConfig
from webfoot.learn.trainer import LoopConfig
from webfoot.monitor.window import HealthConfig
from webfoot.motion.augment import AugmentConfig
from webfoot.motion.formats.columns import ColumnMap
from webfoot.motion.prepare import PrepareConfig
from webfoot.recipes import LIBRARY, LIBRARY_BY_METHOD, ROBUST, ROBUST_TRACKING
from webfoot.sim.model import SimConfig
from webfoot.sim.randomize import RandomizeConfig
from webfoot.task.walk import TaskConfig


class TrainConfig(LoopConfig, frozen=True, extra="forbid"):
    """All that decides what a training does. The defaults give a walking duck."""

    method: Literal["tracking", "amp", "awd"] = Field(
        default="tracking", description="How the reference is imitated; decides what options are where none is given."
    )
    device: Literal["cpu", "cuda"] = Field(
        default="cpu", description="Where robots are simulated and the policy learns; cuda needs the extra gpu."
    )
    ppo: PpoConfig = PpoConfig()
    style: StyleConfig = StyleConfig()
    task: TaskConfig = TaskConfig()
    sim: SimConfig = SimConfig()
    randomize: RandomizeConfig = RandomizeConfig()
    columns: ColumnMap = ColumnMap()
    prepare: PrepareConfig = PrepareConfig()
    augment: AugmentConfig = AugmentConfig()
    criteria: PassCriteria = PassCriteria()
    rollout: RolloutConfig = RolloutConfig()
    health: HealthConfig = HealthConfig()

    @model_validator(mode="before")
    @classmethod
    def _filled(cls, values: Any) -> Any:
        """What is not given is as the preset robust has it, where it is asked for, and then as the method has it.

        What is trained to be robust is validated so.
        """
        if not isinstance(values, dict) or str(values.get("method", "tracking")) not in METHODS:
            return values
        given = {
            name: part.model_dump(exclude_unset=True) if isinstance(part, BaseModel) else part
            for name, part in values.items()
        }
        method, randomize = str(values.get("method", "tracking")), given.get("randomize")
        if isinstance(randomize, dict) and randomize.get("preset") == "robust":
            given = laid_over(ROBUST | ROBUST_TRACKING if method == "tracking" else ROBUST, given)
        return with_method(method, given)


def for_library(config: TrainConfig) -> TrainConfig:
    """The config with the options of `LIBRARY`, and of its method out of a library, wherever nothing was given."""
    given = less(config.model_dump(exclude_unset=True), METHODS[config.method].options())
    recipe = laid_over(LIBRARY, LIBRARY_BY_METHOD[config.method])
    return TrainConfig.model_validate(laid_over(recipe, given))


SHORT_NAMES = {"learning_rate": "ppo", "hidden_size": "ppo", "preset": "randomize"}
"""Options that may be given without the name of their part: what the whole field calls by these names."""


def parse_config(values: dict[str, Any]) -> TrainConfig:
    """A config from nested values; `learning_rate` and `hidden_size` may stand at the top.

    Raises:
        ConfigError: an unknown option, or a value out of its range.
    """
    nested = {name: value for name, value in values.items() if name not in SHORT_NAMES}
    for name, part in SHORT_NAMES.items():
        if name in values:
            inner = nested.get(part, {})
            if not isinstance(inner, dict):
                raise ConfigError(f"option '{part}' is {inner!r}; a table of options would be right")
            nested[part] = {**inner, name: values[name]}
    try:
        return TrainConfig.model_validate(nested)
    except ValidationError as error:
        raise ConfigError(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "configuration"
    if first["type"] == "extra_forbidden":
        return f"unknown option '{place}'; see 'webfoot train --help'"
    value = "" if isinstance(first["input"], dict) else f" is {first['input']!r}"  # a whole part is no value to show
    return f"option '{place}'{value}: {first['msg'].removeprefix('Value error, ')}"


def save_config(config: TrainConfig, extra: dict[str, Any], path: Path) -> None:
    """Write the config and what it was used on as YAML; the file appears whole or not at all."""
    document = {**extra, "config": json.loads(config.model_dump_json())}
    write_atomically(path, yaml.safe_dump(document, sort_keys=False).encode())
