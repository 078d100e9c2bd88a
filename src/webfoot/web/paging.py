"""A part of a list, and how long the whole is."""

from typing import Any, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from webfoot.web.schemas.base import PageQuery

Row = TypeVar("Row")


def page_of(session: Session, query: Select[Row], asked: PageQuery) -> tuple[list[Row], dict[str, Any]]:
    """The rows of one page, and what `Page` says of it."""
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    part = query.limit(asked.per_page).offset((asked.page - 1) * asked.per_page)
    rows = list(session.scalars(part).unique())
    return rows, {"page": asked.page, "per_page": asked.per_page, "total": total}


def contains(column: Any, words: str) -> Any:
    """A condition: every word occurs in the column, in any case; nothing in a word is a wildcard."""
    condition = column.is_not(None)
    for word in words.split():
        condition &= column.icontains(word, autoescape=True)
    return condition
