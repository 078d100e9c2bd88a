"""`entry`: the tags by which a page loads a part of the front end, as its build has named the files."""

import json
import logging
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, url_for
from markupsafe import Markup

BUILT = Path(__file__).parent / "static" / "built"
MANIFEST = BUILT / "manifest.json"
"""Which file holds what: https://vite.dev/guide/backend-integration.html."""
log = logging.getLogger(__name__)


def entry(name: str) -> Markup:
    """Style sheets, script and what it imports, of `frontend/src/pages/NAME.ts`; nothing where it is not built."""
    chunks = _manifest()
    first = chunks.get(f"src/pages/{name}.ts")
    if first is None:
        return Markup("")
    needed = _with_imports(chunks, first)
    styles = dict.fromkeys(file for chunk in needed for file in chunk.get("css", []))
    tags = [Markup('<link rel="stylesheet" href="{}">').format(_address(file)) for file in styles]
    tags += [Markup('<link rel="modulepreload" href="{}">').format(_address(chunk["file"])) for chunk in needed[1:]]
    tags.append(Markup('<script type="module" src="{}"></script>').format(_address(first["file"])))
    return Markup("\n    ").join(tags)


def offer_entries(app: Flask) -> None:
    """Let templates call `entry`; say it where the front end is not built."""
    if not _manifest():
        log.warning("the pages are not built, so they have no style and no curves: run `make frontend`")
    app.jinja_env.globals["entry"] = entry


def _address(file: str) -> str:
    return url_for("static", filename=f"built/{file}")


def _with_imports(chunks: dict[str, Any], first: dict[str, Any]) -> list[dict[str, Any]]:
    """A chunk and all that it imports, whatever imports whatever."""
    found = [first]
    for chunk in found:
        found += [chunks[key] for key in chunk.get("imports", []) if chunks[key] not in found]
    return found


@cache
def _read(modified_ns: int) -> dict[str, Any]:
    return json.loads(MANIFEST.read_text(encoding="utf-8"))


def _manifest() -> dict[str, Any]:
    """The manifest as it is now: a build while the service runs shows at the next page."""
    try:
        return _read(MANIFEST.stat().st_mtime_ns)
    except FileNotFoundError:
        return {}
