"""Under which names the service may be asked for: a request that names another host is refused.

A page elsewhere can lead a browser here under a name of its own (DNS rebinding), and links begin with the name that a
request gives. Flask's own `TRUSTED_HOSTS` knows no IPv6 address and shows no page, so the names are looked at here.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

import psutil
from flask import request
from werkzeug.exceptions import BadRequest

from webfoot.web.settings import Settings

LOOPBACK_NAME = "localhost"
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?", re.ASCII | re.IGNORECASE)


def name_of(host: str) -> str:
    """The name in a Host header, without its port and its brackets; empty where it is malformed."""
    match = _HOST.fullmatch(host)
    return match["name"].strip("[]").rstrip(".").lower() if match else ""


def is_known(name: str, names: Collection[str]) -> bool:
    """Whether the service is called so: it always is by an address that no other machine reaches, and by `names`."""
    if not name:
        return False
    if name == LOOPBACK_NAME or name in names:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def names_of(settings: Settings) -> frozenset[str]:
    """What the settings call the service."""
    return frozenset({*settings.hosts, name_of(urlsplit(settings.public_url).netloc)}) - {""}


def own_names(*given: str) -> list[str]:
    """Names and addresses of this machine, by which others in its network may ask for it; also those given, if any."""
    machine = socket.gethostname()
    names = (machine, f"{machine.partition('.')[0]}.local", socket.getfqdn(), *given)
    internet = (socket.AF_INET, socket.AF_INET6)
    addresses = [one.address for of_one in psutil.net_if_addrs().values() for one in of_one if one.family in internet]
    known = {name_of(name) for name in names} | {address.partition("%")[0] for address in addresses}
    return sorted(known - {""})


def check_host(settings: Settings) -> Callable[[], None]:
    """A function that refuses a request which names another host."""
    names = names_of(settings)

    def check() -> None:
        host = request.headers.get("Host")
        if host is not None and not is_known(name_of(host), names):
            raise BadRequest("the request names a host that is none of this service's; see the setting 'hosts'")

    return check
