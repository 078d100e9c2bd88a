"""Where robots are simulated and policies learn: on the CPU, or on a GPU with the extra `gpu`."""

import importlib.util

import torch

from webfoot.errors import ConfigError
from webfoot.robots.spec import Robot
from webfoot.sim.batch import BatchSim
from webfoot.sim.cpu import CpuSim
from webfoot.sim.ground import Ground
from webfoot.sim.model import SimConfig

EXTRA = ("warp", "mujoco_warp")
"""Packages that the extra `gpu` brings."""


def check_device(device: str) -> None:
    """Make sure that a training can run there.

    Raises:
        ConfigError: the extra is not installed, or there is no GPU that torch can use.
    """
    if device == "cpu":
        return
    if not has_warp():
        raise ConfigError(f"option --device is '{device}': MuJoCo Warp is not installed; pip install 'webfoot[gpu]'")
    if not torch.cuda.is_available():
        raise ConfigError(
            f"option --device is '{device}': torch finds no GPU here; leave it out, or use a machine with an NVIDIA "
            "GPU and a build of torch for CUDA"
        )


def has_warp() -> bool:
    """Whether the extra `gpu` is installed."""
    return all(importlib.util.find_spec(package) is not None for package in EXTRA)


def make_sim(device: str, robot: Robot, config: SimConfig, num_envs: int, ground: Ground | None = None) -> BatchSim:
    """N robots on a device, on a level floor or on uneven ground.

    Raises:
        ConfigError: that device is not to be had here, or not with uneven ground.
        RobotError: the robot cannot be simulated there.
    """
    if device == "cpu":
        return CpuSim(robot, config, num_envs, ground=ground)
    check_device(device)
    if ground is not None:
        raise ConfigError("randomize.unevenness_m is not 0: the GPU has a level floor only; set it to 0 or use the cpu")
    from webfoot.sim.warp import WarpSim  # the extra `gpu`

    return WarpSim(robot, config, num_envs, device)
