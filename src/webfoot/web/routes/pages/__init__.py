"""Pages for people. They ask the API for everything that moves."""

from webfoot.web.routes.pages import (
    account,
    administration,
    alerts,
    compare,
    configure,
    home,
    monitor,
    motions,
    results,
    robots,
    sessions,
)
from webfoot.web.routes.pages.blueprint import bp

__all__ = [
    "account",
    "administration",
    "alerts",
    "bp",
    "compare",
    "configure",
    "home",
    "monitor",
    "motions",
    "results",
    "robots",
    "sessions",
]
