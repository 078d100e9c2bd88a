"""`Unkept`: a file of an upload that is not kept while others are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from webfoot.errors import MotionError
from webfoot.web.uploads.error import NoRoom, UploadError
from webfoot.web.uploads.turns import Busy

Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(frozen=True)
class Unkept:
    """One file that is not kept."""

    file: str
    reason: str
    """One sentence that names the file."""


def kept_of(
    given: Sequence[Given], make: Callable[[Given], Made], name: Callable[[Given], str]
) -> tuple[list[Made], list[Unkept]]:
    """What could be made of files, and those of which nothing could.

    Args:
        given: the files, at least one.
        make: of one of them.
        name: what the user calls it.

    Raises:
        MotionError, UploadError: what was wrong with the first one, where nothing could be made of any.
        NoRoom, Busy: which is not the file's fault: all of it is to be sent again.
    """
    made: list[Made] = []
    unkept: list[Unkept] = []
    errors: list[MotionError | UploadError] = []
    for one in given:
        try:
            made.append(make(one))
        except (NoRoom, Busy):
            raise
        except (MotionError, UploadError) as error:
            errors.append(error)
            unkept.append(Unkept(name(one), named(name(one), str(error))))
    if made or not errors:
        return made, unkept
    if len(errors) == 1:
        raise errors[0]
    raise type(errors[0])(f"none of {len(errors)} files can be used; {unkept[0].reason}")


def named(file: str, reason: str) -> str:
    """The reason, with the file's name before it where it does not say it."""
    return reason if file in reason else f"{file}: {reason}"
