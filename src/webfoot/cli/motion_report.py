"""How `webfoot motion inspect` shows what it found: as text, and as a page with plots."""

from pathlib import Path

from webfoot.cli.say import say, show
from webfoot.evaluate.motion_page import write_motion_page
from webfoot.motion.clip import Motion
from webfoot.motion.coverage import Coverage
from webfoot.motion.document import library_of
from webfoot.motion.inspect import MotionReport, report_on, subject_of
from webfoot.robots.spec import Robot

MOST_HOLES = 5
"""Holes of a library that are listed."""


def inspect_all(clips: list[Motion], robot: Robot, plots: str) -> list[MotionReport]:
    """Inspect clips; where `plots` names a file, write a page about them."""
    subjects = [subject_of(clip, robot) for clip in clips]
    reports = [report_on(subject) for subject in subjects]
    if plots:
        write_motion_page(list(zip(subjects, reports, strict=True)), library_of(reports), Path(plots))
        say(f"page: {plots}")
    return reports


def show_reports(reports: list[MotionReport]) -> None:
    """Every report as text, then what the library covers."""
    for report in reports:
        _show_report(report)
    library = library_of(reports)
    if library is not None:
        _show_coverage(library)


def _show_report(report: MotionReport) -> None:
    show(f"{report.name}: {'can be used' if report.usable else 'cannot be used'} with {report.robot}")
    show(f"  score {report.score.value:.2f}: {_explained(report)}")
    for name, value in report.metrics.items():
        show(f"  {name:<24} {value:.4g}")
    for finding in report.findings:
        show(f"  {finding.severity}: {finding.code}: {finding.message}\n    cure: {finding.cure}")


def _explained(report: MotionReport) -> str:
    costly = sorted((part for part in report.score.parts if part.value < 0.95), key=lambda part: part.value)
    if not costly:
        return "nothing speaks against training on it"
    return "; ".join(f"{part.name} {part.value:.2f} ({part.why})" for part in costly)


def _show_coverage(library: Coverage) -> None:
    show(f"library of {library.clips} clips: commands from {library.low} to {library.high} (vx, vy m/s, wz rad/s)")
    show(f"  {library.covered} of {library.cells} cells hold a clip")
    for hole in library.holes[:MOST_HOLES]:
        show(f"  hole at {hole}")
    missing = [name for name, served in library.serves.items() if not served]
    if missing:
        show(f"  no clip serves: {', '.join(missing)}")
