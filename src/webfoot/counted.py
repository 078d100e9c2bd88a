"""`counted`: a number and what it counts, in a sentence."""


def counted(number: int, noun: str) -> str:
    """`1 session`, `2 sessions`; for nouns that only take an s."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
