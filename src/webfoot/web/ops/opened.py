"""`opened`: the database of some settings, reachable and up to date, or one sentence that says why not."""

from alembic.util import CommandError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from webfoot.errors import ConfigError, WebfootError
from webfoot.web.database import Database
from webfoot.web.migrate import migrate
from webfoot.web.ops.private import make_private_folder
from webfoot.web.settings import Settings


class Unreachable(WebfootError):
    """A database that cannot be used now."""


def connected(settings: Settings) -> Database:
    """The database, as it is; nothing was asked of it yet.

    Raises:
        ConfigError: its address is none, or its driver is not installed.
    """
    try:
        return Database(settings.database)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise ConfigError(
            f"the driver for setting 'database_url' is missing ({error}); pip install 'webfoot[scale]', "
            "and write postgresql+psycopg://..."
        ) from None
    except ArgumentError:
        raise ConfigError(
            "setting 'database_url' is no address of a database; postgresql+psycopg://USER:PASSWORD@HOST/NAME would be"
        ) from None


def opened(settings: Settings) -> Database:
    """The database, brought up to date.

    Raises:
        ConfigError: its address is none, or its driver is not installed.
        Unreachable: it does not answer, or was made by a newer version.
    """
    make_private_folder(settings.data_dir)
    database = connected(settings)
    try:
        migrate(database)
    except DBAPIError as error:
        raise Unreachable(unreachable(settings, error)) from None
    except CommandError as error:
        raise Unreachable(
            f"the database {shown(settings)} was made by a newer webfoot ({error}); install that one"
        ) from None
    return database


def shown(settings: Settings) -> str:
    """The address of the database without its password."""
    return make_url(settings.database).render_as_string(hide_password=True)


def unreachable(settings: Settings, error: DBAPIError) -> str:
    """The sentence for a database that does not answer."""
    reason = " ".join(str(error.orig).split())[:200]
    return f"the database {shown(settings)} cannot be used now ({reason}); 'webfoot doctor' tells more"
