"""`send`: one alert to one address of a user, through Apprise."""

import json
import os
import subprocess
import sys

from webfoot.web.alerts.addresses import Resolver, check_destination, system_resolver
from webfoot.web.alerts.schemes import AlertError

TIME_LIMIT_S = 20.0
"""Apprise waits 4 s for a connection and 4 s for each answer; an e-mail needs about six answers."""
MOST_TITLE = 200
MOST_BODY = 10_000

_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "PYTHONPATH", "SSL_CERT_FILE", "SSL_CERT_DIR")
_PASSED_ON_TOO = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "LD_LIBRARY_PATH", "VIRTUAL_ENV")


def send(
    url: str,
    title: str,
    body: str,
    allow_private: bool,
    resolve: Resolver = system_resolver,
    limit_s: float = TIME_LIMIT_S,
) -> None:
    """Send an alert, and wait until it is taken.

    Args:
        url: an Apprise address whose scheme is in `SCHEMES`; it holds secrets, and no message or log shows it.
        title: one line; line breaks become spaces.
        body: plain text.
        allow_private: whether it may go to a private address.

    Raises:
        AlertError: the address cannot be used or is not allowed, or the alert was not taken in time.
        UnknownName: the scheme is not allowed.
    """
    destination = check_destination(url, allow_private, resolve)
    order = {"url": url, "title": _one_line(title), "body": _plain(body), "allow_private": allow_private}
    try:
        ended = subprocess.run(
            [sys.executable, "-B", "-P", "-m", "webfoot.web.alerts.courier"],
            input=json.dumps(order),  # not an argument: those can be seen by everyone on the machine
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            text=True,
            timeout=limit_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise AlertError(
            f"{destination.target.masked}: the alert was not taken within {limit_s:g} s; check host and port"
        ) from None
    except OSError as error:
        raise AlertError(f"{destination.target.masked}: no process could be started ({error.strerror})") from None
    if ended.returncode:
        reason = ended.stdout or "it could not be sent; check the address"
        raise AlertError(f"{destination.target.masked}: {reason}")


def _environment() -> dict[str, str]:
    """Neither the service's secrets, nor a proxy behind which addresses cannot be checked, nor stored passwords."""
    kept = {name: os.environ[name] for name in (*_PASSED_ON, *_PASSED_ON_TOO) if name in os.environ}
    return {**kept, "NO_PROXY": "*", "NETRC": os.devnull}


def _one_line(text: str) -> str:
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(shown.split())[:MOST_TITLE]


def _plain(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")[:MOST_BODY]
    return "".join(sign if sign.isprintable() or sign in "\n\t" else " " for sign in lines)
