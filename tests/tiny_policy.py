"""A contract small enough to compute by hand, and a network that fits it."""

from datetime import UTC, datetime

import torch

NU = 2
OBS_SIZE = 21
DEFAULT_POS = (0.1, -0.2)
LOWER, UPPER = (-1.0, -1.5), (1.0, 1.5)
SCALE = (0.5, 0.25)


def term(name, start, stop, initial, **other):
    fields = {"frame": "base", "unit": "1", "definition": f"the {name}", "scale": 1.0, "history": 1}
    return {"name": name, "start": start, "stop": stop, "initial": initial, **fields, **other}


def contract_dict():
    """A contract of two joints as plain JSON values: joint_pos and last_action with a history of two."""
    return {
        "schema": "webfoot-contract/1",
        "name": "tiny",
        "created": datetime(2026, 11, 22, tzinfo=UTC).isoformat(),
        "method": "tracking",
        "versions": {"webfoot": "0.1.0", "torch": "2.13.0", "mujoco": "3.14.0"},
        "hashes": {"motion": ["a" * 64], "robot": "b" * 64, "config": "c" * 64},
        "robot": {"name": "hopper", "base_body": "trunk", "mjcf_file": "hopper.xml", "mass_kg": 1.5,
                  "quaternion_order": "wxyz"},
        "control": {"control_dt": 0.02, "physics_dt": 0.005},
        "joints": {
            "names": ["hip", "knee"], "default_pos": list(DEFAULT_POS), "lower": list(LOWER), "upper": list(UPPER),
            "kp": [13.37, 13.37], "kd": [0.1, 1 / 3], "torque_limit": [3.23, 3.23], "velocity_limit": [5.24, 5.24],
        },
        "action": {"size": NU, "scale": list(SCALE), "clip": [-1.0, 1.0], "base": "default", "rate_limit": None},
        "phase": {"period_s": 0.05, "initial": 0.25, "definition": "0 at the left foot's touch-down"},
        "command": {"names": ["vx", "vy", "wz"], "lower": [-0.1, 0.0, -1.0], "upper": [0.2, 0.0, 1.0],
                    "default": [0.1, 0.0, 0.0], "units": ["m/s", "m/s", "rad/s"], "rate": None},
        "observation": {"size": OBS_SIZE, "terms": [
            term("gyro", 0, 3, [0.0] * 3, scale=0.5),
            term("projected_gravity", 3, 6, [0.0, 0.0, -1.0]),
            term("joint_pos", 6, 10, [0.7, 0.8], history=2, scale=2.0),
            term("joint_vel", 10, 12, [0.0] * 2, scale=0.1),
            term("last_action", 12, 16, [0.0, 0.5], history=2),
            term("phase", 16, 18, [1.0, 0.0]),
            term("command", 18, 21, [0.0] * 3),
        ]},
        "reset": {"settle_s": 0.5, "joint_pos": list(DEFAULT_POS), "definition": "standing still in the default pose"},
        "golden": [],
        "limits": {"survival": {"limit": 0.95, "reached": None, "unit": ""}},
    }  # fmt: skip


class TinyPolicy(torch.nn.Module):
    """actions = clip(W obs + b); target = clip(default + scale * actions)."""

    def __init__(self, seed=0):
        super().__init__()
        self.linear = torch.nn.Linear(OBS_SIZE, NU)
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            self.linear.weight.copy_(0.2 * torch.randn(NU, OBS_SIZE, generator=generator))
            self.linear.bias.zero_()
        for name, values in (("default", DEFAULT_POS), ("scale", SCALE), ("lower", LOWER), ("upper", UPPER)):
            self.register_buffer(name, torch.tensor(values))

    def forward(self, obs):
        actions = self.linear(obs).clip(-1.0, 1.0)
        target = self.default + self.scale * actions
        return actions, torch.maximum(torch.minimum(target, self.upper), self.lower)
