import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from browser import Browser, logged_in
from flask import Flask
from flask.testing import FlaskClient
from stack import Scaled, scaled
from tokens import kept_token
from webhook import Webhook, webhook

from webfoot.web.app import create_app
from webfoot.web.context import Service
from webfoot.web.database import Database
from webfoot.web.models.user import User
from webfoot.web.ops.opened import opened
from webfoot.web.services import accounts
from webfoot.web.settings import Quota, Settings

STACK = os.environ.get("TEST_STACK", "embedded")
"""`embedded`: SQLite and no broker, as on a laptop; `scaled`: PostgreSQL and Redis, as in a lab."""


@pytest.fixture(scope="session")
def stack() -> Iterator[Scaled | None]:
    """The servers beside the service; None where there are none."""
    if STACK == "embedded":
        yield None
        return
    with scaled() as servers:
        yield servers


@pytest.fixture
def settings(tmp_path, stack) -> Settings:
    servers = {} if stack is None else {"database_url": stack.new_database(), "broker_url": stack.broker_url}
    return Settings(data_dir=tmp_path / "data", beat_s=0.1, lease_s=2.0, grace_s=20.0, **servers)


@pytest.fixture
def database(settings) -> Iterator[Database]:
    """The database of a service that was set up and is not running."""
    made = opened(settings)
    yield made
    made.engine.dispose()


@pytest.fixture
def patient(settings) -> Settings:
    """Settings of a service that is killed often and gives nothing up."""
    generous = Quota(parallel=1000, unfinished=1000, robot_hours=1e6)
    return settings.model_copy(update={"quota": generous, "most_attempts": 1000, "lease_s": 3.0, "beat_s": 0.2})


@pytest.fixture(scope="session")
def migrated(tmp_path_factory) -> Path:
    """A file of SQLite with all tables, to be copied: a thousand tests need not make them anew."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("migrated"))
    opened(settings).engine.dispose()
    return Path(settings.database.removeprefix("sqlite:///"))


@pytest.fixture
def app(settings, migrated) -> Iterator[Flask]:
    if not settings.database_url:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        shutil.copy(migrated, settings.data_dir)
    made = create_app(settings)
    made.testing = True
    yield made
    made.extensions["webfoot"].database.engine.dispose()


@pytest.fixture
def service(app) -> Service:
    return app.extensions["webfoot"]


@dataclass(frozen=True)
class Caller:
    """A user who calls by an API token."""

    user_id: int
    email: str
    client: FlaskClient
    headers: dict[str, str]

    def __call__(self, method: str, path: str, **given):
        headers = {**self.headers, **given.pop("headers", {})}
        return self.client.open(path, method=method, headers=headers, **given)


@pytest.fixture
def caller(app, service) -> Callable[..., Caller]:
    """Makes a user of a role, with a token that may do everything the role may."""

    def make(role: str = "trainer", scopes: tuple[str, ...] = ("admin",), **quota) -> Caller:
        email = f"{role}-{secrets.token_hex(4)}@example.org"
        with app.app_context(), service.database.writing() as session:
            user: User = accounts.create(session, None, email, role)
            user.quota = quota
            secret = kept_token(session, user, scopes)
            return Caller(user.id, email, app.test_client(), {"Authorization": f"Bearer {secret}"})

    return make


@pytest.fixture
def administrator(app) -> Browser:
    """At a browser; the only administrator with a password."""
    return logged_in(app, "administrator")


@pytest.fixture
def invited(administrator) -> tuple[dict, str]:
    """A new account and the path of its invitation."""
    made = administrator.send("POST", "/api/v1/users", json={"email": "New@Example.org", "role": "viewer"})
    assert made.status_code == 201, made.json
    return made.json["user"], made.json["invitation"].removeprefix("http://localhost")


@pytest.fixture
def hook() -> Iterator[Webhook]:
    """A webhook on loopback."""
    with webhook() as server:
        yield server
