"""Inspects one upload: `python -m webfoot.web.uploads.inspect_process motion PLACE ROBOT`, or `robot MODEL`.

The document goes to standard output; where there is none, its last words on standard error say why.
"""

import json
import sys

from webfoot.errors import WebfootError
from webfoot.web.uploads.documents import motion_document, robot_document

KINDS = {"motion": motion_document, "robot": robot_document}


def main(kind: str, *arguments: str) -> int:
    """0 and a document, or 2 and one line that says what is wrong with the upload."""
    try:
        sys.stdout.write(json.dumps(KINDS[kind](*arguments), allow_nan=False))
        sys.stdout.flush()
    except WebfootError as error:
        return _say(str(error))
    except MemoryError:
        return _say(f"{arguments[0]}: inspecting it takes more memory than an upload may; make it smaller")
    return 0


def _say(reason: str) -> int:
    sys.stderr.write("\n" + reason + "\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
