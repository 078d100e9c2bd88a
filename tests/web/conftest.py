import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from stack import Scaled, scaled

from webfoot.web.app import create_app
from webfoot.web.context import Service
from webfoot.web.models.user import User
from webfoot.web.services import accounts
from webfoot.web.settings import Settings

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
def app(settings) -> Iterator[Flask]:
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
            token = accounts.make_token(session, user, "test", list(scopes), None)
            return Caller(user.id, email, app.test_client(), {"Authorization": f"Bearer {token.text}"})

    return make
