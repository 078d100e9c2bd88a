"""Training steps per second against Stable-Baselines3's PPO: same robot, physics, network and rollout size, one run.

SB3 is measured twice: with webfoot's updates (few passes, large minibatches: what the machine is capable of), and with
the updates that SB3 has by default (10 passes, minibatches of 64: what a user gets who changes nothing).
"""

import importlib.util
import os
import statistics
import time
from dataclasses import dataclass
from functools import partial

import torch
from parts.cases import Case, hardest, parser
from parts.table import print_machine, print_table
from throughput import Training

from webfoot.config import TrainConfig, parse_config
from webfoot.sim.threads import apply_threads, share_cores

UPDATES = ("webfoot's", "SB3's own")


@dataclass(frozen=True)
class Setup:
    """How SB3 is set up."""

    kind: str
    """Class of its vector environment."""
    count: int
    threads: int
    """Of torch."""
    updates: str
    """Whose passes and minibatches: one of `UPDATES`."""


def main() -> None:
    made = parser(__doc__)
    made.add_argument("--repetitions", type=int, default=3)
    made.add_argument("--seconds", type=float, default=8.0, help="of each measurement, about")
    made.add_argument("--processes", type=int, nargs="*", default=[2, 4, 8])
    options = made.parse_args()
    if importlib.util.find_spec("stable_baselines3") is None:
        print("Stable-Baselines3 is not installed: pip install 'webfoot[benchmark]'")
        return
    print_machine()
    case, config = hardest(options), parse_config({"epochs": 100_000})
    robot, reference = case.load(config)
    apply_threads(share_cores())
    training = Training(robot, reference, config)
    training.rate(options.seconds / 4)
    ours: list[float] = []
    theirs: dict[Setup, list[float]] = {}
    for _ in range(options.repetitions):
        apply_threads(share_cores())
        ours.append(training.rate(options.seconds))
        for setup in setups(options.processes):
            rate = sb3_rate(setup, partial(single_robot, case, config), config, options.seconds)
            theirs.setdefault(setup, []).append(rate)
    show(case.name, config, ours, theirs)


def setups(processes: list[int]) -> list[Setup]:
    ways = [(1, "webfoot's"), (1, "SB3's own")] + [(cores, "webfoot's") for cores in {os.cpu_count() or 1} - {1}]
    kinds = [("DummyVecEnv", 16), *(("SubprocVecEnv", count) for count in processes)]
    return [Setup(*kind, *way) for kind in kinds for way in ways]


def single_robot(case: Case, config: TrainConfig):
    from parts.single_robot import SingleRobot

    return SingleRobot(*case.load(config), config)  # loaded here: a compiled model does not travel between processes


def sb3_rate(setup: Setup, make, config: TrainConfig, seconds: float) -> float:
    """Training steps per second of SB3, from the second rollout on."""
    from stable_baselines3 import PPO
    from stable_baselines3.common.vec_env import DummyVecEnv, SubprocVecEnv

    torch.set_num_threads(setup.threads)
    vector = {"DummyVecEnv": DummyVecEnv, "SubprocVecEnv": partial(SubprocVecEnv, start_method="spawn")}[setup.kind]
    env = vector([make] * setup.count)
    ppo, rollout = config.ppo, config.batch_size * config.ppo.steps
    updates = {"batch_size": rollout // ppo.minibatches, "n_epochs": ppo.update_epochs}
    hidden = [ppo.hidden_size, max(8, ppo.hidden_size // 2)]
    model = PPO(
        "MlpPolicy",
        env,
        n_steps=rollout // setup.count,
        **(updates if setup.updates == "webfoot's" else {}),
        learning_rate=ppo.learning_rate,
        gamma=ppo.gamma,
        gae_lambda=ppo.gae_lambda,
        policy_kwargs={"net_arch": {"pi": hidden, "vf": hidden}, "activation_fn": torch.nn.ELU},
        device="cpu",
        seed=0,
    )
    model.learn(rollout)
    before, began = model.num_timesteps, time.perf_counter()
    while time.perf_counter() - began < seconds:
        model.learn(rollout, reset_num_timesteps=False)
    rate = (model.num_timesteps - before) / (time.perf_counter() - began)
    env.close()
    return rate


def show(name: str, config: TrainConfig, ours: list[float], theirs: dict[Setup, list[float]]) -> None:
    print(f"{name}; rollouts of {config.batch_size * config.ppo.steps} steps, medians of {len(ours)}\n")
    own = statistics.median(ours)
    rates = {setup: statistics.median(rates) for setup, rates in theirs.items()}
    best = {max((s for s in rates if s.updates == updates), key=lambda s: rates[s]) for updates in UPDATES}
    rows: list[tuple[object, ...]] = [(f"webfoot, {config.batch_size} robots", UPDATES[0], own, "")]
    for setup, rate in rates.items():
        label = f"SB3 PPO, {setup.kind} of {setup.count}, torch threads {setup.threads}"
        rows.append((label + " (best)" * (setup in best), setup.updates, rate, own / rate))
    print_table(("trainer", "updates", "training steps/s", "webfoot is faster by"), rows)


if __name__ == "__main__":
    main()
