"""A person with a browser: logs in by the form, keeps cookies, sends the CSRF token that the pages show."""

import re
import secrets
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from webfoot.web.context import Service
from webfoot.web.services import accounts

PASSWORD = "a horse that walks"
PAGE = {"Accept": "text/html"}


def csrf_in(page: str) -> str:
    """The CSRF token that a page shows to its scripts."""
    shown = re.search(r'<meta name="csrf-token" content="([^"]+)">', page)
    assert shown, page[:2000]
    return shown[1]


def make_user(app: Flask, role: str, password: str | None = PASSWORD) -> tuple[int, str]:
    """Id and address of a new account, which may log in."""
    service: Service = app.extensions["webfoot"]
    email = f"{role}-{secrets.token_hex(4)}@example.org"
    with app.app_context(), service.database.writing() as session:
        user = accounts.create(session, None, email, role)
        if password is not None:
            accounts.set_password(user, password)
        return user.id, email


@dataclass
class Browser:
    """Somebody at a browser, logged in or not."""

    client: FlaskClient
    headers: dict[str, str] = field(default_factory=lambda: dict(PAGE))

    def get(self, path: str, **given: Any) -> TestResponse:
        return self.client.get(path, headers={**self.headers, **given.pop("headers", {})}, **given)

    def csrf(self) -> str:
        """The token that this browser's pages show now."""
        page = self.get("/change")
        return csrf_in((page if page.status_code == 200 else self.get("/login")).text)

    def send(self, method: str, path: str, **given: Any) -> TestResponse:
        """A request as a script of our pages sends it."""
        headers = {"X-CSRFToken": self.csrf(), "Accept": "application/json", **given.pop("headers", {})}
        return self.client.open(path, method=method, headers=headers, **given)

    def log_in(self, email: str, password: str = PASSWORD, path: str = "/login", **fields: str) -> TestResponse:
        form = {"email": email, "password": password, "csrf_token": csrf_in(self.get("/login").text), **fields}
        return self.client.post(path, data=form, headers=self.headers)

    @property
    def is_logged_in(self) -> bool:
        return self.get("/api/v1/me").status_code == 200


def logged_in(app: Flask, role: str) -> Browser:
    """Somebody new of a role, logged in."""
    browser = Browser(app.test_client())
    browser.log_in(make_user(app, role)[1])
    assert browser.is_logged_in
    return browser
