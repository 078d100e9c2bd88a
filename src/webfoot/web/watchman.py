"""`Watchman`: beside the web server, looks for sessions whose worker fell silent, since workers may all be gone.

Workers do the same for each other. Where there is only one and it is lost, nobody else would tell its users.
"""

import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

from webfoot.web.database import Database
from webfoot.web.notices import Herald
from webfoot.web.queue import LOOKS, Reconciler
from webfoot.web.settings import Settings
from webfoot.web.stopping import STOPPING

log = logging.getLogger(__name__)


class Watchman:
    """Gives sessions of lost workers back to the queue, and tells their users."""

    def __init__(self, database: Database, settings: Settings, clock: Callable[[], float] = time.monotonic):
        self.database, self.settings = database, settings
        self._reconciler = Reconciler(settings, clock)
        self._herald = Herald(database, settings)

    def start(self) -> threading.Thread:
        """Look about until the process is to end."""
        thread = threading.Thread(target=self._run, name="watchman", daemon=True)
        thread.start()
        return thread

    def _run(self) -> None:
        while not STOPPING.wait(self.settings.lease_s / LOOKS):
            self.look()

    def look(self) -> None:
        """One look; alerts that wait to be sent are sent, too."""
        try:
            with self.database.writing() as session:
                for row in self._reconciler.look(session):
                    log.warning("session %d: %s", row.id, row.error_message)
                    self._herald.lost(session, row)
        except DBAPIError as error:
            log.warning("nobody is looked after: the database cannot be reached now: %s", str(error.orig).strip())
            return
        self._herald.deliver()
