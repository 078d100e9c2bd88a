"""For processes under libfaketime 0.9.10, whose `clock_nanosleep` fails where the monotonic clock is left alone."""

import select
import time


def sleep(seconds: float) -> None:
    """As `time.sleep`, by another call of the system."""
    select.select((), (), (), seconds)


time.sleep = sleep
