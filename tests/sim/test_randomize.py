import pytest
from pydantic import ValidationError

from webfoot.sim.presets import KINDS, PRESETS
from webfoot.sim.randomize import RandomizeConfig

RANGES = [name for names in KINDS.values() for name in names]


def test_every_range_is_of_one_kind():
    fields = set(RandomizeConfig.model_fields) - {"preset", "push_every_s", "push_towards_deg", "spared_share"}
    assert sorted(RANGES) == sorted(fields)


@pytest.mark.parametrize("name", RANGES)
def test_every_range_names_its_unit_and_its_source(name):
    description = RandomizeConfig.model_fields[name].description or ""
    assert description.count("[") >= 2 and description.endswith("]")


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_fills_what_is_not_given(name):
    config = RandomizeConfig.model_validate({"preset": name})
    assert {field: getattr(config, field) for field in RANGES} == dict.fromkeys(RANGES, 0.0) | PRESETS[name]


@pytest.mark.parametrize("name", PRESETS)
def test_what_is_given_wins_over_the_preset(name):
    config = RandomizeConfig.model_validate({"preset": name, "gains": 0.1, "push_speed": 0})
    assert config.gains == 0.1 and config.push_speed == 0.0


@pytest.mark.parametrize("name", PRESETS)
def test_a_config_read_back_is_the_same(name):
    config = RandomizeConfig.model_validate({"preset": name, "mass": 0.3})
    assert RandomizeConfig.model_validate(config.model_dump(mode="json")) == config


def test_the_default_varies_gains_and_nothing_else():
    assert RandomizeConfig().ranges() == {"gains": 0.25}


def test_presets_grow_from_one_to_the_next():
    presets = [RandomizeConfig.model_validate({"preset": name}) for name in ("off", "plain", "mild", "robust")]
    for smaller, larger in zip(presets, presets[1:], strict=False):
        assert all(getattr(smaller, name) <= getattr(larger, name) for name in RANGES)


def test_only_off_is_off():
    assert RandomizeConfig(preset="off").is_off
    assert not RandomizeConfig().is_off and not RandomizeConfig(preset="off", slope_deg=1).is_off


def test_the_robust_preset_is_what_was_promised():
    robust = RandomizeConfig(preset="robust")
    assert (robust.push_speed, robust.push_every_s) == (0.3, 3.0)
    assert robust.friction == 0.5  # 0.5 to 1.0
    assert robust.gains >= 0.2 and robust.mass >= 0.1
    assert robust.latency_s == 0.03 and robust.backlash_deg == 0.5
    assert robust.slope_deg == robust.unevenness_m == 0.0


def test_one_level_scales_every_range():
    half = RandomizeConfig(preset="robust").scaled(0.5)
    assert [getattr(half, name) for name in RANGES] == [0.5 * PRESETS["robust"].get(name, 0.0) for name in RANGES]
    assert RandomizeConfig(preset="robust").scaled(0.0).is_off


def test_levels_by_kind_leave_other_kinds_as_they_are():
    config = RandomizeConfig(preset="robust").scaled({"push": 0.0, "servo": 0.5})
    assert config.push_speed == 0.0 and config.latency_s == 0.015 and config.friction == 0.5


def test_an_unknown_preset_is_refused():
    with pytest.raises(ValidationError, match="'off', 'plain', 'mild' or 'robust'"):
        RandomizeConfig.model_validate({"preset": "wild"})


def test_a_range_out_of_its_range_is_refused():
    with pytest.raises(ValidationError, match="less than or equal to 0.95"):
        RandomizeConfig.model_validate({"friction": 1.5})
