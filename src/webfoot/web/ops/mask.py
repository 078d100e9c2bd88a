"""`mask`: a text without what must not stand in a log: passwords, tokens, cookies, one-time links, alert addresses."""

import re
from collections.abc import Callable

HIDDEN = "***"
KEYS = "password|passwd|pwd|secret|token|api[_-]?key|salt|csrf_token|session|remember_token|private[_-]?key"

Replacement = str | Callable[[re.Match[str]], str]


def _without_path(address: re.Match[str]) -> str:
    """The scheme and the host of a web address: secrets of webhooks stand in user, path or query."""
    return f"{address[1]}{address[2]}" + (f"/{HIDDEN}" if address[3].strip("/") else address[3])


RULES: list[tuple[re.Pattern[str], Replacement]] = [
    (re.compile(r"(?im)\b((?:set-)?cookie|(?:proxy-)?authorization)(['\"]?\s*[:=]\s*)\S.*$"), rf"\1\2{HIDDEN}"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"(?i)\b(https?://)(?:[^\s/@'\"]*@)?([^\s/?#'\"]+)([/?#][^\s'\"]*|)"), _without_path),
    (re.compile(r"(?i)\b(?!https?:|sqlite:)([a-z][a-z0-9+.-]*://)[^\s'\"]+"), rf"\1{HIDDEN}"),
    (re.compile(r"(/(?:invitation|link|shared|reset|confirm)/)[^\s/?'\"]+"), rf"\1{HIDDEN}"),
    (re.compile(r"\bwf_[\w-]{8,}"), f"wf_{HIDDEN}"),
    (
        re.compile(rf"(?i)\b([\w-]*(?:{KEYS}))(['\"]?\s*[:=]\s*)(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[^\s,;&}})]+)"),
        rf"\1\2{HIDDEN}",
    ),
    (re.compile(r"(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{43}(?![\w-])"), HIDDEN),
]
"""What is hidden, in this order. The last one: 256 bits as `secrets.token_urlsafe` writes them, wherever they stand."""


def mask(text: str) -> str:
    """The same text with every secret hidden that can be told by its shape or by the word before it."""
    for pattern, replacement in RULES:
        text = pattern.sub(replacement, text)
    return text
