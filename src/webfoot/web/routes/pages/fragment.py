"""Lists of the pages: the whole page for who comes, its changing part for htmx, which puts it in its place."""

from collections.abc import Callable
from typing import Any

from flask import Response, make_response, render_template, request, url_for

from webfoot.web.schemas.base import PageQuery


def is_fragment() -> bool:
    """Whether htmx asks for the list alone. On the way back in the history it asks for a page."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def address_of(endpoint: str, asked: PageQuery, **place: Any) -> Callable[..., str]:
    """A function that gives the address of the same list, asked otherwise; what is as usual is left out."""

    def address(**other: Any) -> str:
        usual = {name: field.default for name, field in type(asked).model_fields.items()}
        wanted = {**asked.model_dump(), **other}
        told = {name: value for name, value in wanted.items() if value != usual[name]}
        as_sent: dict[str, Any] = {name: 1 if value is True else value for name, value in told.items()}
        return url_for(endpoint, **place, **as_sent)

    return address


def render_list(whole: str, part: str, address: Callable[..., str], /, **shown: Any) -> Response:
    """A list, whole or its part; either way the browser's address becomes the short one."""
    name = part if is_fragment() else whole
    answer = make_response(render_template(name, address=address, **shown))
    answer.vary.add("HX-Request")
    if is_fragment() and not request.headers.get("HX-Current-URL", "").endswith(address()):
        answer.headers["HX-Push-Url"] = address()
    return answer
