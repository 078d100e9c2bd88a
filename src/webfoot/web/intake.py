"""What a request may bring: a body of a size, JSON of a depth, and text that every database can keep.

PostgreSQL keeps no NUL, UTF-8 has no lone surrogates, JSON has no NaN, and a header has no line breaks. All of it is
refused here, once, before any route reads a word of it.
"""

import re
from typing import Any

from flask import request
from flask.json.provider import DefaultJSONProvider
from werkzeug.routing import IntegerConverter, Map

from webfoot.errors import WebfootError

MOST_BODY = 2_000_000
"""Bytes of a body without files; a training's options take some thousand."""
MOST_DEPTH = 32
"""Lists and tables within each other; options of a training are nested four deep."""
LARGEST_ID = 2**31 - 1
"""Of a column of PostgreSQL's type `integer`; SQLite takes larger ones."""
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
UNFIT = re.compile("[\0\ud800-\udfff]")
BREAKS = re.compile("[\0\r\n]")


class Unreadable(WebfootError):
    """A request that is not what it says it is."""


class IdConverter(IntegerConverter):
    """Ids in addresses; a larger one than any row can have is of no page, as an unknown one is of no row."""

    def __init__(self, map: Map, *args: Any, **given: Any):
        super().__init__(map, *args, **{"max": LARGEST_ID, **given})


class StrictJson(DefaultJSONProvider):
    """JSON as its standard has it."""

    def loads(self, s: str | bytes, **given: Any) -> Any:
        """What a request says.

        Raises:
            Unreadable: it is no JSON, is nested too deeply, or holds text that cannot be kept.
        """
        try:
            value = super().loads(s, parse_constant=_refuse_constant, **given)
        except ValueError as error:
            raise Unreadable(f"the request is no JSON: {str(error)[:120]}") from None
        except RecursionError:
            raise Unreadable(f"the JSON of the request is nested deeper than {MOST_DEPTH}") from None
        _check_json(value)
        return value


def limit_body() -> None:
    """Let a body without files be no larger than such a body has reason to be."""
    if request.mimetype != "multipart/form-data":
        request.max_content_length = MOST_BODY


def check_texts() -> None:
    """Refuse a request whose address, headers or form hold what no text may hold.

    Raises:
        Unreadable: the sentence says where.
    """
    for name, value in request.headers:
        if BREAKS.search(value):
            raise Unreadable(f"header '{name}' holds a line break or a NUL; it must be one line")
    for name, value in request.args.items(multi=True):
        check_text(name, "the address")
        check_text(value, f"'{name}' in the address")
    for name, value in (request.view_args or {}).items():
        check_text(str(value), f"'{name}' in the address")
    if request.mimetype in FORMS:
        for name, value in request.form.items(multi=True):
            check_text(name, "the form")
            check_text(value, f"field '{name}'")
        for name, file in request.files.items(multi=True):
            check_text(f"{name}{file.filename}", f"the name of file '{name}'")


def check_text(text: str, where: str) -> None:
    """Refuse a text that cannot be kept.

    Raises:
        Unreadable: it holds a NUL or half of a surrogate pair.
    """
    found = UNFIT.search(text)
    if found is not None:
        where = UNFIT.sub("?", where)[:80]
        raise Unreadable(f"{where} holds the sign U+{ord(found[0]):04X}, which is no text; leave it out")


def _check_json(value: Any) -> None:
    level: list[Any] = [value]
    for _ in range(MOST_DEPTH):
        below: list[Any] = []
        for item in level:
            if isinstance(item, str):
                check_text(item, "a text of the request")
            elif isinstance(item, dict):
                below += [*item.keys(), *item.values()]
            elif isinstance(item, list):
                below += item
        if not below:
            return
        level = below
    raise Unreadable(f"the JSON of the request is nested deeper than {MOST_DEPTH}")


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")
