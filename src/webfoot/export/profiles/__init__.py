"""`PROFILES`: other programs that run our policies, and `write_profile`."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from webfoot.errors import PolicyError, UnknownName, WebfootError
from webfoot.export.atomic import write_atomically
from webfoot.export.contract import Contract, parse_contract
from webfoot.export.profiles import mjlab, open_duck, unitree
from webfoot_runtime.policy import OnnxPolicy
from webfoot_runtime.session import read_policy_bytes

OWN = "webfoot"


@dataclass(frozen=True)
class Profile:
    """One program that runs policies."""

    what: str
    """Who reads the files, a few words."""
    files: Callable[..., dict[str, bytes]]
    """Content of every file by its name, from our policy file, its contract, and what is said beside the graph."""


def _own(data: bytes, contract: Contract, metadata: dict[str, str]) -> dict[str, bytes]:
    return {"policy.onnx": data}


PROFILES: dict[str, Profile] = {
    OWN: Profile("this project's runtime, and whoever reads the contract", _own),
    "mjlab": Profile("mjlab and BeyondMimic", mjlab.files),
    open_duck.RAW.name: Profile(
        "Open Duck Mini's runtime that sends the raw accelerometer", partial(open_duck.files, layout=open_duck.RAW)
    ),
    open_duck.GRAVITY.name: Profile(
        "Open Duck Mini's runtime that sends gravity", partial(open_duck.files, layout=open_duck.GRAVITY)
    ),
    "unitree": Profile("unitree_rl_lab's controller", unitree.files),
}
"""By the name that --profile takes."""


def write_profile(policy_file: str | Path, profile: str, out: str | Path) -> list[Path]:
    """Write a policy as another program reads it.

    Args:
        policy_file: a policy of ours.
        profile: a name in `PROFILES`.
        out: folder for the files; made where it is not there.

    Returns:
        The files.

    Raises:
        UnknownName: no such profile.
        PolicyError: not a policy, or not one that this program can run.
        WebfootError: the folder cannot be written to.
    """
    if profile not in PROFILES:
        raise UnknownName("profile", profile, PROFILES)
    policy_file, out = Path(policy_file), Path(out)
    data = read_policy_bytes(policy_file)
    contract = parse_contract(OnnxPolicy(policy_file, data=data).contract_text, policy_file.name)
    said = {"webfoot_profile": profile, "webfoot_policy_sha256": hashlib.sha256(data).hexdigest()}
    try:
        files = PROFILES[profile].files(data, contract, metadata=said)
    except PolicyError as error:
        raise PolicyError(f"{policy_file.name}: {error}") from None
    written = []
    for name, content in files.items():
        path = out / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WebfootError(f"{out}: cannot be made ({error.strerror}); give another folder") from None
        write_atomically(path, content)
        written.append(path)
    return written
