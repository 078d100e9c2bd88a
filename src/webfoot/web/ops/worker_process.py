"""A worker: `python -m webfoot.web.ops.worker_process PARENT SETTINGS FORMAT`, or `run_worker` from a command.

The worker runs in a thread of its own. The main thread waits for signals, since what a signal handler may do in the
midst of another lock is next to nothing, and looks after the consumer that a broker needs.
"""

import logging
import sys
import tempfile
import threading
from pathlib import Path

from webfoot.web.ops.child import Child, end_all
from webfoot.web.ops.logs import set_up_logs
from webfoot.web.ops.opened import opened
from webfoot.web.ops.parent import StopSignals, end_with_parent
from webfoot.web.ops.private import private_file
from webfoot.web.settings import Settings, load_settings, save_settings
from webfoot.web.work.worker import Worker

log = logging.getLogger("webfoot.web.ops.worker_process")

LOOK_S = 0.1
CONSUMER_S = 10.0
"""A consumer only passes on wake-ups; it has nothing to finish."""


def run_worker(settings: Settings, form: str) -> int:
    """Work until a signal asks to drain; a second one ends it at once. Gives the exit code."""
    database = opened(settings)
    worker = Worker(database, settings)
    thread = threading.Thread(target=worker.run, name="worker", daemon=True)
    with StopSignals() as signals, private_file(Path(tempfile.gettempdir()), "webfoot") as file:
        consumers = _consumers(settings, file, form)
        thread.start()
        while thread.is_alive():
            thread.join(LOOK_S)
            if signals.count == 0:
                for consumer in consumers:
                    consumer.keep()
            elif not worker.is_draining:
                log.info("worker %s drains: trainings write a checkpoint and go back to the queue", worker.name)
                worker.drain()
            if signals.count > 1:
                break
        end_all(consumers, lambda: signals.count > 1, CONSUMER_S)
    if thread.is_alive():  # somebody insisted: trainers end with this process, others find their sessions
        log.warning("worker %s ends at once; its sessions are found by another worker", worker.name)
        return 130
    database.engine.dispose()
    return 0 if worker.is_draining else 1


def _consumers(settings: Settings, file: Path, form: str) -> list[Child]:
    if not settings.broker_url:
        return []
    save_settings(settings, file)
    return [Child("consumer", "webfoot.web.ops.consumer_process", [str(file), form])]


def main() -> int:
    """Work until a signal ends it."""
    parent, file, form = sys.argv[1:]
    end_with_parent(int(parent))
    set_up_logs(form)
    return run_worker(load_settings(file), form)


if __name__ == "__main__":
    sys.exit(main())
