"""Sends one alert in a process of its own: `python -m webfoot.web.alerts.courier`, a JSON document on standard input.

Here is the wall of which `addresses` speaks. An audit hook of the interpreter, which nothing can take off again, sees
every connection with the very address that the operating system is about to be given, after all names are resolved:
what was checked is what is connected to, whatever Apprise, requests or a redirect made of the address. The hook also
refuses other programs and datagrams. That cannot be done to the service's own process, which has its database to talk
to; hence a process for each alert, which can also be ended when it takes too long.
"""

import json
import logging
import re
import resource
import sys
from typing import Any

import apprise

from webfoot.web.alerts.addresses import refusal
from webfoot.web.alerts.made import MALFORMED, load, make

MEMORY_BYTES = 1024**3
"""Address space; sending an e-mail takes a quarter. A server may answer with more than anyone wants to read."""

FORBIDDEN = frozenset(
    {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "pty.spawn"}
    | {"socket.bind", "socket.sendto", "ctypes.dlopen"}
)
"""Audit events of the standard library: https://docs.python.org/3/library/audit_events.html"""


class Guard:
    """An audit hook that lets sockets be connected to allowed addresses only, and remembers what it refused."""

    def __init__(self, allow_private: bool):
        self.allow_private = allow_private
        self.refused: list[str] = []

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Let an event happen, or raise PermissionError."""
        reason = None
        if event == "socket.connect":
            reason = self._refusal(arguments[1])
        elif event in FORBIDDEN or (event == "socket.sendmsg" and arguments[1] is not None):
            reason = f"{event} is forbidden"
        if reason:
            self.refused.append(reason)
            raise PermissionError(reason)

    def _refusal(self, address: object) -> str | None:
        if not isinstance(address, tuple) or not isinstance(address[0], str):
            return "only internet addresses are allowed"
        try:
            return refusal(address[0], self.allow_private)
        except ValueError:
            return f"'{address[0]}' is not resolved yet"


class Answers(logging.Handler):
    """Keeps the HTTP status out of what Apprise logs; the rest may hold secrets and is dropped."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.statuses: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Take note of a status."""
        self.statuses += re.findall(r"\berror=(\d{3})\b", record.getMessage())


def deliver(url: str, title: str, body: str, allow_private: bool) -> str | None:
    """Send an alert from this process, which can do little else from now on; why it failed, or None."""
    answers = Answers()
    load(answers)  # now: the guard would not let plug-ins load libraries
    guard = Guard(allow_private)
    sys.addaudithook(guard)
    _lower_limits()
    service = make(url)
    if service is None:
        return MALFORMED
    if service.notify(body=body, title=title, body_format=apprise.NotifyFormat.TEXT):
        return None
    if guard.refused:
        return f"it leads inside: {guard.refused[0]}; give a host that the whole internet can reach"
    if answers.statuses:
        return f"the server answered with HTTP status {answers.statuses[-1]}; check the address and its token"
    return "the server could not be reached, or did not take it; check host, port, user and password"


def _lower_limits() -> None:
    for kind, most in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        allowed = resource.getrlimit(kind)[1]
        most = most if allowed == resource.RLIM_INFINITY else min(most, allowed)  # a lower limit cannot be raised
        resource.setrlimit(kind, (most, most))


def main() -> int:
    """0 where the alert was sent; else 1, and the reason on standard output."""
    reason = deliver(**json.load(sys.stdin))
    sys.stdout.write(reason or "")
    return 1 if reason else 0


if __name__ == "__main__":
    sys.exit(main())
