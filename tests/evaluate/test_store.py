from dataclasses import fields

import numpy as np
import pytest

from webfoot.errors import RunError
from webfoot.evaluate.store import load_episodes, one_episode, save_episodes, saved_iteration


def test_what_is_saved_is_loaded_again(walker, tmp_path):
    episodes = walker(3)
    save_episodes(episodes, tmp_path / "rollout.npz")
    loaded = load_episodes(tmp_path / "rollout.npz")
    for field in fields(episodes):
        before, after = getattr(episodes, field.name), getattr(loaded, field.name)
        if isinstance(before, np.ndarray):
            assert after.dtype == before.dtype
            np.testing.assert_allclose(after, before, atol=1e-6)
        else:
            assert after == before
    assert [path.name for path in tmp_path.iterdir()] == ["rollout.npz"]


def test_only_the_first_episodes_are_kept(walker, tmp_path):
    save_episodes(walker(5), tmp_path / "rollout.npz", limit=2)
    assert load_episodes(tmp_path / "rollout.npz").num_episodes == 2


def test_one_episode_is_taken_out_alone(walker):
    walk = walker(3)
    walk.root_pos[:, 1] += 1.0
    alone = one_episode(walk, 1)
    assert alone.num_episodes == 1
    assert (alone.root_pos[:, 0] == walk.root_pos[:, 1]).all()
    assert (alone.torque_limit == walk.torque_limit).all()


def test_the_iteration_of_a_trial_is_kept_beside_it(walker, tmp_path):
    path = tmp_path / "trial.npz"
    save_episodes(walker(1), path, iteration=40)
    assert (load_episodes(path).num_episodes, saved_iteration(path)) == (1, 40)
    save_episodes(walker(1), path)
    assert saved_iteration(path) is None


def test_a_missing_or_damaged_file_is_one_sentence(walker, tmp_path):
    path = tmp_path / "rollout.npz"
    with pytest.raises(RunError, match="not a readable rollout"):
        load_episodes(path)
    save_episodes(walker(1), path)
    whole = path.read_bytes()
    for damaged in (whole[:1000], whole[:3000] + bytes(900) + whole[3900:], b"", b"text"):
        path.write_bytes(damaged)
        with pytest.raises(RunError, match="not a readable rollout"):
            load_episodes(path)
    np.save(path.with_suffix(".npy"), np.zeros(3))
    with pytest.raises(RunError, match="not a readable rollout"):
        load_episodes(path.with_suffix(".npy"))


def test_arrays_that_lack_or_do_not_fit_are_named(walker, tmp_path):
    path = tmp_path / "rollout.npz"
    save_episodes(walker(1), path)
    arrays = dict(np.load(path))
    np.savez(path, **{**arrays, "torque": arrays["torque"][:7]})
    with pytest.raises(RunError, match="torque has the shape"):
        load_episodes(path)
    del arrays["phase"]
    np.savez(path, **arrays)
    with pytest.raises(RunError, match="without phase"):
        load_episodes(path)


def test_pickled_objects_are_refused(tmp_path):
    path = tmp_path / "rollout.npz"
    np.savez(path, action=np.array([{}], dtype=object))
    with pytest.raises(RunError, match="not a readable rollout"):
        load_episodes(path)
