"""What pages show, taken out of their text."""

import html
import re
from typing import Any

HTMX = {"HX-Request": "true"}
PAGE = {"Accept": "text/html"}


def page(who: Any, path: str, **headers: str) -> str:
    """A page, which comes without fault."""
    answer = who("GET", path, headers={**PAGE, **headers})
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
    return answer.text


def fragment(who: Any, path: str) -> str:
    """The part of a page that htmx asks for."""
    text = page(who, path, **HTMX)
    assert "<html" not in text
    return text


def names(text: str) -> list[str]:
    """What stands at the head of each row of a list, in their order."""
    cells = re.findall(r'<th scope="row" class="name">(.*?)</th>', text, re.DOTALL)
    return [html.unescape(re.sub(r"<span class=\"help\">.*?</span>|<[^>]+>", "", cell)).strip() for cell in cells]


def has_own_script(text: str) -> bool:
    """Whether a page holds a script or a style that its policy forbids."""
    return re.search(r"<script(?![^>]*src=)|\son\w+=|\sstyle=|<style", text) is not None
