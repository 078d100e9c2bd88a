"""TensorBoard asks for the curves of several runs by POST, without a CSRF token, though that changes nothing."""

import io
import re
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

MOST_BYTES = 1_000_000
"""Of such a question; it holds one tag and the names of some runs."""
QUESTION = re.compile(r"/tensorboard(/experiment/[^/]*)?/data/plugin/scalars/scalars_multirun")
ASKED = "webfoot.asked"
"""Where the question lies meanwhile; no client can put something there."""


class AskedByPost:
    """Before the application: turns this one question into a GET, as which it passes the gate and only reads."""

    def __init__(self, application: WSGIApplication):
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        length = environ.get("CONTENT_LENGTH", "")
        is_question = environ["REQUEST_METHOD"] == "POST" and QUESTION.fullmatch(environ.get("PATH_INFO", ""))
        if is_question and length.isdigit() and int(length) <= MOST_BYTES:
            body = environ["wsgi.input"].read(int(length))
            environ[ASKED] = body, environ.pop("CONTENT_TYPE", "")
            environ |= {"REQUEST_METHOD": "GET", "CONTENT_LENGTH": "0", "wsgi.input": io.BytesIO()}
        return self.application(environ, start_response)


def as_it_was(environ: WSGIEnvironment) -> dict[str, Any]:
    """The environment of a request as its client sent it."""
    restored = dict(environ)
    if ASKED in restored:
        body, kind = restored.pop(ASKED)
        restored |= {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
        restored["CONTENT_TYPE"] = kind
    return restored
