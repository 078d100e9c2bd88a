"""`listen`: the socket on which the service answers, and what its address is called."""

import errno
import ipaddress
import socket

from webfoot.errors import WebfootError

BACKLOG = 2048
"""Connections that wait while the web process is started again."""


class AddressError(WebfootError):
    """An address on which the service cannot answer."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one.

    Raises:
        AddressError: no such address here, or one that is taken.
    """
    if not 0 <= port <= 65535:
        raise AddressError(f"option --port is {port}: a whole number from 0 to 65535 would be right")
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError):
        raise AddressError(f"option --host is '{host[:80]}', which is no address; 127.0.0.1 would be right") from None
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(place)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise AddressError(_refusal(host, port, error)) from None
    return listener


def _refusal(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is taken already; stop what answers there, or give another --port"
    if error.errno == errno.EACCES:
        return f"port {port} of {host} may be used by the system only; give a --port from 1024, behind a proxy"
    return f"this machine cannot answer at {host} ({error.strerror}); --host 127.0.0.1 would be right"


def address_of(listener: socket.socket) -> str:
    """What a browser on this machine is given."""
    name, port = listener.getsockname()[:2]
    host = str({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(name, name))
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_local(listener: socket.socket) -> bool:
    """Whether only this machine can reach it."""
    return ipaddress.ip_address(listener.getsockname()[0].partition("%")[0]).is_loopback
