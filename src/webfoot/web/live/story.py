"""What stands beside the curves of a run: which there are, when each iteration was told, and its alerts."""

from pathlib import Path
from typing import Any

import numpy as np

from webfoot.web.live.series import CACHE, SeriesCache

MOST_TIMES = 2000


def story_of(path: Path, since: int | None = None, cache: SeriesCache = CACHE) -> dict[str, Any]:
    """What a monitor needs beside `metrics_of`, which reads the log first: this is of that look.

    Args:
        path: event log of the run.
        since: iteration behind which times and alerts are wanted, all if None.
        cache: where curves are kept between calls.

    Returns:
        `names` of all curves; `times`: `epochs` and `values`, seconds since 1970, at most 2,000 and evenly spread;
        `alerts`: what the rules of health said, with `iteration`, `time`, `rule` and `text`, which begins with the
        severity or with "cleared".
    """
    series = cache.of(path)
    (iterations, times), words = series.said()
    kept = np.flatnonzero((iterations > (-1 if since is None else since)) & np.isfinite(times))
    if len(kept) > MOST_TIMES:
        kept = kept[np.linspace(0, len(kept) - 1, MOST_TIMES).round().astype(np.int64)]
    return {
        "names": series.names,
        "times": {"epochs": iterations[kept].tolist(), "values": times[kept].tolist()},
        "alerts": [
            {"iteration": said.iteration, "time": said.time_s, "rule": said.rule, "text": said.text}
            for said in words
            if np.isfinite(said.time_s) and (since is None or said.iteration > since)
        ],
    }
