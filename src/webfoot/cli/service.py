"""What the commands of the service have in common: their options, and the sentence where the extra `web` is missing."""

import importlib.util
from pathlib import Path
from typing import Annotated, Any, Literal

import tyro

from webfoot.errors import ConfigError

SettingsFile = Annotated[str | None, tyro.conf.arg(metavar="FILE", help_behavior_hint="")]
DataFolder = Annotated[str | None, tyro.conf.arg(metavar="DIR", help_behavior_hint="")]
LogFormat = Literal["plain", "json"]
NEEDED = ("apiflask", "flask_security", "flask_limiter", "sqlalchemy", "alembic", "celery", "gunicorn", "apprise")
"""Packages of the extra without which nothing of the service can be imported."""


def require_web(command: str) -> None:
    """Say so where the service is not installed.

    Raises:
        ConfigError: the extra `web` is missing.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise ConfigError(f"'webfoot {command}' needs {missing[0]}, which is not installed: pip install 'webfoot[web]'")


def settings_of(file: str | None, data: str | None, **given: Any) -> Any:
    """The settings: of the file, the environment over it, options over both; the data folder as a full path."""
    from webfoot.web.settings import read_settings

    settings = read_settings(file, data_dir=data, **given)
    return settings.model_copy(update={"data_dir": Path(settings.data_dir).resolve()})
