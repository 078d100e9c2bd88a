"""`safe_name`: a file's name as the user gave it, fit for our disk and for a sentence."""

MOST_STEM, MOST_ENDING = 40, 10
"""Letters; of four bytes at most, so that any file system takes the name."""


def safe_name(filename: str, default: str = "upload") -> str:
    """The last part of a path as one plain name: letters, digits, '-', '_' and '.', its ending as it was.

    'C:\\clips\\..\\my walk.NPZ' becomes 'my-walk.NPZ'.
    """
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    before, dot, after = last.rpartition(".")
    stem, ending = (before, after) if dot else (after, "")
    stem = "".join(c if c.isalnum() or c in "-_." else "-" for c in stem).strip("-.")[:MOST_STEM].rstrip("-.")
    ending = "".join(c for c in ending if c.isalnum())[:MOST_ENDING]
    return (stem or default) + (f".{ending}" if ending else "")
