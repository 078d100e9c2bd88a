import math

import pytest
import torch
from pydantic import ValidationError
from tensordict import TensorDict
from toy import SWAP, SignTask, outcome, roll, seen, small_ppo, train, with_constant_value

from webfoot.learn.checkpoint import load_checkpoint, save_checkpoint
from webfoot.learn.ppo import PpoConfig

THREE = seen(torch.zeros(3, 1))


def test_a_time_limit_is_bootstrapped_and_a_fall_is_not():
    ppo = with_constant_value(small_ppo(THREE, gamma=0.5), 10.0)
    ppo.act(THREE)
    ppo.remember(outcome(THREE, torch.ones(3), terminated=[True, False, False], truncated=[False, True, False]))
    stored = ppo.algorithm.storage
    assert stored.rewards[0, :, 0].tolist() == [0.5, 5.5, 0.5]  # (1 - gamma) r; and gamma V; (1 - gamma) r
    assert stored.dones[0, :, 0].tolist() == [1, 1, 0]


def test_returns_by_hand():
    ppo = with_constant_value(small_ppo(THREE, gamma=0.5, gae_lambda=0.0), 10.0)
    roll(ppo, THREE, outcome(THREE, torch.ones(3), terminated=[True, False, False], truncated=[False, True, False]))
    ppo.learn(THREE)
    by_hand = torch.tensor([0.5, 5.5, 5.5]).repeat(4, 1)  # fell: (1 - gamma) r; late and going on: and gamma V
    torch.testing.assert_close(ppo.algorithm.storage.returns[..., 0], by_hand)


def test_no_advantage_crosses_the_end_of_an_episode():
    """Reward comes in the last step only; with lambda 1 it reaches back to the episode's first step and no further."""
    two = seen(torch.zeros(2, 1))
    ppo = with_constant_value(small_ppo(two, gamma=0.5, gae_lambda=1.0), 0.0)
    for step in range(4):
        ppo.act(two)
        late = [step == 1, False]
        ppo.remember(outcome(two, torch.full((2,), 16.0 if step == 3 else 0.0), truncated=late))
    ppo.learn(two)
    returns = ppo.algorithm.storage.returns[..., 0].T.tolist()
    assert returns == [[0.0, 0.0, 4.0, 8.0], [1.0, 2.0, 4.0, 8.0]]


def test_the_bootstrap_is_the_value_of_the_true_last_state():
    start, end = seen(torch.tensor([[0.0], [0.0]])), seen(torch.tensor([[2.0], [-3.0]]))
    ppo = small_ppo(start, gamma=0.9)
    ppo.act(start)
    ppo.remember(outcome(start, torch.zeros(2), truncated=[True, True], final=end))
    critic = ppo.algorithm.critic
    value, wrong = (
        critic(TensorDict({"actor": o.actor, "critic": o.critic}, batch_size=[2])).detach() for o in (end, start)
    )
    stored = ppo.algorithm.storage.rewards[0]
    torch.testing.assert_close(stored, 0.9 * value)
    assert not torch.allclose(stored, 0.9 * wrong)


def test_remembering_leaves_the_tasks_reward_alone():
    ppo = with_constant_value(small_ppo(THREE), 10.0)
    reward = torch.ones(3)
    ppo.act(THREE)
    ppo.remember(outcome(THREE, reward, truncated=[True, True, True]))
    assert reward.tolist() == [1.0] * 3


def noisy_rollout(ppo, seed=0):
    observation = seen(torch.randn((8, 1), generator=torch.Generator().manual_seed(seed)))
    torch.manual_seed(seed)
    for step in range(ppo.config.steps):
        action = ppo.act(observation)
        ppo.remember(outcome(observation, action[:, 0] + step))
    return observation


def eight(**config):
    return small_ppo(seen(torch.zeros(8, 1)), **config)


def learnt(ppo, seed=0, progress=0.0):
    return ppo.learn(noisy_rollout(ppo, seed), progress)


def test_the_rate_falls_when_updates_go_too_far_and_recovers_when_they_do_not():
    wild, calm = eight(target_kl=1e-9), eight(target_kl=1.0)
    for seed in range(3):
        learnt(wild, seed)
    low = wild.learning_rate
    assert low < wild.config.learning_rate
    assert [group["lr"] for group in wild.algorithm.optimizer.param_groups] == [low, wild.config.critic_rate]
    calm.load_state_dict(wild.state_dict())
    assert calm.learning_rate == low
    assert learnt(calm)["learning_rate"] > low
    for seed in range(6):
        learnt(calm, seed)
    assert calm.learning_rate <= calm.config.learning_rate


def test_the_rate_stays_positive():
    ppo = eight(target_kl=1e-9, learning_rate=2e-5)
    for seed in range(6):
        assert learnt(ppo, seed)["learning_rate"] >= 1e-5 * (1 - 1e-9)


def test_the_rate_ends_at_its_final_share():
    ppo = eight(target_kl=1.0, learning_rate=1e-3, final_rate_share=0.2)
    rates = [learnt(ppo, progress=progress)["learning_rate"] for progress in (0.0, 0.5, 1.0)]
    assert rates == pytest.approx([1e-3, 0.6e-3, 0.2e-3])


def test_the_metrics_of_an_update_are_finite_numbers():
    metrics = learnt(eight())
    assert {"value_loss", "surrogate_loss", "entropy", "explained_variance", "approx_kl", "learning_rate"} <= set(
        metrics
    )
    assert all(isinstance(value, float) and math.isfinite(value) for value in metrics.values())
    assert metrics["explained_variance"] <= 1.0
    assert metrics["approx_kl"] >= 0.0


def test_explained_variance_is_one_minus_the_share_left():
    ppo = with_constant_value(eight(gamma=0.5), 3.0)
    observation = seen(torch.zeros(8, 1))
    roll(ppo, observation, outcome(observation, torch.arange(8.0), terminated=[True] * 8))
    assert ppo.learn(observation)["explained_variance"] == pytest.approx(0.0, abs=1e-6)  # a constant explains nothing


def test_kl_measures_the_policy_not_its_normaliser():
    ppo = eight(learning_rate=1e-9)
    observation = seen(1000.0 + torch.arange(8.0)[:, None])  # far from what the normaliser holds
    roll(ppo, observation, outcome(observation, torch.arange(8.0)))
    assert ppo.learn(observation)["approx_kl"] < 1e-6
    assert float(ppo.actor.obs_normalizer.mean) == pytest.approx(1003.5, rel=1e-3)  # and absorbed after the update


def test_a_state_written_and_taken_back_acts_and_learns_as_before(tmp_path):
    first, second = eight(seed=1), eight(seed=2)
    for seed in range(3):
        learnt(first, seed)
    save_checkpoint({"ppo": first.state_dict()}, tmp_path / "last.pt")
    second.load_state_dict(load_checkpoint(tmp_path / "last.pt")["ppo"])
    observation = seen(torch.linspace(-1, 1, 8)[:, None])
    assert torch.equal(first.actor.mean(observation.actor), second.actor.mean(observation.actor))
    assert learnt(first, seed=9) == learnt(second, seed=9)
    for name, value in first.actor.state_dict().items():
        assert torch.equal(value, second.actor.state_dict()[name]), name


def test_a_state_of_another_size_is_refused():
    with pytest.raises(RuntimeError, match="size mismatch"):
        eight(hidden_size=16).load_state_dict(eight().state_dict())


def test_the_frozen_actor_does_not_learn_on():
    ppo = eight()
    frozen = ppo.frozen_actor()
    before = frozen.mean(torch.ones(1, 1)).clone()
    learnt(ppo)
    assert torch.equal(frozen.mean(torch.ones(1, 1)), before)
    assert not torch.equal(ppo.actor.mean(torch.ones(1, 1)), before)


def test_what_was_seen_is_what_the_actor_saw():
    ppo = eight()
    assert not ppo.seen_observations().any()
    observation = noisy_rollout(ppo)
    assert torch.equal(ppo.seen_observations(), observation.actor.repeat(ppo.config.steps, 1))


def learner():
    task = SignTask()
    return small_ppo(task.observe(), learning_rate=1e-2, initial_std=0.4, entropy=0.0), task


def test_it_learns_to_answer_what_it_sees():
    ppo, task = learner()
    rewards = train(ppo, task, 40)
    assert rewards[-1] > 0.3 * rewards[0]  # costs: less than a third is left
    answers = ppo.actor.mean(torch.tensor([[1.0], [-1.0]]))[:, 0].tolist()
    assert answers == pytest.approx([0.5, -0.5], abs=0.1)


def test_learning_twice_from_one_seed_gives_identical_weights():
    weights = []
    for _ in range(2):
        ppo, task = learner()
        train(ppo, task, 5)
        weights.append(ppo.actor.state_dict())
    for name, value in weights[0].items():
        assert torch.equal(value, weights[1][name]), name


def test_a_symmetric_policy_stays_symmetric_while_it_learns():
    observation = seen(torch.randn((16, 3), generator=torch.Generator().manual_seed(0)))
    ppo = small_ppo(observation, nu=2, mirror=SWAP, learning_rate=1e-2)
    for _ in range(3):
        roll(ppo, observation, outcome(observation, observation.actor[:, 0]))
        ppo.learn(observation)
    turned = observation.actor[:, SWAP.observation.permutation] * torch.tensor(SWAP.observation.sign)
    here, there = ppo.actor.mean(observation.actor), ppo.actor.mean(turned)
    torch.testing.assert_close(there, here[:, [1, 0]] * -1.0, atol=1e-6, rtol=0)


@pytest.mark.parametrize(
    ("field", "value"), [("gamma", 1.0), ("learning_rate", 0.0), ("hidden_size", 4), ("clip", 0), ("epochs", 3)]
)
def test_options_that_mean_nothing_are_refused(field, value):
    with pytest.raises(ValidationError, match=field):
        PpoConfig.model_validate({field: value})
