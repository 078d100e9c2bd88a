"""`make`: what Apprise makes of an alert address."""

import logging
import warnings

import apprise
from apprise.manager_plugins import NotificationManager

APPLICATION = "webfoot"
MALFORMED = "a part of it is missing or malformed; compare it with Apprise's description of that service"


def load(*handlers: logging.Handler) -> None:
    """Load Apprise's plug-ins, which may load libraries; what it logs may hold secrets and goes to `handlers` only."""
    log = logging.getLogger("apprise")
    log.handlers, log.propagate = [*handlers] or [logging.NullHandler()], False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # one of them uses imghdr
        NotificationManager().load_modules()


def make(url: str) -> apprise.NotifyBase | None:
    """What can send to an address; None where a part of it is missing or malformed. Nothing is connected to yet."""
    asset = apprise.AppriseAsset(
        app_id=APPLICATION,
        app_desc=APPLICATION,
        app_url="",
        async_mode=False,
        http_redirects=False,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
        pgp_autogen=False,
        pem_autogen=False,
    )
    made = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    return made if isinstance(made, apprise.NotifyBase) else None
