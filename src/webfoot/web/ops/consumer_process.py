"""A Celery consumer that wakes a worker: `python -m webfoot.web.ops.consumer_process PARENT SETTINGS FORMAT`."""

import sys
from typing import Any

from celery.signals import setup_logging

from webfoot.web.ops.logs import set_up_logs
from webfoot.web.ops.parent import end_with_parent
from webfoot.web.settings import load_settings
from webfoot.web.tasks import make_celery


def main() -> None:
    """Pass wake-ups on until a signal ends it."""
    parent, file, form = sys.argv[1:]
    end_with_parent(int(parent))
    set_up_logs(form)

    @setup_logging.connect(weak=False)
    def leave_as_it_is(**_: Any) -> None:
        """Celery sets up no logs of its own where somebody listens to this signal."""

    celery = make_celery(load_settings(file))
    celery.worker_main(["--quiet", "worker", "--pool", "solo", "--without-gossip", "--without-mingle"])


if __name__ == "__main__":
    main()
