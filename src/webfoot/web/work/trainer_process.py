"""The process that trains: `python -m webfoot.web.work.trainer_process PARENT`, a `Job` as JSON on standard input.

It ends with its worker, and stops politely on SIGTERM: after the current iteration, with a checkpoint.
"""

import os
import signal
import sys
import time
from pathlib import Path

from webfoot.errors import RunError, WebfootError
from webfoot.interrupt import StopRequest
from webfoot.runs import Run
from webfoot.web.ops.parent import end_with_parent
from webfoot.web.work.job import CANNOT_WRITE, Job, Outcome

PREDECESSOR_S = 30.0
"""How long an earlier attempt, whose worker has just been lost, may take to let go of the folder."""


def main() -> int:
    """Train as the job says; 0 where an outcome was written, `CANNOT_WRITE` where it could not be."""
    end_with_parent(int(sys.argv[1]), signal.SIGKILL)
    job = Job.loads(sys.stdin.read())
    os.sched_setaffinity(0, job.cores)
    folder = Path(job.folder)
    with StopRequest() as should_stop:
        try:
            _wait_for_predecessor(Run.create_at(folder))
            outcome = _train(job, folder, should_stop)
        except WebfootError as error:
            outcome = Outcome(job.attempt, "wrong input", str(error))
    try:
        outcome.write(folder)
    except WebfootError:
        return CANNOT_WRITE
    return 0


def _train(job: Job, folder: Path, should_stop: StopRequest) -> Outcome:
    from webfoot.config import parse_config
    from webfoot.pipeline import resume, train

    if (folder / "config.yaml").is_file():
        result = resume(folder, should_stop=should_stop)
    else:
        result = train(job.motion, job.robot, parse_config(job.parameters), should_stop=should_stop, folder=folder)
    if result.report is None:
        return Outcome(job.attempt, result.stopped, result.reason)
    failed = tuple(check.name for check in result.report.failed)
    return Outcome(job.attempt, result.stopped, result.reason, result.report.passed, failed)


def _wait_for_predecessor(run: Run) -> None:
    until = time.monotonic() + PREDECESSOR_S
    while True:
        try:
            with run.held():
                return
        except RunError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
