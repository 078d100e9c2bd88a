"""What a training tells, written as it writes it."""

from pathlib import Path

from webfoot.learn.events import Event, Progress
from webfoot.monitor.log import EventLog


def tell(path: Path, *events: Event) -> None:
    """Add events to the log of a run."""
    log = EventLog(path)
    for event in events:
        log(event)
    log.close()


def progress(iteration: int, reward: float = 0.5) -> Progress:
    """The end of an iteration, of ten; each takes a second and simulates a hundred steps."""
    return Progress(iteration, 10, float(iteration), None, 100 * iteration, 1.0, reward, 0.0)
