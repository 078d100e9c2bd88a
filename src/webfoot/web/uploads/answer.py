"""`answer`: how a process that works on an upload ends: with a document, or with the sentence that says why not."""

import sys
from collections.abc import Callable

from webfoot.errors import WebfootError


def answer(make: Callable[[], bytes], what: str) -> int:
    """0 and a document on standard output, or 2 and one line on standard error that says what is wrong.

    Args:
        make: gives the document.
        what: is done to what, for a sentence.
    """
    try:
        sys.stdout.buffer.write(make())
        sys.stdout.flush()
    except WebfootError as error:
        return _say(str(error))
    except MemoryError:
        return _say(f"{what} it takes more memory than an upload may; make it smaller")
    return 0


def _say(reason: str) -> int:
    sys.stderr.write("\n" + reason + "\n")
    return 2
