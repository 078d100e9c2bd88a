"""What goes wrong becomes one answer: `{"error": sentence, "code": status}`, or a page that says the same."""

import logging
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from apiflask import HTTPError
from flask import current_app, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError
from werkzeug.exceptions import HTTPException

from webfoot.errors import WebfootError
from webfoot.web.services.access import Forbidden, NotFound
from webfoot.web.services.quota import OverQuota
from webfoot.web.states import WrongState
from webfoot.web.uploads.error import FULL, NoRoom, TooLarge
from webfoot.web.uploads.turns import Busy

log = logging.getLogger(__name__)

STATUS: dict[type[WebfootError], int] = {
    NotFound: 404,
    Forbidden: 403,
    OverQuota: 429,
    WrongState: 409,
    TooLarge: 413,
    NoRoom: 507,
    Busy: 503,
}
"""Of what kind a mistake is; every other one is 400."""


def status_of(error: WebfootError) -> int:
    """HTTP status of a user's mistake."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 400)


def wants_page() -> bool:
    """Whether a person looks at the answer, not a program."""
    if request.path.startswith("/api/") or request.is_json or "Authorization" in request.headers:
        return False
    best = request.accept_mimetypes.best_match(["application/json", "text/html"])
    return best == "text/html" and request.accept_mimetypes["text/html"] > request.accept_mimetypes["application/json"]


def answer(status: int, sentence: str, **details: Any) -> ResponseReturnValue:
    """The one shape of an error."""
    if status == HTTPStatus.UNAUTHORIZED and (wants_page() or "HX-Request" in request.headers):
        return _to_login()
    if wants_page():  # without context processors: they ask the database who is logged in, and it may be away
        page = current_app.jinja_env.get_template("error.html")
        return page.render(status=status, sentence=sentence), status
    return {"error": sentence, "code": status, **details}, status


def _to_login() -> ResponseReturnValue:
    """To the login, and from there back. A page that htmx asks for a part of it goes there as a whole."""
    if "HX-Request" not in request.headers:
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
    shown = urlsplit(request.headers.get("HX-Current-URL", ""))
    back = f"{shown.path}?{shown.query}".rstrip("?") or "/"
    return "", HTTPStatus.UNAUTHORIZED, {"HX-Redirect": url_for("security.login", next=back)}


def on_mistake(error: WebfootError) -> ResponseReturnValue:
    """A mistake in what the user gave, in the core's own sentence."""
    response = make_response(answer(status_of(error), str(error)))
    if isinstance(error, Busy):
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def on_http(error: HTTPException) -> ResponseReturnValue:
    """A page that is not there, a method that is not allowed and such."""
    if error.response is not None:
        return error.response  # pyright: ignore[reportReturnType]
    code, said = error.code or 500, error.description or error.name
    if code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        most = (request.max_content_length or 0) / 1e6
        said = f"the request is too large: {most:g} MB may be sent here, and less in a form's fields; send less at once"
    elif code == HTTPStatus.TOO_MANY_REQUESTS:
        said = f"too many requests: {said} are allowed; wait a while"
    return answer(code, said)


def on_csrf(error: CSRFError) -> ResponseReturnValue:
    """A form that was open too long, or was sent by another page."""
    return answer(400, f"{error.description} Reload the page and send it again.")


def on_invalid(error: HTTPError) -> ResponseReturnValue:
    """A request whose fields are not of the documented shape."""
    fields = {
        name: why for part in (error.detail or {}).values() if isinstance(part, dict) for name, why in part.items()
    }
    if error.status_code != HTTPStatus.UNPROCESSABLE_ENTITY or not fields:
        return answer(error.status_code, error.message)
    name, why = next(iter(fields.items()))
    reason = why[0] if isinstance(why, list) and why else why
    return answer(422, f"field '{name}': {reason}", fields=fields)


def on_conflict(error: IntegrityError) -> ResponseReturnValue:
    """Two requests wanted the same at the same moment; the other one has it."""
    log.warning("a request came second: %s", str(error.orig).strip())
    return answer(HTTPStatus.CONFLICT, "the same was made at the same moment by another request; look, and try again")


def on_database(error: DBAPIError) -> ResponseReturnValue:
    """The database is locked or away: nothing was written."""
    log.warning("the database cannot be reached: %s", str(error.orig).strip())
    sentence = "the database cannot be reached now, and nothing was changed; try again in a while"
    response = make_response(answer(HTTPStatus.SERVICE_UNAVAILABLE, sentence))
    response.headers["Retry-After"] = "5"
    return response


def on_fault(error: Exception) -> ResponseReturnValue:
    """A fault of ours; what it was stands in the log."""
    if isinstance(error, OSError) and error.errno in FULL:
        log.error("no room on the disk in %s %s", request.method, request.path)
        return answer(HTTPStatus.INSUFFICIENT_STORAGE, "the disk of the service is full; free some room and try again")
    log.exception("a fault in %s %s", request.method, request.path, exc_info=error)
    return answer(500, "a fault of ours; it stands in the log of the service")
