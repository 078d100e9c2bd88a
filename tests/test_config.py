import math

import pytest
from pydantic import BaseModel

from small_training import small
from webfoot.config import (
    SHORT_NAMES,
    TrainConfig,
    for_library,
    parse_config,
    save_config,
)
from webfoot.errors import ConfigError
from webfoot.recipes import LIBRARY, LIBRARY_IMITATING, LIBRARY_TRACKING, ROBUST_TRACKING
from webfoot.sim.randomize import RandomizeConfig
from webfoot.yaml_table import read_yaml


def test_the_defaults_are_a_config():
    assert parse_config({}) == TrainConfig()


def test_the_names_of_the_sketch_stand_at_the_top():
    config = parse_config({"epochs": 10, "batch_size": 32, "learning_rate": 0.002, "hidden_size": 256})
    assert (config.epochs, config.batch_size) == (10, 32)
    assert (config.ppo.learning_rate, config.ppo.hidden_size) == (0.002, 256)


def test_short_and_nested_names_go_together():
    config = parse_config({"learning_rate": 0.002, "ppo": {"gamma": 0.9}})
    assert (config.ppo.learning_rate, config.ppo.gamma) == (0.002, 0.9)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"epoch": 10}, "unknown option 'epoch'"),
        ({"ppo": {"momentum": 1}}, r"unknown option 'ppo\.momentum'"),
        ({"epochs": 0}, "option 'epochs' is 0: .* greater than or equal to 1"),
        ({"epochs": "many"}, "option 'epochs' is 'many'"),
        ({"batch_size": 10**6}, "option 'batch_size' is 1000000: .* less than or equal to 8192"),
        ({"learning_rate": -1}, r"option 'ppo\.learning_rate' is -1"),
        ({"learning_rate": math.nan}, r"option 'ppo\.learning_rate' is nan"),
        ({"hidden_size": 10**9}, r"option 'ppo\.hidden_size' is 1000000000"),
        ({"seed": -1}, "option 'seed' is -1"),
        ({"max_minutes": 0}, "option 'max_minutes' is 0"),
        ({"method": "magic"}, "option 'method' is 'magic'"),
        ({"ppo": 3, "learning_rate": 0.1}, "option 'ppo' is 3; a table of options would be right"),
        ({"task": [1]}, "option 'task' is "),
        ({"sim": {"physics_hz": 55, "control_hz": 50}}, "physics_hz 55 is not a multiple of control_hz 50"),
        ({"sim": {"integrator": "leap"}}, "unknown integrator 'leap': choose one of"),
    ],
)
def test_a_wrong_option_is_named_with_its_value(values, sentence):
    with pytest.raises(ConfigError, match=sentence) as caught:
        parse_config(values)
    assert "\n" not in str(caught.value)


def test_a_config_survives_its_file(tmp_path):
    config = small(learning_rate=0.0123, seed=7, max_minutes=0.5)
    save_config(config, {"robot": "duckling"}, tmp_path / "config.yaml")
    document = read_yaml(tmp_path / "config.yaml")
    assert document["robot"] == "duckling"
    assert parse_config(document["config"]) == config
    assert [path.name for path in tmp_path.iterdir()] == ["config.yaml"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"- 1\n", "holds list, expected a table"),
        (b"", "holds NoneType, expected a table"),
        (b"a: [1", "not YAML"),
        (b"\xff\xfe\x00", r"config\.yaml: "),
        (b"!!python/object/apply:os.getcwd []", "not YAML"),
    ],
)
def test_a_broken_file_is_one_sentence(tmp_path, content, sentence):
    (tmp_path / "config.yaml").write_bytes(content)
    with pytest.raises(ConfigError, match=sentence) as caught:
        read_yaml(tmp_path / "config.yaml")
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(ConfigError, match=r"config\.yaml: cannot be read"):
        read_yaml(tmp_path / "config.yaml")


def leaves(model: type[BaseModel], prefix: str = ""):
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from leaves(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field


def test_every_option_says_what_it_is_and_has_a_default():
    for name, field in leaves(TrainConfig):
        assert field.description, name
        assert not field.is_required(), name
    assert len(list(leaves(TrainConfig))) > 60
    assert all(f"{part}.{name}" in dict(leaves(TrainConfig)) for name, part in SHORT_NAMES.items())


def test_a_config_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        TrainConfig().epochs = 3  # pyright: ignore[reportAttributeAccessIssue]


def test_a_preset_fills_the_ranges_and_is_what_the_policy_has_to_survive():
    config = parse_config({"preset": "robust"})
    assert config.randomize.preset == "robust" and config.randomize.push_speed == 0.3
    assert config.rollout.conditions == RandomizeConfig(preset="robust")
    assert config.randomize.push_every_s < config.rollout.conditions.push_every_s  # more lessons than trials


def test_options_of_learning_that_are_given_win_over_those_of_the_preset():
    config = parse_config({"preset": "robust", "epochs": 7, "ppo": {"gamma": 0.9}})
    assert (config.epochs, config.ppo.gamma) == (7, 0.9)
    assert config.ppo.final_std == ROBUST_TRACKING["ppo"]["final_std"] != TrainConfig().ppo.final_std
    rewards = parse_config({"preset": "robust", "task": {"reward": {"heading": 0.0}}}).task.reward
    assert (rewards.heading, rewards.mean_velocity) == (0.0, ROBUST_TRACKING["task"]["reward"]["mean_velocity"])


def test_a_method_that_tracks_no_pose_learns_as_it_has_it_under_the_preset_robust_too():
    plain, robust = (parse_config({"method": "amp", "preset": preset}) for preset in ("plain", "robust"))
    assert (robust.task, robust.ppo) == (plain.task, plain.ppo)
    assert robust.rollout.conditions == RandomizeConfig(preset="robust")


def test_without_a_preset_policies_are_validated_on_the_plain_model():
    assert parse_config({}).rollout.conditions.is_off
    assert parse_config({"randomize": {"mass": 0.1}}).rollout.conditions.is_off


def test_conditions_of_the_validation_may_be_given():
    config = parse_config({"preset": "robust", "rollout": {"conditions": {"preset": "off"}}})
    assert config.rollout.conditions.is_off


def test_ranges_that_are_given_win_over_the_preset():
    config = parse_config({"preset": "robust", "randomize": {"push_speed": 0.1}})
    assert (config.randomize.push_speed, config.randomize.friction) == (0.1, 0.5)


def test_a_config_with_a_preset_is_read_back_as_it_was():
    config = parse_config({"preset": "robust", "randomize": {"push_speed": 0.1}})
    assert parse_config(config.model_dump(mode="json")) == config


def test_a_library_gets_more_epochs_unless_they_are_given():
    assert for_library(TrainConfig()).epochs == LIBRARY["epochs"] > TrainConfig().epochs
    given = for_library(parse_config({"epochs": 7, "task": {"reward": {"mean_velocity": 0.9}}, "preset": "mild"}))
    assert (given.epochs, given.evaluate_every) == (7, LIBRARY["evaluate_every"])
    assert (given.task.reward.mean_velocity, given.randomize.preset) == (0.9, "mild")


def test_a_library_is_tracked_with_options_of_its_own_and_imitated_with_those_of_its_method():
    tracked, imitated = (for_library(parse_config({"method": method})) for method in ("tracking", "amp"))
    assert tracked.ppo.gamma == LIBRARY_TRACKING["ppo"]["gamma"] != TrainConfig().ppo.gamma
    assert tracked.task.reward.foot_timing == LIBRARY_TRACKING["task"]["reward"]["foot_timing"] > 0
    alone = parse_config({"method": "amp"})
    assert imitated.ppo.learning_rate == LIBRARY_IMITATING["ppo"]["learning_rate"] < alone.ppo.learning_rate
    assert imitated.style.warm_start == LIBRARY_IMITATING["style"]["warm_start"] > alone.style.warm_start
    assert (imitated.task.action_base, imitated.ppo.symmetry) == (alone.task.action_base, alone.ppo.symmetry)
    assert imitated.task.history == tracked.task.history == LIBRARY["task"]["history"]
    assert for_library(parse_config({"hidden_size": 64})).ppo.hidden_size == 64
    assert for_library(parse_config({"method": "amp", "style": {"warm_start": 7}})).style.warm_start == 7
