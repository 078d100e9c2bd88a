"""Headers of every answer: what a browser may do with it."""

from flask import Response, request

POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "style-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    ]
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


BUILT = "/static/built/assets/"
FOREVER = "public, max-age=31536000, immutable"
"""Of files whose names change with what is in them."""
WAITING = (429, 503)
"""Answers that may say when to come back; Flask-Limiter says it on every one."""


def set_headers(response: Response) -> Response:
    """Add them where the view set none, and take away what belongs to other answers."""
    if response.status_code not in WAITING:
        response.headers.pop("Retry-After", None)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", POLICY)
    if request.path.startswith(BUILT) and response.status_code < 400:
        response.headers["Cache-Control"] = FOREVER
    elif request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
