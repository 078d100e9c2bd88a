"""`train_policy_task`: wakes the workers. It carries no truth: a message that is lost or comes twice does no harm.

Without a broker the task runs where it is called, which wakes the worker beside the web server; with one, every worker
has a Celery consumer beside it, and the message wakes that worker.
"""

# pyright: reportAttributeAccessIssue=false
# (Celery's current application is a proxy that types do not see through)

import os
from pathlib import Path

from celery import Celery, current_app, shared_task

from webfoot.web.settings import Settings, load_settings

SETTINGS_FILE = "_WEBFOOT_SETTINGS_FILE"
"""Environment variable that tells a Celery consumer where its worker's settings are; none of the settings itself."""


def make_celery(settings: Settings) -> Celery:
    """The Celery application of these settings, from now on the one that tasks belong to."""
    celery = Celery("webfoot", broker=settings.broker_url or "memory://localhost")
    celery.conf.update(
        webfoot_wake_file=str(settings.wake_file.resolve()),
        task_always_eager=not settings.broker_url,
        task_ignore_result=True,
        task_default_queue="webfoot",
        task_publish_retry=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={"socket_connect_timeout": 1.0, "socket_timeout": 2.0},
        worker_hijack_root_logger=False,
    )
    celery.set_default()
    return celery


@shared_task(name="webfoot.train_policy", ignore_result=True)
def train_policy_task(session_id: int) -> None:
    """Wake the worker of this machine: a session waits."""
    wake(Path(current_app.conf.webfoot_wake_file))


def wake(file: Path) -> None:
    """Let the worker of this machine look at the queue at once."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()


def consumer() -> Celery:
    """The application of a consumer process, with the settings that its worker left in a file."""
    return make_celery(load_settings(os.environ[SETTINGS_FILE]))
