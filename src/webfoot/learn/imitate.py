"""A warm start for a policy without a clock: what a tracking policy does, learnt from what the pupil itself sees."""

import dataclasses
from dataclasses import dataclass

import torch
from tensordict import TensorDict
from torch import Tensor

from webfoot.learn.actor import SymmetricActor
from webfoot.task.history import History
from webfoot.task.walk import WalkTask

ROWS = 1024
FIRST_RATE, LAST_RATE_SHARE = 2e-3, 0.05


@dataclass(frozen=True)
class Lesson:
    """What a pupil would have seen, and what its teacher would have done, each (M, n)."""

    observation: Tensor
    action: Tensor


@torch.no_grad()
def teach(stage: WalkTask, teacher: SymmetricActor, pupil: WalkTask, steps: int, noise_rad: float) -> Lesson:
    """Let the teacher walk with noise on its servo targets, and write down what it would have done without.

    Noise leads off the path, the answers back to it. The pupil's actions are those that give the teacher's targets.
    Source: Laskey et al., "DART: Noise injection for robust imitation learning", 2017.

    Args:
        stage: where the teacher walks; its observation and actions are the teacher's.
        pupil: whose observation and actions the lesson is written in.
        noise_rad: standard deviation of the noise [rad].
    """
    seen, done = [], []
    last = torch.zeros_like(stage.state.action)
    limit, sees = stage.actions.limit, pupil.config
    memory = History(pupil.robot, sees.observation, sees.history, stage.num_envs, last.device)
    memory.restart(dataclasses.replace(stage.state, action=last), torch.arange(stage.num_envs, device=last.device))
    for _ in range(steps):
        state = stage.state
        mean = teacher.mean(stage.observe().actor).clamp(-limit, limit)
        noisy = (mean + noise_rad / stage.actions.scale * torch.randn_like(mean)).clamp(-limit, limit)
        targets = (stage.actions.target(action, state.reference.servo_target) for action in (mean, noisy))
        meant, sent = (pupil.actions.reaching(target) for target in targets)
        seen.append(memory.seen)
        done.append(meant)
        transition = stage.step(noisy)
        ended = transition.terminated | transition.truncated
        last = sent * ~ended[:, None]
        memory.push(dataclasses.replace(stage.state, action=last))
        memory.restart(dataclasses.replace(stage.state, action=last), ended.nonzero().squeeze(-1))
    return Lesson(torch.cat(seen), torch.cat(done))


def imitate(actor: SymmetricActor, lesson: Lesson, updates: int) -> float:
    """Fit the mean of a new policy to a lesson.

    Args:
        updates: each on a thousand rows.

    Returns:
        The mean squared error of the last update.
    """
    actor.train()
    actor.update_normalization(TensorDict({"actor": lesson.observation}, batch_size=[len(lesson.observation)]))
    optimiser = torch.optim.Adam(actor.mlp.parameters(), lr=FIRST_RATE, fused=True)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, LAST_RATE_SHARE, updates)
    error = lesson.action.new_zeros(())
    for _ in range(updates):
        rows = torch.randint(0, len(lesson.observation), (ROWS,), device=lesson.observation.device)
        error = (actor.mean(lesson.observation[rows]) - lesson.action[rows]).square().mean()
        optimiser.zero_grad()
        error.backward()
        optimiser.step()
        schedule.step()
    return float(error.detach())
