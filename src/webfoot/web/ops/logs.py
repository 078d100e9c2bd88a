"""Logs: one line a record on standard error, as JSON for machines or plain for people; secrets are hidden in both."""

import json
import logging
import re
import secrets
import sys
import threading
import time
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, get_args

from flask import Flask, Response, g, has_request_context, request

from webfoot.errors import ConfigError
from webfoot.web.ops.mask import mask

LogFormat = Literal["plain", "json"]
REQUEST_ID = "X-Request-ID"
SAFE_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)
SESSION = re.compile(r"\bsession (\d+)\b")
QUIET = ("/healthz", "/readyz", "/metrics")
"""Paths that are asked for every few seconds by machines; a success is not worth a line."""
log = logging.getLogger("webfoot.web.access")


def set_up_logs(form: str) -> None:
    """From now on this process logs to standard error, and nothing else does there.

    Raises:
        ConfigError: no such format.
    """
    if form not in get_args(LogFormat):
        raise ConfigError(f"log format is '{form}': one of {', '.join(get_args(LogFormat))} would be right")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else PlainLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for chatty in ("alembic", "apprise", "kombu", "amqp"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    sys.excepthook = _log_fault
    threading.excepthook = lambda fault: _log_fault(fault.exc_type, fault.exc_value, fault.exc_traceback)


def _log_fault(kind: type[BaseException], fault: BaseException | None, trace: TracebackType | None) -> None:
    logging.getLogger("webfoot").critical("a fault of ours", exc_info=(kind, fault or kind(), trace))


class PlainLines(logging.Formatter):
    """For people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        """The line, and a traceback below it where there is one."""
        return mask(super().format(record))


class JsonLines(logging.Formatter):
    """One JSON document a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The document; ids stand in it where they are known."""
        message = mask(record.getMessage())
        document = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message,
            **_ids(record, message),
        }
        if record.exc_info:
            document["exception"] = mask(self.formatException(record.exc_info))
        return json.dumps(document, ensure_ascii=False)


def _ids(record: logging.LogRecord, message: str) -> dict[str, Any]:
    """Which request, which training and which user a record is about."""
    told: dict[str, Any] = {}
    if has_request_context():
        told["request_id"] = request_id()
        told["user_id"] = getattr(g.get("_login_user"), "id", None)  # where the gate knows it; nobody is looked up here
        told["session_id"] = (request.view_args or {}).get("session_id")
    named = SESSION.search(message)
    if told.get("session_id") is None and named:
        told["session_id"] = int(named[1])
    told |= {name: getattr(record, name) for name in ("session_id", "user_id", "request_id") if hasattr(record, name)}
    return {name: value for name, value in told.items() if value is not None}


def request_id() -> str:
    """The id of the current request: the proxy's, where it gives a sane one, else ours."""
    if "request_id" not in g:
        given = request.headers.get(REQUEST_ID, "")
        g.request_id = given if SAFE_ID.fullmatch(given) else secrets.token_hex(8)
    return g.request_id


def log_requests(app: Flask) -> None:
    """One line for every answer; the query is left out, since it may hold what is nobody's business."""

    def begin() -> None:
        g.began = time.perf_counter()

    def end(response: Response) -> Response:
        response.headers.setdefault(REQUEST_ID, request_id())
        if response.status_code >= 400 or request.path not in QUIET:
            ms = 1000 * (time.perf_counter() - g.get("began", time.perf_counter()))
            log.info("%s %s %d %.1f ms", request.method, request.path, response.status_code, ms)
        return response

    app.before_request_funcs.setdefault(None, []).insert(0, begin)
    app.after_request(end)
