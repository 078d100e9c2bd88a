"""`Settings`: how the service is set up, in one frozen model; read from a YAML file and from the environment."""

import contextlib
import ipaddress
import os
import re
import secrets
from pathlib import Path
from typing import Annotated, Any

import yaml
from limits import parse_many
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError

from webfoot.errors import ConfigError
from webfoot.web.alerts.rules import AlertConfig
from webfoot.yaml_table import read_yaml

PREFIX = "WEBFOOT_"
"""Settings in the environment are called as their field, in capitals, behind this."""


class Quota(BaseModel, frozen=True, extra="forbid"):
    """What one user may take up; an administrator may set other numbers for each."""

    parallel: int = Field(default=2, ge=0, le=10_000, description="Trainings of one user that run at once.")
    unfinished: int = Field(
        default=20, ge=0, le=100_000, description="Trainings of one user that wait, run or are paused, all together."
    )
    robot_hours: float = Field(
        default=2_000.0, ge=0, le=1e9, description="Simulated robot hours of one user within seven days [h]."
    )
    storage_gb: float = Field(default=10.0, ge=0, le=1e6, description="Uploads and runs of one user [GB].")
    streams: int = Field(default=20, ge=1, le=10_000, description="Live streams of one user that are open at once.")


def _rate(text: str) -> str:
    try:
        parse_many(text)
    except ValueError:
        raise ValueError("no rate; '1200 per minute' would be right") from None
    return text


Rate = Annotated[str, AfterValidator(_rate)]
"""How often something may be done."""


def _divided(given: Any) -> Any:
    """Names in the environment are divided by blanks or commas; in a file they are a list."""
    return [name for name in re.split(r"[\s,]+", given) if name] if isinstance(given, str) else given


def _host(name: str) -> str:
    with contextlib.suppress(ValueError):
        return str(ipaddress.ip_address(name.strip("[]")))  # as browsers write it
    if not re.fullmatch(r"[A-Za-z0-9._-]+", name):
        raise ValueError("no host; a name or an address without a port, such as webfoot.example.org, would be right")
    return name.lower()


Hosts = Annotated[tuple[Annotated[str, AfterValidator(_host)], ...], BeforeValidator(_divided)]
"""Names and addresses of machines."""


class Retention(BaseModel, frozen=True, extra="forbid"):
    """For how long `webfoot prune` leaves what nobody needs any more."""

    runs_days: float = Field(
        default=90.0, ge=0, le=36_500, description="Files of ended sessions, and uploads that were deleted [days]."
    )
    alerts_days: float = Field(default=90.0, ge=0, le=36_500, description="Alerts of ended sessions [days].")
    audit_days: float = Field(default=365.0, ge=0, le=36_500, description="Lines of the audit log [days].")


class Settings(BaseModel, frozen=True, extra="forbid"):
    """Everything that differs from one installation to the next. The defaults need nothing else installed."""

    data_dir: Path = Field(
        default=Path("webfoot-data"),
        description="Folder of everything that the service keeps: database, runs, uploads.",
    )
    database_url: str = Field(
        default="", description="SQLAlchemy address of the database; empty: SQLite in the data folder."
    )
    broker_url: str = Field(
        default="", description="Celery broker that wakes workers on other machines; empty: none is needed."
    )
    limiter_url: str = Field(
        default="memory://", description="Where rate limits are counted; redis://HOST when there is more than one web."
    )
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^/\s]+)?$",
        description="Address that users see, http(s)://HOST, for links; empty: that of the request.",
    )
    hosts: Hosts = Field(
        default=(),
        description="Names and addresses by which users ask for the service, beside localhost and that of public_url.",
    )
    secure_cookies: bool = Field(default=False, description="Send cookies by HTTPS only; right behind a TLS proxy.")
    proxies: int = Field(default=0, ge=0, le=10, description="Reverse proxies in front, whose headers are trusted.")
    quota: Quota = Quota()
    alerts: AlertConfig = AlertConfig()
    retention: Retention = Retention()
    rate_limit: Rate = Field(default="1200 per minute", description="Requests of one user or address.")
    local_metrics: bool = Field(
        default=False,
        description="Let whoever asks from this machine read /metrics without a token; a proxy on it asks for others.",
    )
    login_limit: Rate = Field(default="10 per minute", description="Attempts to log in of one address.")
    most_upload_mb: int = Field(default=256, ge=1, le=100_000, description="Largest upload [MB].")
    most_unpacked_mb: int = Field(default=1000, ge=1, le=1_000_000, description="Most that an upload unpacks to [MB].")
    most_upload_files: int = Field(default=2000, ge=1, le=100_000, description="Files of one upload, unpacked.")
    inspection_wait_s: float = Field(
        default=30.0, ge=0, le=600, description="How long an upload waits until others are inspected [s]."
    )

    concurrency: int = Field(default=1, ge=1, le=256, description="Trainings that one worker runs at once.")
    lease_s: float = Field(
        default=30.0,
        ge=0.5,
        le=3600,
        description="Silence of a worker after which its training is given to another [s].",
    )
    beat_s: float = Field(default=2.0, ge=0.05, le=600, description="Time between two signs of life of a worker [s].")
    most_attempts: int = Field(
        default=5, ge=1, le=1000, description="Workers that may be lost over one training before it is given up."
    )
    timeout_minutes: float = Field(
        default=240.0, gt=0, le=100_000, description="Longest time of a training, all attempts together [min]."
    )
    grace_s: float = Field(
        default=30.0,
        ge=0,
        le=3600,
        description="Time that a training has to write its checkpoint when it is stopped [s].",
    )
    memory_gb: float = Field(default=16.0, gt=0, le=10_000, description="Memory that one training may take [GB].")
    gpu_memory_gb: float = Field(
        default=80.0, gt=0, le=10_000, description="GPU memory that one training may take [GB]."
    )
    least_free_gb: float = Field(
        default=1.0, ge=0, le=1e6, description="Free disk space below which no training is started [GB]."
    )

    @property
    def database(self) -> str:
        """Address of the database."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'webfoot.sqlite3'}"

    @property
    def runs_dir(self) -> Path:
        """Run folders, one for each session."""
        return self.data_dir / "runs"

    @property
    def uploads_dir(self) -> Path:
        """Uploaded files, by their content."""
        return self.data_dir / "uploads"

    @property
    def views_dir(self) -> Path:
        """Documents of the 3D viewer, which can be drawn again at any time."""
        return self.data_dir / "views"

    @property
    def wake_file(self) -> Path:
        """Touched when there may be something to do."""
        return self.data_dir / "wake"

    def secret(self) -> str:
        """The key that signs cookies and links, made on first use and readable by its owner only."""
        path = self.data_dir / "secret"
        try:
            return path.read_text(encoding="ascii")
        except FileNotFoundError:
            self.data_dir.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path.with_name(f".secret.{os.getpid()}.tmp"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32))
            os.link(path.with_name(f".secret.{os.getpid()}.tmp"), path)  # the first of two processes wins
        except FileExistsError:
            pass
        finally:
            path.with_name(f".secret.{os.getpid()}.tmp").unlink(missing_ok=True)
        return path.read_text(encoding="ascii")


def read_settings(file: str | Path | None = None, **given: Any) -> Settings:
    """Settings from a YAML file, the environment over it, and what is given over both; an empty file says nothing.

    A part's field is named with two underscores in the environment: WEBFOOT_QUOTA__PARALLEL=4.

    Raises:
        ConfigError: an unknown setting, or a value out of its range.
    """
    values: dict[str, Any] = read_yaml(Path(file)) if file and not _is_empty(Path(file)) else {}
    for name, value in os.environ.items():
        if name.startswith(PREFIX):
            _put(values, name.removeprefix(PREFIX).lower().split("__"), value)
    values |= {name: value for name, value in given.items() if value is not None}
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"setting '{place}' is {first['input']!r}: {first['msg']}") from None


def _is_empty(file: Path) -> bool:
    """Whether there is nothing in a file, or comments only; what is wrong with it is told by whoever reads it."""
    with contextlib.suppress(OSError, UnicodeDecodeError, yaml.YAMLError):
        return yaml.safe_load(file.read_text(encoding="utf-8")) is None
    return False


def _put(values: dict[str, Any], path: list[str], value: str) -> None:
    for part in path[:-1]:
        values = values.setdefault(part, {})
        if not isinstance(values, dict):
            raise ConfigError(f"setting '{part}' is {values!r} in the file; a table of settings would be right")
    values[path[-1]] = value


def save_settings(settings: Settings, path: Path) -> None:
    """Write settings where other processes of the same service read them, and nobody else: they may hold passwords."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(settings.model_dump_json())


def load_settings(path: str | Path) -> Settings:
    """What `save_settings` wrote, as it was; the environment, which was heeded then, does not count again."""
    return Settings.model_validate_json(Path(path).read_bytes())
