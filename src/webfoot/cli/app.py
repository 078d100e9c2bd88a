"""`main`: finds the command, runs it, and turns what goes wrong into one sentence and an exit code.

Exit codes: 0 done, or the policy passed; 2 wrong input; 3 no passing policy; 1 a fault of ours; 130 interrupted.
A command's module is imported only when the command is called, so that help appears at once.
"""

import importlib
import sys
from collections.abc import Sequence

from webfoot import __version__
from webfoot.cli.parse import Command, bind
from webfoot.cli.say import close_output, drop_output, say, show
from webfoot.errors import ConfigError, UnknownName, WebfootError

COMMANDS: dict[str, tuple[str, str]] = {
    "train": ("train:train", "motion in, proven policy out"),
    "motion inspect": ("motion:inspect", "is a motion sound, and what would mend it"),
    "motion convert": ("motion:convert", "write a motion in another format"),
    "motion generate": ("motion:generate", "make a walk for a robot"),
    "motion repair": ("motion_repair:repair", "mend a motion, and say what was done"),
    "motion augment": ("motion_augment:augment", "make more clips out of some: mirrored, faster, noisy"),
    "robot list": ("robot:list_robots", "robots that come with the program"),
    "robot inspect": ("robot:inspect", "what is derived from a robot model"),
    "export": ("policy:export", "write the policy of a run again"),
    "validate": ("policy:validate", "prove a policy in simulation"),
    "compare": ("compare:compare", "policies side by side"),
    "bench": ("bench:bench", "what a policy takes from a machine: time, jitter, memory, int8"),
    "render": ("policy:render", "a video of a run"),
    "serve": ("serve:serve", "the service: pages, API and a worker"),
    "worker": ("worker:worker", "train what waits in the queue of a service"),
    "user add": ("user:add", "make an account of the service"),
    "user list": ("user:list_users", "accounts of the service"),
    "user link": ("user:link", "another one-time link, for who forgot the password"),
    "user token": ("user:token", "an API token for an account"),
    "user disable": ("user:disable", "close an account"),
    "doctor": ("doctor:doctor", "what is installed, reachable, writable, and how fast it is"),
    "backup": ("backup:backup", "database, runs and uploads into one file, while the service runs"),
    "restore": ("backup:restore", "a service out of a backup"),
    "prune": ("prune:prune", "remove what nobody needs any more"),
}
"""Words of a command, where it is, and what it does."""
OK, FAULT, WRONG_INPUT, NOT_PASSED, INTERRUPTED = 0, 1, 2, 3, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code."""
    try:
        code = _run(list(sys.argv[1:] if argv is None else argv))
        close_output()
        return code
    except WebfootError as error:
        say(f"webfoot: {error}")
        return WRONG_INPUT
    except BrokenPipeError:
        drop_output()
        return FAULT
    except OSError as error:
        if error.filename is None:
            raise
        say(f"webfoot: {error.filename}: {error.strerror}; give a place that can be read or written")
        return WRONG_INPUT
    except KeyboardInterrupt:
        say("webfoot: interrupted")
        return INTERRUPTED


def _run(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help"):
        show(overview())
        return OK
    if words[0] == "--version":
        show(f"webfoot {__version__}")
        return OK
    name, rest = _split(words)
    if name not in COMMANDS:
        show(overview(name))
        return OK
    try:
        call = bind(_load(name), rest, f"webfoot {name}")
    except SystemExit:  # help was printed
        return OK
    return call()


def _split(words: list[str]) -> tuple[str, list[str]]:
    """The command's name and the words behind it; the name of a group alone where help for it was asked."""
    for count in (2, 1):
        name = " ".join(words[:count])
        if len(words) >= count and name in COMMANDS:
            return name, words[count:]
    group = [name for name in COMMANDS if name.startswith(f"{words[0]} ")]
    if group and (len(words) == 1 or words[1] in ("-h", "--help")):
        return words[0], []
    if words[0].startswith("-"):
        raise ConfigError(f"option {words[0]} stands before a command; write 'webfoot COMMAND OPTIONS'")
    known = group or sorted({name.partition(" ")[0] for name in COMMANDS})
    raise UnknownName("command", " ".join(words[:2]) if group else words[0], known)


def _load(name: str) -> Command:
    module, _, function = COMMANDS[name][0].partition(":")
    return getattr(importlib.import_module(f"webfoot.cli.{module}"), function)


def overview(group: str = "") -> str:
    """Help that lists the commands, or those of one group."""
    lines = [f"  {name:<16} {what}" for name, (_, what) in COMMANDS.items() if name.startswith(group)]
    return "\n".join(
        [
            f"usage: webfoot {group or 'COMMAND'} ...",
            "",
            "Reference motions of legged robots become ONNX policies that walk, with the proof that they do.",
            "",
            *lines,
            "",
            "'webfoot COMMAND --help' tells a command's options, 'webfoot --version' the version.",
        ]
    )
