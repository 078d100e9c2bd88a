"""What the pages of motions and of robots show alike."""

from typing import Any, TypeVar

from webfoot.web.context import service
from webfoot.web.models.objects import Motion, Robot
from webfoot.web.paging import page_of
from webfoot.web.schemas.lists import MotionsAsked, RobotsAsked, VersionAsked
from webfoot.web.services import objects
from webfoot.web.services.access import is_administrator, rank
from webfoot.web.services.object_list import matching, shared_with, trained_with

Thing = TypeVar("Thing", Motion, Robot)
MOST_TRAINED = 10
"""Sessions that the page of one motion or robot names."""


def shown_many(model: type[Thing], asked: MotionsAsked | RobotsAsked) -> dict[str, Any]:
    """A page of the ones that match, and what who asks may do with them."""
    here = service()
    rows, page = page_of(here.session, matching(here.user, model, asked), asked)
    return {
        "asked": asked,
        "rows": rows,
        "page": page,
        "shared": shared_with(here.session, model, [row.id for row in rows]),
        "user": here.user,
        "may_train": rank(here.user) > 0,
        "manages": is_administrator(here.user),
    }


def shown_one(model: type[Thing], id: int, asked: VersionAsked) -> dict[str, Any]:
    """One in the version that is asked for, what was trained with it, and what who asks may do with it.

    Raises:
        NotFound: no such motion, robot or version for this user.
    """
    here = service()
    row = objects.present(here.session, here.user, model, id)
    is_trainer = rank(here.user) > 0
    return {
        "asked": asked,
        model.__name__.lower(): row,
        "version": objects.version_of(row, asked.version) if asked.version else row.versions[-1],
        "trained": here.session.scalars(trained_with(here.user, row).limit(MOST_TRAINED)).unique().all(),
        "may_train": is_trainer,
        "may_change": is_trainer and (row.owner_id == here.user.id or is_administrator(here.user)),
    }
