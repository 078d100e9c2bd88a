"""`migrate`: brings a database up to date, whichever version of the service made it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from webfoot.web.database import Database
from webfoot.web.models.user import ROLES, Role

SCRIPTS = Path(__file__).parent / "migrations"
LOCK = 7_306_001
"""Number of the advisory lock under which PostgreSQL is migrated; any, as long as it is the same for all."""


def migrate(database: Database) -> None:
    """Bring the tables up to date; of several processes that begin together one does it, the others wait."""
    with database.writing() as session:
        if not database.is_sqlite:
            session.connection().exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        command.upgrade(alembic_config(session.connection()), "head")
        _add_roles(session)


def alembic_config(connection: Connection) -> Config:
    """Alembic on a connection that is open."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config


def _add_roles(session: Session) -> None:
    known = set(session.scalars(select(Role.name)))
    session.add_all(Role(name=name, description=what) for name, what in ROLES.items() if name not in known)
