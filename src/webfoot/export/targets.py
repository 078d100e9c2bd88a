"""`TARGETS`: computers that robots carry, and an estimate of what a control step takes there."""

from dataclasses import dataclass

from webfoot.export.latency import Latency
from webfoot.export.measured import Check, at_most

SHARE = 0.25
"""Share of the control period that a whole step of the runtime may take; servos and sensors on a serial bus take most
of the rest: the Open Duck's 14 servos at 1 Mbaud some 5 to 10 ms of 20."""


@dataclass(frozen=True)
class Target:
    """A computer by its single-core score in Geekbench 6."""

    what: str
    score: float
    source: str
    """Where the score comes from; none was measured by this project."""


TARGETS: dict[str, Target] = {
    "desktop": Target(
        "a desktop of 2020 (Ryzen 5 5600X)", 2200, "Geekbench Browser, processor chart: about 2,200 in single-core"
    ),
    "raspberry-pi-5": Target(
        "Raspberry Pi 5, Cortex-A76 at 2.4 GHz", 760, "Geekbench Browser, usual results of 700 to 850"
    ),
    "raspberry-pi-4": Target(
        "Raspberry Pi 4B, Cortex-A72 at 1.5 to 1.8 GHz", 320, "Geekbench Browser, usual results of 280 to 350"
    ),
    "pi-zero-2w": Target(
        "Raspberry Pi Zero 2 W, Cortex-A53 at 1 GHz",
        105,
        "from the Pi 4: sysbench gives a Pi 4 1,478 events/s and a Cortex-A53 at 1.4 GHz 687 "
        "(leoncode.co.uk/articles/raspberry-pi-benchmarks), so 491 at 1 GHz, a third of the Pi 4",
    ),
}
"""By the name that --target takes."""
HERE = TARGETS["desktop"].score
"""Score of the machine that measures, unless it is told."""


@dataclass(frozen=True)
class Estimate:
    """What a control step would take on a target."""

    target: str
    factor: float
    """How many times slower than the machine that measured."""
    p50_us: float
    p99_us: float
    control_dt: float
    """[s]."""

    @property
    def check(self) -> Check:
        """p99 against its share of the control period [us]."""
        budget_us = SHARE * 1e6 * self.control_dt
        words = f"an estimate: what was measured here x {self.factor:.2g}; it may be off by a factor of two"
        return at_most("step_p99", self.p99_us, budget_us, "us", words)


def estimate(step: Latency, target: str, score_here: float = HERE) -> Estimate:
    """Scale what a control step takes here by the ratio of two scores.

    Args:
        step: measured here.
        target: a name in `TARGETS`.
        score_here: Geekbench 6 single-core score of the machine that measured.
    """
    factor = score_here / TARGETS[target].score
    return Estimate(target, factor, factor * step.p50_us, factor * step.p99_us, step.control_dt)
