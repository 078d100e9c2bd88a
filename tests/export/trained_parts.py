"""The parts of a policy of the duckling before it has learnt anything."""

import torch

from webfoot.export.graph import PolicyGraph, freeze
from webfoot.learn.ppo import Ppo, PpoConfig
from webfoot.motion.bundled import bundled_path
from webfoot.motion.library import build_reference
from webfoot.motion.prepare import prepare
from webfoot.motion.read import read_motions
from webfoot.motion.reference import Reference
from webfoot.robots.spec import Robot
from webfoot.robots.table import load_robot
from webfoot.sim.cpu import CpuSim
from webfoot.sim.model import SimConfig
from webfoot.task.walk import TaskConfig, WalkTask
from webfoot.training import mirror_maps


def duckling_reference(*clips: str) -> tuple[Robot, Reference]:
    robot = load_robot("duckling")
    motions = [prepare(m, robot) for clip in clips for m in read_motions(bundled_path("duckling", clip), robot)]
    return robot, build_reference(motions, robot)


def untrained(
    config: TaskConfig | None = None, count: int = 6, of: tuple[Robot, Reference] | None = None, symmetric: bool = False
) -> tuple[WalkTask, PolicyGraph]:
    """A task after some random steps, and the graph of an actor whose outputs are not small."""
    torch.manual_seed(0)
    robot, reference = of or duckling_reference("walk", "turn_left")
    task = WalkTask(robot, reference, CpuSim(robot, SimConfig(), count, num_threads=1), config or TaskConfig(), 0)
    mirror = mirror_maps(robot, reference, task.config) if symmetric else None
    ppo = Ppo(task.observe(), robot.nu, PpoConfig(hidden_size=16), mirror)
    for _ in range(5):
        task.step(0.5 * torch.randn(count, robot.nu))
    actor = ppo.frozen_actor()
    with torch.no_grad():
        for parameter in actor.mlp.parameters():
            parameter.mul_(4.0)
    return task, freeze(PolicyGraph(actor, task))
