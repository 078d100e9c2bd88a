import pytest

from webfoot.evaluate.scenarios import SCENARIOS, SUITES, Suite, levels_of


@pytest.mark.parametrize("name", SCENARIOS)
def test_levels_rise_and_the_hardest_is_a_valid_world(name):
    scenario = SCENARIOS[name]
    assert list(scenario.levels) == sorted(set(scenario.levels)) and scenario.title
    conditions = scenario.conditions  # within the limits of every range
    assert set(conditions.ranges()) == set(scenario.per_level)
    assert scenario.changes or scenario.per_level or name == "flat"


@pytest.mark.parametrize("name", SUITES)
def test_every_suite_tries_the_hardest_level(name):
    assert all(levels_of(scenario, SUITES[name])[-1] == scenario.levels[-1] for scenario in SCENARIOS.values())


def test_a_suite_may_leave_levels_out_but_never_the_hardest():
    assert levels_of(SCENARIOS["push_left"], Suite(1, 1.0, every=2)) == (0.1, 0.4, 0.8)
    assert levels_of(SCENARIOS["latency"], Suite(1, 1.0, every=2)) == (20, 60)
    assert levels_of(SCENARIOS["flat"], Suite(1, 1.0, every=2)) == (0.0,)


def test_the_standard_suite_is_at_least_a_thousand_episodes_of_ten_seconds():
    suite = SUITES["standard"]
    levels = sum(len(levels_of(s, suite)) for s in SCENARIOS.values() if not s.changes)
    assert levels * suite.episodes >= 1000 and suite.episode_s == 10.0
