"""A verdict in words: every check, and what to try where one failed."""

from collections.abc import Callable

from webfoot.evaluate.report import ValidationReport


def show_verdict(report: ValidationReport, write: Callable[[str], None]) -> None:
    """Write one line for every check, and the verdict last."""
    for check in report.checks:
        mark = "ok  " if check.passed else "FAIL"
        line = (
            f"  {mark} {check.name:<22} {check.value:>10.4g} {check.comparison} {check.limit:g} {check.unit}".rstrip()
        )
        write(line if check.passed or not check.detail else f"{line}  ({check.detail})")
    if report.conditions:
        write("disturbed by: " + ", ".join(f"{name} {value:g}" for name, value in report.conditions.items()))
    write(verdict(report))


def verdict(report: ValidationReport) -> str:
    """The verdict in one line."""
    if report.passed:
        return f"verdict: passed all {len(report.checks)} checks"
    failed = ", ".join(check.name for check in report.failed)
    return f"verdict: did not pass; {len(report.failed)} of {len(report.checks)} checks failed: {failed}"
