import torch
from toy import SWAP, outcome, roll, seen, small_ppo

from webfoot.learn.actor import scale_last_layer


def mirrored(layout, values):
    return values[:, layout.permutation] * torch.tensor(layout.sign)


def draw(count, width, seed=0):
    return torch.randn((count, width), generator=torch.Generator().manual_seed(seed))


def big_actor(mirror):
    """An actor whose outputs are not small, trained once on one-sided observations."""
    observation = seen(3.0 + draw(8, 3))
    ppo = small_ppo(observation, nu=2, mirror=mirror)
    scale_last_layer(ppo.actor.mlp, 100.0)
    roll(ppo, observation, outcome(observation, torch.arange(8.0)))
    ppo.learn(observation)
    return ppo.actor


def test_a_mirrored_observation_gives_the_mirrored_action():
    actor, observation = big_actor(SWAP), draw(16, 3, seed=1)
    here, there = actor.mean(observation), actor.mean(mirrored(SWAP.observation, observation))
    assert here.abs().max() > 0.1
    torch.testing.assert_close(there, mirrored(SWAP.action, here), atol=1e-6, rtol=0)


def test_on_a_symmetric_observation_the_action_is_symmetric():
    action = big_actor(SWAP).mean(torch.tensor([[0.7, 0.7, 0.0]]))[0].tolist()
    assert action[0] == -action[1] != 0.0


def test_without_a_mirror_map_the_actor_is_the_plain_network():
    actor, observation = big_actor(None), draw(4, 3)
    assert torch.equal(actor.mean(observation), actor.mlp(actor.obs_normalizer(observation)))
    swapped = actor.mean(mirrored(SWAP.observation, observation))
    assert not torch.allclose(swapped, mirrored(SWAP.action, actor.mean(observation)), atol=1e-3)


def test_a_new_policy_hardly_answers_what_it_sees():
    observation = seen(draw(16, 3))
    action = small_ppo(observation, nu=2, mirror=SWAP).actor.mean(observation.actor)
    assert (action - action.mean(dim=0)).abs().max() < 0.02


def test_a_sample_is_the_mean_with_noise_of_the_policys_spread():
    observation = seen(torch.ones(20_000, 3))
    ppo = small_ppo(observation, nu=2, initial_std=0.4)
    sampled = ppo.act(observation)
    mean = ppo.actor.mean(observation.actor[:1]).detach()[0]
    torch.testing.assert_close(sampled.mean(dim=0), mean, atol=0.02, rtol=0)
    torch.testing.assert_close(sampled.std(dim=0), torch.full((2,), 0.4), atol=0.02, rtol=0)
    assert not sampled.requires_grad


def test_the_mirror_map_is_no_part_of_the_weights():
    observation = seen(draw(4, 3))
    names = (set(small_ppo(observation, nu=2, mirror=mirror).actor.state_dict()) for mirror in (SWAP, None))
    assert next(names) == next(names)
