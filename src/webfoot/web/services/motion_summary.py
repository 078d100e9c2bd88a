"""`summary`: what lists show of a motion, taken out of its report when it arrives."""

import math
from typing import Any

from webfoot.web.services.sources import FOR_ROBOT


def summary(report: dict[str, Any]) -> dict[str, Any]:
    """Columns of a `MotionVersion`: robot, number of clips, score of the worst clip, and duration of all [s]."""
    clips = report.get("clips", [])
    scores = [clip["score"]["value"] for clip in clips if "score" in clip]
    lengths = [clip["metrics"]["duration_s"] for clip in clips if "duration_s" in clip.get("metrics", {})]
    return {
        "for_robot": report.get(FOR_ROBOT, ""),
        "clip_count": max(1, len(clips)),
        "score": min(scores, default=None),
        "duration_s": math.fsum(lengths) if lengths else None,
    }
