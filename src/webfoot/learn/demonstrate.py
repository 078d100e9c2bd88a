"""Demonstrations: what a tracking policy does in simulation, which unlike a clip is physically possible.

A clip is drawn; its robot does not slip, sag or push off, and an adversary tells it from any simulated robot by that.
"""

import torch
from torch import Tensor

from webfoot.learn.actor import SymmetricActor
from webfoot.task.style import style_features
from webfoot.task.walk import WalkTask


@torch.no_grad()
def demonstrate(task: WalkTask, actor: SymmetricActor, steps: int) -> Tensor:
    """Let the actor walk, without exploration.

    Returns:
        Style features of the robots that neither fell nor began a new episode, shape (R, steps + 1, d).
    """
    frames = [style_features(task.state)]
    whole = torch.ones(task.num_envs, dtype=torch.bool)
    for _ in range(steps):
        transition = task.step(actor.mean(task.observe().actor))
        frames.append(style_features(transition.after))
        whole &= ~(transition.terminated | transition.truncated)
    return torch.stack(frames, dim=1)[whole]
