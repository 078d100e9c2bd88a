"""Demonstrations: what a tracking policy does in simulation, which unlike a clip is physically possible.

A clip is drawn; its robot does not slip, sag or push off, and an adversary tells it from any simulated robot by that.
"""

import torch
from torch import Tensor

from webfoot.learn.actor import SymmetricActor
from webfoot.task.style import style_features
from webfoot.task.walk import WalkTask

LASTING_SHARE = 0.5
"""Demonstrations are cut to what this share of the robots walk without a fall."""


@torch.no_grad()
def demonstrate(task: WalkTask, actor: SymmetricActor, steps: int) -> Tensor:
    """Let the actor walk, without exploration.

    Returns:
        Style features of the robots that lasted, shape (R, T, d), R at least half of them, T at most steps + 1:
        as long as R neither fell nor began a new episode.
    """
    frames = [style_features(task.state)]
    lasting = [torch.ones(task.num_envs, dtype=torch.bool, device=task.sim.device)]
    for _ in range(steps):
        transition = task.step(actor.mean(task.observe().actor))
        frames.append(style_features(transition.after))
        lasting.append(lasting[-1] & ~(transition.terminated | transition.truncated))
    lasts = torch.stack(lasting)  # (T, N)
    long = int((lasts.float().mean(dim=1) >= LASTING_SHARE).sum())
    return torch.stack(frames[:long], dim=1)[lasts[long - 1]]
