"""`Finding`: one line of what the doctor says."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, and what would help where it is not well."""

    name: str
    status: Literal["ok", "warning", "wrong"]
    detail: str
    cure: str = ""


def ok(name: str, detail: str) -> Finding:
    """It is well."""
    return Finding(name, "ok", detail)


def warning(name: str, detail: str, cure: str) -> Finding:
    """It works, and could be better."""
    return Finding(name, "warning", detail, cure)


def wrong(name: str, detail: str, cure: str) -> Finding:
    """It does not work."""
    return Finding(name, "wrong", detail, cure)
