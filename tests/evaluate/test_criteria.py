from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from webfoot.evaluate.criteria import PassCriteria, judge, judge_runtime


def failed(episodes):
    return {check.name for check in judge(episodes) if not check.passed}


def test_a_perfect_walk_passes(walker):
    assert failed(walker(8)) == set()


def test_standing_still_is_no_walk(walker):
    assert failed(walker(speed=0.0, lift=0.0)) == {"speed_error", "lifted_cycles"}


def test_a_shuffler_fails_by_its_feet(walker):
    assert failed(walker(lift=0.002)) == {"lifted_cycles"}


def test_a_drifter_fails_by_its_heading(walker):
    assert failed(walker(yaw_rate=np.radians(2))) == {"yaw_drift"}


def test_a_faller_fails_by_survival(walker, fall):
    assert failed(fall(walker(8), 3, 5.0)) == {"survival"}


def test_a_shaker_fails_by_its_targets(walker):
    walk = walker()
    noise = np.where(np.arange(500) % 2, 0.05, -0.05)[:, None, None].astype(np.float32)
    assert failed(replace(walk, joint_pos_target=walk.joint_pos_target + noise)) == {"target_jitter"}


def test_a_robot_told_to_stand_is_judged_by_its_drift_and_its_feet(walker):
    standing = replace(walker(speed=0.03), command=np.zeros((500, 2, 3)))
    assert "lifted_cycles" not in {check.name for check in judge(standing)}
    assert failed(standing) == {"standing_drift", "standing_steps"}


def test_a_failed_check_says_what_to_try(walker):
    (check,) = [check for check in judge(walker(lift=0.002)) if not check.passed]
    assert (check.value, check.limit, check.comparison) == (0.0, 0.9, ">=")
    assert "foot height" in check.detail


def test_the_required_lift_is_a_criterion(walker):
    assert all(check.passed for check in judge(walker(lift=0.002), PassCriteria(min_lift_m=0.001)))


def test_a_robot_four_times_as_tall_lifts_four_times_as_high_and_may_drift_twice_as_fast(walker):
    def taller(walk):
        return replace(walk, root_pos=walk.root_pos + [0.0, 0.0, 0.64])

    assert failed(taller(walker(lift=0.021))) == set()
    assert failed(taller(walker(lift=0.018))) == {"lifted_cycles"}
    standing = replace(taller(walker(speed=0.03)), command=np.zeros((500, 2, 3)))
    (drift,) = [check for check in judge(standing) if check.name == "standing_drift"]
    assert drift.passed and drift.limit == pytest.approx(0.04)


def test_nan_fails(walker):
    broken = walker(1)
    broken.joint_pos[7] = np.nan
    assert "joint_rmse" in failed(broken)


def test_parity_and_latency_are_held_against_their_limits():
    good = judge_runtime(parity=1e-6, latency_p99_us=900, control_dt=0.02)
    slow = judge_runtime(parity=1e-4, latency_p99_us=1100, control_dt=0.02)
    assert [check.passed for check in good] == [True, True]
    assert [check.passed for check in slow] == [False, False]
    assert (slow[1].value, slow[1].limit) == (1100, pytest.approx(1000))


def test_criteria_refuse_unknown_and_senseless_limits():
    with pytest.raises(ValidationError, match="min_survival"):
        PassCriteria(min_survival=1.5)
    with pytest.raises(ValidationError, match="max_fun"):
        PassCriteria.model_validate({"max_fun": 1})
