"""What a training left behind, read from its run folder."""

import json
from pathlib import Path
from typing import Any

from webfoot.runs import Run


def read_report(folder: Path) -> dict[str, Any] | None:
    """The verdict; None where there is none, or none that can be read."""
    try:
        document = json.loads(Run(folder).report_file.read_bytes())
    except (OSError, json.JSONDecodeError):
        return None
    return document if isinstance(document, dict) else None
