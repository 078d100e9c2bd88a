"""From words on the command line to the call of a command; whatever is wrong with them is one sentence."""

import contextlib
import functools
import io
import re
from collections.abc import Callable, Sequence

import tyro

from webfoot.errors import ConfigError

Command = Callable[..., int]
"""What a command does; its parameters are its options, it gives the exit code."""

DEEP_OPTION = re.compile(r"--([a-z_-]+(?:\.[a-z_-]+)+)(?:=(.*))?", re.DOTALL)
REWORDED = {
    re.compile(r"Missing from .*?: (\S+) .*"): r"argument \1 is missing",
    re.compile(r"Missing value for argument '(.+?)'.*"): r"option \1 has no value",
    re.compile(r"(?i)Invalid choice '(.*?)' for argument '(.+?)'. Expected one of \((.*)\)"): (
        r"option \2 is '\1': one of \3 would be right"
    ),
    re.compile(r"Unrecognized options: "): "unknown option or argument: ",
}
BORDER = re.compile("[╭╮╰╯│]")
RULE = re.compile("^ *─+ *$", re.MULTILINE)


def bind(command: Command, words: Sequence[str], prog: str) -> Callable[[], int]:
    """Give a command its arguments from the words behind its name; it does not run yet.

    Raises:
        ConfigError: an unknown option, or a missing argument.
        SystemExit: the words asked for help, which was printed.
    """
    complaints = io.StringIO()
    try:
        with contextlib.redirect_stderr(complaints):
            return tyro.cli(_postponed(command), args=_spread(words), prog=prog, config=(tyro.conf.FlagCreatePairsOff,))
    except SystemExit as stop:
        if not stop.code:
            raise
        raise ConfigError(f"{_sentence(complaints.getvalue())}; see '{prog} --help'") from None


def _postponed(command: Command) -> Callable[..., Callable[[], int]]:
    @functools.wraps(command)
    def bound(*args: object, **options: object) -> Callable[[], int]:
        return functools.partial(command, *args, **options)

    return bound


def _spread(words: Sequence[str]) -> list[str]:
    """`--part.option VALUE` and `--part.option=VALUE` written as `--set part.option=VALUE`."""
    spread: list[str] = []
    left = iter(words)
    for word in left:
        deep = DEEP_OPTION.fullmatch(word)
        if deep is None:
            spread.append(word)
            continue
        value = deep[2] if deep[2] is not None else next(left, None)
        if value is None:
            raise ConfigError(f"option {word} has no value; write {word} VALUE")
        spread += ["--set", f"{deep[1].replace('-', '_')}={value}"]
    return spread


def _sentence(box: str) -> str:
    """What tyro says, in our words where we have some, without its box, title and hints on where to find help."""
    inside = BORDER.sub("", "\n".join(line for line in box.splitlines() if not line.startswith(("╭", "╰"))))
    said = " ".join(RULE.split(inside)[0].split()).rstrip(".")
    for theirs, ours in REWORDED.items():
        said = theirs.sub(ours, said)
    return said
