"""`SCHEMES`: the services that alerts may go to, and `parse`: an alert address taken apart, strictly.

Everything that is not in the table is refused: other schemes of Apprise reach files, programs, the desktop, the system
log or the bus of this machine. Options are allow-listed too, since some read a file (`template`, `pgpprv`), fetch an
address (`attach`), follow redirects or turn off the check of certificates.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from webfoot.errors import UnknownName, WebfootError


class AlertError(WebfootError):
    """An alert address that cannot be used, or an alert that could not be sent."""


@dataclass(frozen=True)
class Scheme:
    """One kind of alert address."""

    help: str
    reaches: str | None = None
    """Host of the service; None where the address itself names the host."""
    options: frozenset[str] = frozenset()
    """Names that may stand behind '?'."""
    extras: bool = False
    """Whether fields of the user's own may stand there too: +header, -parameter, :field."""


def _scheme(text: str, reaches: str | None = None, options: str = "", extras: bool = False) -> Scheme:
    return Scheme(text, reaches, frozenset(options.split()), extras)


_MAIL = _scheme("e-mail through an SMTP server", None, "from to name cc bcc reply smtp mode user pass")
_WEBHOOK = _scheme("webhook that takes JSON", None, "", extras=True)
_MATRIX = _scheme("Matrix", None, "to mode token msgtype version")
_NTFY = _scheme("ntfy", None, "to mode priority xtags auth token")
_GOTIFY = _scheme("Gotify", None, "priority")
_MATTERMOST = _scheme("Mattermost", None, "to channel channels team botname mode")
_ROCKET = _scheme("Rocket.Chat", None, "to mode webhook")

SCHEMES: dict[str, Scheme] = {
    "mailto": _MAIL,
    "mailtos": _MAIL,
    "json": _WEBHOOK,
    "jsons": _WEBHOOK,
    "slack": _scheme("Slack", "slack.com", "to token mode blocks footer"),
    "discord": _scheme("Discord", "discord.com", "thread tts footer"),
    "workflows": _scheme("Microsoft Teams, through Power Automate", None, "ver api-version sig id wrap"),
    "tgram": _scheme("Telegram", "telegram.org", "to silent thread topic preview"),
    "matrix": _MATRIX,
    "matrixs": _MATRIX,
    "ntfy": _NTFY,
    "ntfys": _NTFY,
    "gotify": _GOTIFY,
    "gotifys": _GOTIFY,
    "pover": _scheme("Pushover", "pushover.net", "to priority sound interval expire"),
    "mmost": _MATTERMOST,
    "mmosts": _MATTERMOST,
    "rocket": _ROCKET,
    "rockets": _ROCKET,
    "zulip": _scheme("Zulip", "zulipchat.com", "to token"),
    "gchat": _scheme("Google Chat", "googleapis.com", "workspace key token thread"),
    "wxteams": _scheme("Webex", "webex.com", "to token mode"),
}
"""Every service by the scheme of its addresses, as Apprise names them; a new one is a line."""

MOST_CHARACTERS = 2048
HOST = r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9.])?)"
_AUTHORITY = re.compile(rf"(?:[^@\[\]]*@)?(?P<host>{HOST})(?::(?P<port>[0-9]{{1,5}}))?")
_SCHEME = re.compile(r"[a-z0-9]{1,20}", re.IGNORECASE)


@dataclass(frozen=True)
class Target:
    """An alert address, taken apart."""

    scheme: str
    host: str | None
    """That it connects to, without brackets; None where the service is fixed."""

    @property
    def masked(self) -> str:
        """What may be shown and logged: no user, password, token, path or option."""
        return f"{self.scheme}://{SCHEMES[self.scheme].reaches or self.host}"


def masked(url: str) -> str:
    """An alert address as it may be shown and logged, whatever the user gave: scheme and host only."""
    try:
        return parse(url).masked
    except WebfootError:
        scheme, mark, _ = url.partition("://")
        return f"{scheme.lower()}://***" if mark and scheme.lower() in SCHEMES else "***"


def parse(url: str) -> Target:
    """Take an alert address apart.

    Raises:
        AlertError: it is not written as such addresses are, or has an option that is not allowed.
        UnknownName: its scheme is not in the table.
    """
    if len(url) > MOST_CHARACTERS:
        raise AlertError(f"the alert address has {len(url)} characters; at most {MOST_CHARACTERS} are allowed")
    if _has_odd_characters(url):
        raise AlertError(
            "the alert address holds a space, a line break, a '#', a backslash or a character outside ASCII; write it "
            "percent-encoded, and a line break not at all"
        )
    name, mark, rest = url.partition("://")
    if not mark or not _SCHEME.fullmatch(name):
        raise AlertError("the alert address has no scheme; write it like mailto://... or jsons://...")
    if name.lower() not in SCHEMES:
        raise UnknownName("scheme of an alert address", name.lower(), SCHEMES)
    name, scheme = name.lower(), SCHEMES[name.lower()]
    place, _, query = rest.partition("?")
    options = _options(query)
    _check_options(name, options)
    return Target(name, None if scheme.reaches else _host(name, place.partition("/")[0], options.get("smtp", "")))


def _has_odd_characters(url: str) -> bool:
    """Apprise decodes some parts more than once, so no line break may appear however often one decodes."""
    if re.search(r"[^\x21-\x7e]|[#\\]", url):
        return True
    for _ in range(len(url)):
        decoded = unquote(url)
        if re.search(r"[\x00-\x1f\x7f\x85\u2028\u2029]", decoded):
            return True
        if decoded == url:
            return False
        url = decoded
    return False


def _options(query: str) -> dict[str, str]:
    """As Apprise reads them: also split at semicolons; names in lower case and decoded, the last one counts."""
    pairs = [pair.partition("=") for pair in re.split("[&;]", query) if pair]
    return {unquote(name[:1] + name[1:].replace("+", " ")).lower().strip(): unquote(value) for name, _, value in pairs}


def _check_options(name: str, options: dict[str, str]) -> None:
    scheme = SCHEMES[name]
    for option in options:
        if option not in scheme.options and not (scheme.extras and option[:1] in ("+", "-", ":") and len(option) > 1):
            shown = option if re.fullmatch(r"[a-z0-9+:-]{1,20}", option) else "..."  # it may be a token out of place
            raise AlertError(
                f"alert addresses of {name}:// may not have the option '{shown}'; "
                f"allowed: {', '.join(sorted(scheme.options)) or 'none'}"
                + (", and +header, -parameter, :field" if scheme.extras else "")
            )


def _host(name: str, authority: str, smtp: str) -> str:
    match = _AUTHORITY.fullmatch(authority)
    if not match or not 0 < int(match["port"] or 1) < 65_536 or (smtp and not re.fullmatch(HOST, smtp)):
        raise AlertError(
            f"the alert address {name}://*** names no host that can be read; write it like "
            f"{name}://user:password@host:port/, with any odd sign in user or password percent-encoded"
        )
    return (smtp or match["host"]).strip("[]").lower()
