"""Guard against alerts that are sent into the inner network (server-side request forgery).

Whoever may name an address that this machine then connects to could reach what only this machine may reach: a
database, a cloud's metadata service, a router. So ordinary users may name public addresses only; administrators may
allow private ones.

`check_destination` looks at an address when it is saved and before each alert, to say at once what is wrong. It is not
the wall, since a name can lead elsewhere a moment later (DNS rebinding) and a service can name further hosts. The wall
stands where the connection is made: `webfoot.web.alerts.courier` asks `refusal` about the very address that each
socket is about to be connected to.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from webfoot.web.alerts.schemes import AlertError, Target, parse

Resolver = Callable[[str], Sequence[str]]
"""Gives all addresses of a host; raises OSError where it has none."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

ALWAYS = frozenset({"public"})
WITH_PRIVATE = ALWAYS | {"private", "loopback", "shared"}
"""Not link-local: that is where clouds keep the keys of their machines (169.254.169.254)."""

_SPECIAL = {
    "unspecified": "0.0.0.0/8 ::/128",
    "loopback": "127.0.0.0/8 ::1/128",
    "private": "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 fec0::/10 64:ff9b:1::/48",
    "shared": "100.64.0.0/10",
    "link-local": "169.254.0.0/16 fe80::/10",
    "multicast": "224.0.0.0/4 ff00::/8",
    "reserved": "192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 "
    "2001::/23 2001:db8::/32 3fff::/20",
}
SPECIAL = [(kind, ipaddress.ip_network(net)) for kind, nets in _SPECIAL.items() for net in nets.split()]
"""Source: IANA IPv4 and IPv6 special-purpose address registries; RFC 6598 (shared), RFC 3879 (fec0::/10)."""
UNICAST = ipaddress.IPv6Network("2000::/3")
"""All that IANA gives out as global unicast; whatever else there is in IPv6 is special."""
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
COMPATIBLE = ipaddress.IPv6Network("::/96")
ISATAP = 0x5EFE


def kind_of(address: str) -> str:
    """What an IP address is: 'public', or the kind of special address.

    An IPv6 address that stands for an IPv4 one (mapped, compatible, 6to4, Teredo, NAT64, ISATAP) is what that one is.

    Raises:
        ValueError: not an IP address.
    """
    return _kind(ipaddress.ip_address(address.partition("%")[0]))


def _kind(ip: Address) -> str:
    hidden = _hidden(ip) if isinstance(ip, ipaddress.IPv6Address) else []
    for inner in hidden:
        if _kind(inner) != "public":
            return _kind(inner)
    kinds = [kind for kind, network in SPECIAL if ip in network]
    if not kinds and isinstance(ip, ipaddress.IPv6Address) and not hidden and ip not in UNICAST:
        return "reserved"
    return kinds[0] if kinds else "public"


def _hidden(ip: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """IPv4 addresses that an IPv6 address stands for."""
    last = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    found = [inner for inner in (ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())) if inner is not None]
    is_isatap = (int(ip) >> 32) & 0xFDFFFFFF == ISATAP  # the bit says whether the inner address is global
    is_compatible = ip in COMPATIBLE and int(ip) > 1  # :: and ::1 are what they are
    return [*found, last] if ip in NAT64 or is_compatible or is_isatap else found


def refusal(address: str, allow_private: bool) -> str | None:
    """Why no alert may be sent to an IP address; None where it may."""
    kind = kind_of(address)
    if kind in (WITH_PRIVATE if allow_private else ALWAYS):
        return None
    return f"{address} is a{'n' if kind == 'unspecified' else ''} {kind} address"


@dataclass(frozen=True)
class Destination:
    """An alert address that was found to be allowed."""

    target: Target
    addresses: tuple[str, ...]
    """Of its host; empty where the service is fixed."""


def system_resolver(host: str) -> list[str]:
    """Addresses of a host, as this machine finds them."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


def check_destination(url: str, allow_private: bool, resolve: Resolver = system_resolver) -> Destination:
    """An alert address that may be used.

    Raises:
        AlertError: it cannot be read, its host is not known, or leads to an address that is not allowed.
        UnknownName: its scheme is not allowed.
    """
    target = parse(url)
    if target.host is None:
        return Destination(target, ())
    addresses = _addresses(target.host, target, resolve)
    for address in addresses:
        reason = refusal(address, allow_private)
        if reason:
            cure = (
                "another host" if allow_private else "a host that the whole internet can reach, or ask an administrator"
            )
            raise AlertError(f"{target.masked} leads inside: {reason}; give {cure}")
    return Destination(target, addresses)


def _addresses(host: str, target: Target, resolve: Resolver) -> tuple[str, ...]:
    try:
        return (str(ipaddress.ip_address(host)),)
    except ValueError:
        pass
    if re.fullmatch(r"[0-9]+|0x[0-9a-f]*", host.rstrip(".").rpartition(".")[2]) or ":" in host:
        # the C library reads 2130706433, 0x7f.1 and 0177.0.0.1 as 127.0.0.1
        raise AlertError(f"{target.masked}: '{host}' is no address; write it as four decimal numbers, like 192.0.2.1")
    try:
        addresses = tuple(dict.fromkeys(resolve(host)))
    except (OSError, UnicodeError):
        addresses = ()
    if not addresses:
        raise AlertError(f"{target.masked}: no address of host '{host}' is known; look for a mistake in writing")
    return addresses
