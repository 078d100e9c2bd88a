"""`webfoot-robot check | run | replay`: what is done with a policy on the computer inside a robot.

Exit codes: 0 all is well; 2 wrong input, or a robot that was not started; 3 something disagrees, or it stood down in
trouble; 130 interrupted.
"""

import argparse
import importlib
import json
import logging
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from webfoot_runtime import __version__
from webfoot_runtime.errors import HardwareError, PolicyError, WebfootError
from webfoot_runtime.exercise import Exercise
from webfoot_runtime.hardware import Hardware
from webfoot_runtime.log_file import LogWriter
from webfoot_runtime.log_read import read_log
from webfoot_runtime.policy import GOLDEN_TOLERANCE, OnnxPolicy
from webfoot_runtime.replay import Replayed, replay
from webfoot_runtime.robot_loop import RobotLoop
from webfoot_runtime.safety import SafetyLimits

OK, WRONG_INPUT, DISAGREES, INTERRUPTED = 0, 2, 3, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code."""
    options = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        return options.call(options)
    except WebfootError as error:
        print(f"webfoot-robot: {error}", file=sys.stderr)
        return WRONG_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED


def check(options: argparse.Namespace) -> int:
    """Whether this machine computes what was validated, and fast enough; and what the contract asks of the robot."""
    policy = OnnxPolicy(options.policy)
    layout, error = policy.layout, policy.verify_golden()
    print(f"{policy.contract['name']}: {layout.nu} joints, every {1e3 * layout.control_dt:g} ms")
    print(f"{'joint':<24}{'standing':>9}{'lower':>9}{'upper':>9}{'kp':>9}{'kd':>9}{'torque':>9}{'speed':>9}")
    print(f"{'':<24}{'rad':>9}{'rad':>9}{'rad':>9}{'Nm/rad':>9}{'Nm s/rad':>9}{'Nm':>9}{'rad/s':>9}")
    columns = ("default_pos", "lower", "upper", "kp", "kd", "torque_limit", "velocity_limit")
    for i, name in enumerate(layout.joint_names):
        print(f"{name:<24}" + "".join(f"{getattr(layout, column)[i]:>9.4g}" for column in columns))
    print(f"observation: {', '.join(f'{term.name} {term.start}..{term.stop}' for term in layout.terms)}")
    took_ms = [1e3 * took for took in _inference_s(policy)]
    p50, p99 = np.percentile(took_ms, [50, 99])
    print(f"one step takes {p50:.3f} ms, p99 {p99:.3f} ms, of {1e3 * layout.control_dt:g} ms")
    agrees = error <= GOLDEN_TOLERANCE
    words = "this machine computes what was validated" if agrees else "this machine computes something else"
    print(f"golden vectors: off by {error:.2g}, at most {GOLDEN_TOLERANCE:g} is right: {words}")
    return OK if agrees else DISAGREES


def run(options: argparse.Namespace) -> int:
    """Lead a robot, until it stood down and was let go."""
    policy = OnnxPolicy(options.policy)
    layout = policy.layout
    given = {field.name: getattr(options, field.name) for field in fields(SafetyLimits)}
    limits = SafetyLimits(**{name: value for name, value in given.items() if value is not None})
    leader = Exercise(layout) if options.exercise else policy
    walk_s = leader.duration_s if isinstance(leader, Exercise) else options.seconds
    command = layout.command_default if options.command is None else np.array(options.command)
    if len(command) != layout.command_size:
        raise PolicyError(f"--command has {len(command)} numbers, {layout.command_size} are needed")
    hardware = make_hardware(options.hardware, policy)
    name = "exercise" if options.exercise else str(policy.contract["name"])
    log = LogWriter(options.log, layout, name) if options.log else None
    loop = RobotLoop(leader, hardware, limits, log=log)
    before = [signal.signal(number, lambda *_: loop.stop("interrupted")) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        ended = loop.run(lambda _: command, walk_s)
    finally:
        for number, handler in zip((signal.SIGINT, signal.SIGTERM), before, strict=True):
            signal.signal(number, handler)
        if log is not None:
            log.close()
    held = ", ".join(f"{kind} {count}" for kind, count in ended.clamped_steps.items())
    print(f"stood down: {ended.reason}")
    print(f"walked {ended.walked_steps} steps; targets held back in steps: {held}")
    print(f"timing: {ended.timing}")
    return OK if ended.is_well else DISAGREES


def compare(options: argparse.Namespace) -> int:
    """Hold a log against a policy."""
    policy = OnnxPolicy(options.policy)
    log = read_log(options.log, policy.layout)
    found = replay(policy, log)
    if options.json:
        print(json.dumps(asdict(found) | {"agrees": found.agrees}, default=float))
    else:
        for event in log.events:
            print(f"{event['time_s']:10.3f} s  {event['mode']}: {event['reason']}")
        print("\n".join(_told(found)))
    return OK if found.agrees else DISAGREES


def make_hardware(place: str, policy: OnnxPolicy) -> Hardware:
    """The robot that `module:name` makes when it is called with the policy.

    Raises:
        HardwareError: there is no such thing.
    """
    module, _, name = place.partition(":")
    sys.path.insert(0, "")
    try:
        factory = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise HardwareError(
            f"--hardware {place}: cannot be imported ({error}); give MODULE:NAME of what makes your hardware"
        ) from None
    finally:
        sys.path.remove("")
    return factory(policy)


def _told(found: Replayed) -> list[str]:
    lines = [f"{found.steps} steps, the policy led {found.walked_steps} of them"]
    lines.append(f"golden vectors: off by {found.golden_error:.2g}, at most {GOLDEN_TOLERANCE:g} is right")
    if found.answer_error == found.answer_error:
        lines.append(f"answers: off by {found.answer_error:.2g} from the logged ones")
    for title, findings in (
        ("observation", found.observations),
        ("answers", found.answers),
        ("sensors", found.sensors),
    ):
        for finding in findings:
            shown = f" [{min(finding.columns)}..{max(finding.columns)}]" if finding.columns else ""
            lines.append(f"WRONG {title}{shown}: {finding.words} ({finding.kind}, up to {finding.error:.3g})")
    lines.append("all agrees" if found.agrees else "something disagrees")
    return lines


def _inference_s(policy: OnnxPolicy, steps: int = 500) -> list[float]:
    obs, took = policy.layout.golden_obs[:1], []
    for _ in range(steps + 50):
        start = time.perf_counter()
        policy.run(obs)
        took.append(time.perf_counter() - start)
    return took[50:]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="webfoot-robot", description=main.__doc__)
    parser.description = "Runs a webfoot policy on a robot, and says what is wrong with the log of one."
    parser.add_argument("--version", action="version", version=f"webfoot-robot {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    checked = commands.add_parser("check", help="what the policy asks of the robot, and whether this machine can do it")
    led = commands.add_parser("run", help="lead a robot")
    replayed = commands.add_parser("replay", help="which part of a robot's log is not what the contract says")
    for command, call in ((checked, check), (led, run), (replayed, compare)):
        command.add_argument("policy", metavar="POLICY.onnx")
        command.set_defaults(call=call)
    led.add_argument("--hardware", required=True, metavar="MODULE:NAME", help="what makes it, called with the policy")
    led.add_argument("--seconds", type=float, help="time to walk; unset: until Ctrl-C")
    led.add_argument("--command", type=float, nargs="+", metavar="V", help="vx, vy [m/s], wz [rad/s]")
    led.add_argument("--log", help="file to write")
    led.add_argument("--exercise", action="store_true", help="move every joint by itself instead: hang the robot up")
    _add_limits(led.add_argument_group("safety limits, see docs/deploy.md"))
    replayed.add_argument("log", metavar="LOG")
    replayed.add_argument("--json", action="store_true", help="one JSON document")
    return parser


def _add_limits(group: Any) -> None:
    for field in fields(SafetyLimits):
        kind = int if isinstance(field.default, int) else float
        group.add_argument(f"--{field.name.replace('_', '-')}", dest=field.name, type=kind, help=f"{field.default}")
