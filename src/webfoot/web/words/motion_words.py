"""`explained`: an inspection's report for people: a verdict, sentences, and cures that a button can apply."""

import math
import re
from typing import Any

from webfoot.counted import counted

MOST_REMARKS = 40
MOST_CLIPS = 500
SPEED_SHARE = 0.95
"""A clip that is slowed down stays below this share of its servos' speed, as `webfoot motion augment` has it."""
STEP = 0.05
"""Factors are rounded down to this: 0.7 is said more easily than 0.7182."""
SLOWEST = 0.1
ORDER = {"error": 0, "warning": 1, "info": 2}
BUTTONS = (
    (re.compile(r"motion repair --fix-joints"), "“Repair the joints”"),
    (re.compile(r"motion repair"), "“Repair”"),
    (re.compile(r" \(motion augment --speed\)"), ""),
    (re.compile(r"\(clip_speed\)"), "(the option prepare.clip_speed)"),
    (re.compile(r"motion generate --step-height"), "webfoot motion generate --step-height"),
)
"""What the command line calls its commands, and what the page calls the buttons that do the same."""


def explained(report: dict[str, Any], robot: str, clip: str | None, *, can_mend: bool) -> dict[str, Any]:
    """A report as `Inspection` has it, less whose it is.

    Args:
        report: of a motion, as it is kept.
        robot: what the robot is called.
        clip: the one clip that is meant; None: all.
        can_mend: whether the motion may be mended by who reads it.
    """
    clips = [known for known in report["clips"] if clip in (None, known["name"])]
    found = [(known["name"], finding) for known in clips for finding in known["findings"]]
    remarks = _remarks(found, can_mend, len(clips) > 1)
    usable = all(known["usable"] for known in clips)
    worst = min(clips, key=lambda known: known["score"]["value"])
    return {
        "verdict": "unfit" if not usable else "remarks" if _warnings(remarks) else "fit",
        "sentence": _sentence(usable, clips, remarks, robot),
        "score": worst["score"]["value"],
        "reasons": sorted(worst["score"]["parts"], key=lambda part: part["value"]),
        "facts": _facts(clips),
        "remarks": remarks[:MOST_REMARKS],
        "clips": [known["name"] for known in clips[:MOST_CLIPS]] if len(clips) > 1 else [],
        "clip_count": len(clips),
    }


def _warnings(remarks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [remark for remark in remarks if remark["severity"] != "info"]


def _sentence(usable: bool, clips: list[dict[str, Any]], remarks: list[dict[str, Any]], robot: str) -> str:
    what = "This motion" if len(clips) == 1 else f"This library of {len(clips)} clips"
    if not usable:
        bad = sum(not known["usable"] for known in clips)
        which = "" if len(clips) == 1 else f" {counted(bad, 'clip')} of it cannot be used; leave them out."
        return f"{what} cannot be trained on with {robot}.{which}"
    said = _warnings(remarks)
    if said:
        return f"{what} can be trained on with {robot}; {counted(len(said), 'remark')} below."
    return f"{what} fits {robot}: nothing speaks against training on it."


def _remarks(found: list[tuple[str, dict[str, Any]]], can_mend: bool, is_library: bool) -> list[dict[str, Any]]:
    """Worst first. What has one cure is one remark: the same of other joints stands beside it.

    Of a library, findings of one kind are one remark, that of the first clip that has it.
    """
    slower = slowing(finding for _, finding in found)
    told: dict[tuple[str, ...], dict[str, Any]] = {}
    clips: dict[tuple[str, ...], set[str]] = {}
    for clip, finding in sorted(found, key=lambda one: -_excess(one[1])):
        key = (finding["code"], finding["severity"]) + (() if is_library else (finding["cure"],))
        clips.setdefault(key, set()).add(clip)
        if key in told:
            if clip == told[key]["clip"]:
                told[key]["others"].append(_capital(finding["message"]))
            continue
        told[key] = {
            "code": finding["code"],
            "severity": finding["severity"],
            "message": _capital(finding["message"]),
            "others": [],
            "cure": _capital(_for_buttons(finding["cure"])),
            "clip": clip,
            "cures": _cures(finding, slower, can_mend),
        }
    remarks = [remark | {"clips": len(clips[key])} for key, remark in told.items()]
    return sorted(remarks, key=lambda remark: ORDER[remark["severity"]])


def _excess(finding: dict[str, Any]) -> float:
    """By how much a number is above its limit; 1 where that says nothing."""
    value, limit = finding.get("value"), finding.get("limit")
    return abs(value / limit) if value and limit else 1.0


def slowing(findings: Any) -> float | None:
    """The factor at which no joint is faster than its servo any more; None where none is."""
    speeds = [finding for finding in findings if finding["code"] == "servo_speed"]
    shares = [SPEED_SHARE * f["limit"] / f["value"] for f in speeds if f["value"] and f["limit"]]
    if not shares:
        return None
    return max(SLOWEST, math.floor(min(shares) / STEP + 1e-9) * STEP)


def _cures(finding: dict[str, Any], slower: float | None, can_mend: bool) -> list[dict[str, Any]]:
    cures: list[dict[str, Any]] = []
    if finding["code"] == "servo_speed":
        if can_mend and slower is not None:
            cures.append({"label": f"Slow it to {slower:.2g}×", "mend": {"speed": round(slower, 2)}})
        cures.append({"label": "Shrink it in preparation", "option": {"prepare.clip_speed": True}})
    elif can_mend and "--fix-joints" in finding["cure"]:
        cures.append({"label": "Repair the joints", "mend": {"fix_joints": True}})
    elif can_mend and "motion repair" in finding["cure"]:
        cures.append({"label": "Repair", "mend": {"repair": True}})
    return cures


def _for_buttons(cure: str) -> str:
    for command, button in BUTTONS:
        cure = command.sub(button, cure)
    return cure


def _capital(sentence: str) -> str:
    whole = sentence[:1].upper() + sentence[1:]
    return whole if whole.endswith((".", "?", "!")) else f"{whole}."


def _facts(clips: list[dict[str, Any]]) -> list[dict[str, str]]:
    numbers = [known["metrics"] for known in clips]
    if len(clips) > 1:
        lengths = math.fsum(number.get("duration_s") or 0.0 for number in numbers)
        return [{"label": "Clips", "value": str(len(clips))}, {"label": "Duration", "value": f"{lengths:.0f} s"}]
    one = numbers[0]
    facts = {
        "Walks": walk_words(one.get("command_vx_ms"), one.get("command_vy_ms"), one.get("command_wz_rads")),
        "Stride": _number(one.get("stride_m"), 100, "cm", ".1f"),
        "Period": _number(one.get("period_s"), 1, "s", ".2f"),
        "Duration": _number(one.get("duration_s"), 1, "s", ".2f"),
        "Frames": f"{one['frames']:.0f} at {one['fps']:g} Hz" if one.get("frames") and one.get("fps") else None,
        "Fastest joint": _number(one.get("servo_speed_share"), 100, "% of its servo", ".0f"),
    }
    return [{"label": label, "value": value} for label, value in facts.items() if value]


def walk_words(vx: float | None, vy: float | None, wz: float | None) -> str | None:
    """A velocity command in words: 'forwards at 0.10 m/s, turning left at 0.50 rad/s'."""
    if vx is None or vy is None or wz is None:
        return None
    ways = [
        (vx, ("forwards", "backwards"), "m/s", 0.005),
        (vy, ("to the left", "to the right"), "m/s", 0.005),
        (wz, ("turning left", "turning right"), "rad/s", 0.02),
    ]
    said = [
        f"{names[value < 0]} at {abs(value):.2f} {unit}" for value, names, unit, least in ways if abs(value) > least
    ]
    return ", ".join(said) or "on the spot"


def _number(value: float | None, factor: float, unit: str, form: str) -> str | None:
    return None if value is None else f"{factor * value:{form}} {unit}"
