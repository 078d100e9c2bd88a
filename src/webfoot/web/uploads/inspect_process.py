"""Inspects one upload: `python -m webfoot.web.uploads.inspect_process motion PLACE ROBOT`, or `robot MODEL`.

The document goes to standard output; where there is none, its last words on standard error say why.
"""

import json
import sys

from webfoot.web.uploads.answer import answer
from webfoot.web.uploads.documents import motion_document, robot_document

KINDS = {"motion": motion_document, "robot": robot_document}


def main(kind: str, *arguments: str) -> int:
    """0 and a document, or 2 and one line that says what is wrong with the upload."""
    return answer(
        lambda: json.dumps(KINDS[kind](*arguments), allow_nan=False).encode("ascii"), f"{arguments[0]}: inspecting"
    )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
