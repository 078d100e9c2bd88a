"""Profile of mjlab and BeyondMimic: `obs` [1, n] to `actions` [1, nu], its metadata keys verbatim.

    target = default_joint_pos + action_scale * action

Terms go by mjlab's names; `phase` is ours, mjlab has no such term. Nothing is clipped there, so the graph does it.
Source: mjlab 1.6, `rl/exporter_utils.py` and its velocity task.
"""

from webfoot.export.contract import Contract
from webfoot.export.mjlab import mjlab_metadata
from webfoot.export.profiles.adapt import adapt
from webfoot.export.profiles.convention import Clock
from webfoot.export.profiles.managed import managed_convention

NAMES = {"gyro": "base_ang_vel", "last_action": "actions"}
"""mjlab's names of terms that have another one here."""


def files(data: bytes, contract: Contract, metadata: dict[str, str]) -> dict[str, bytes]:
    """The files of the profile, by their names."""
    keys = mjlab_metadata(contract)
    keys["observation_names"] = ",".join(NAMES.get(name, name) for name in keys["observation_names"].split(","))
    convention = managed_convention(contract, clips=False, clock=Clock())
    return {"policy.onnx": adapt(data, contract, convention, {**keys, **metadata})}
