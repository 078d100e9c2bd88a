"""`webfoot bench`: what a policy takes from a machine, measured here and estimated elsewhere."""

from typing import Annotated

import tyro

from webfoot.cli.policy import PolicyFile
from webfoot.cli.say import say, show, show_json
from webfoot.errors import ConfigError
from webfoot.export.bench import Bench
from webfoot.export.targets import HERE, SHARE, TARGETS

OptionalTarget = Annotated[str | None, tyro.conf.arg(metavar="NAME", help_behavior_hint="")]


def bench(
    policy: PolicyFile,
    /,
    *,
    target: OptionalTarget = None,
    score: float = HERE,
    jitter_s: float = 4.0,
    walk: bool = False,
    json: bool = False,
) -> int:
    """Measure latency, jitter, memory, cold start and int8; exit code 3 if a step is over the target's budget.

    Args:
        policy: An ONNX policy.
        target: desktop, raspberry-pi-5, raspberry-pi-4 or pi-zero-2w: the computer whose budget has to be kept; an
            estimate from what is measured here.
        score: Geekbench 6 single-core score of this machine, for that estimate.
        jitter_s: How long a real control loop runs beside busy processes on all cores [s]; 0: not at all.
        walk: Let float32 and int8 both walk; the policy has to lie in its run folder.
        json: Print one JSON document.
    """
    from webfoot import pipeline

    if not 1 <= score <= 100_000:
        raise ConfigError(f"option --score is {score:g}: a number from 1 to 100000 would be right")
    if not (jitter_s == 0 or 0.1 <= jitter_s <= 600):
        raise ConfigError(f"option --jitter-s is {jitter_s:g}: 0, or a number from 0.1 to 600, would be right")
    measured, walks = pipeline.bench(policy, target, score, jitter_s, walk)
    if json:
        show_json({**measured.to_dict(), "walks": walks})
    else:
        for line in (*_measured(measured), *_walks(walks), *_estimated(measured)):
            show(line)
    if target is not None:
        (say if json else show)(_verdict(measured, target))
    return 0 if measured.passed else 3


def _row(name: str, *cells: str) -> str:
    return f"  {name:<24}" + "".join(f"{cell:>10}" for cell in cells)


def _times(name: str, figures: dict[str, float], columns: tuple[str, ...] = ("p50", "p95", "p99", "max")) -> str:
    return _row(name, *(f"{figures[c]:.1f}" if c in figures else "" for c in columns))


def _measured(bench: Bench) -> list[str]:
    latency, footprint, int8 = bench.latency, bench.footprint, bench.int8
    lines = [
        f"{bench.policy}, on this machine, one thread",
        _row("time [us]", "p50", "p95", "p99", "max"),
        _times("inference, float32", latency.figures_us),
        _times("inference, int8", int8.latency.figures_us),
        _times("whole control step", bench.step.figures_us),
    ]
    if bench.jitter is not None:
        rate, figures = 1.0 / bench.jitter.control_dt, bench.jitter.figures_us
        lines += [
            _times(f"step at {rate:.0f} Hz under load", figures["step"]),
            _times("woken too late", figures["lateness"]),
            f"  {bench.jitter.missed} of {len(bench.jitter.step_us)} steps missed their deadline beside "
            f"{bench.jitter.busy} busy processes",
        ]
    return [
        *lines,
        f"  {latency.check.detail}",
        f"  cold start {1e3 * footprint.cold_start_s:.0f} ms (imports {1e3 * footprint.import_s:.0f}, loading "
        f"{1e3 * footprint.load_s:.0f}, first answer {1e3 * footprint.first_s:.1f}); memory {footprint.memory_mb:.1f} "
        f"MB of {footprint.process_mb:.0f} MB; file {footprint.file_kb:.0f} kB",
        f"  int8: file {int8.size_kb:.0f} kB; targets off by at most {int8.accuracy.max_rad:.2g} rad, RMS "
        f"{int8.accuracy.rms_rad:.2g} rad, over {int8.accuracy.observations} observations",
    ]


def _walks(walks: dict[str, dict[str, float]]) -> list[str]:
    return [
        f"  {name} walks: survival {figures['survival']:.2f}, speed error {figures['speed_error']:.2f}"
        for name, figures in walks.items()
    ]


def _estimated(bench: Bench) -> list[str]:
    lines = [
        "elsewhere, estimated from single-core scores; may be off by a factor of two",
        _row("control step [us]", "factor", "p50", "p99", "budget", "within"),
    ]
    for one in bench.estimates:
        cells = (f"{one.factor:.2g}", f"{one.p50_us:.0f}", f"{one.p99_us:.0f}", f"{one.check.limit:.0f}")
        lines.append(_row(one.target, *cells, "yes" if one.check.passed else "NO"))
    return lines


def _verdict(bench: Bench, target: str) -> str:
    (one,) = [estimate for estimate in bench.estimates if estimate.target == target]
    word = "within" if one.check.passed else "over"
    return (
        f"{TARGETS[target].what}: p99 of a control step is estimated at {one.p99_us:.0f} us, {word} the budget of "
        f"{one.check.limit:.0f} us ({SHARE:.0%} of the {1e3 * one.control_dt:g} ms control period)"
    )
