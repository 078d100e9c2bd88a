"""`Service`: what a route needs beside its request: settings, database, and the wake-up of workers."""

from dataclasses import dataclass
from typing import cast

from celery import Celery
from flask import Flask, current_app
from flask_login import current_user
from sqlalchemy.orm import Session

from webfoot.web.database import Database
from webfoot.web.models.user import User
from webfoot.web.settings import Settings


@dataclass(frozen=True)
class Service:
    """The parts of one application."""

    settings: Settings
    database: Database
    celery: Celery

    def attach(self, app: Flask) -> None:
        """Make it the one that `service()` gives within this application."""
        app.extensions["webfoot"] = self

    @property
    def session(self) -> Session:
        """The database session of the current request."""
        return self.database.session

    @property
    def user(self) -> User:
        """Who asks; the gate has let nobody through whom it does not know."""
        return cast(User, current_user._get_current_object())

    def commit(self) -> None:
        """Make what the request changed last."""
        self.session.commit()


def service() -> Service:
    """The service of the current application."""
    return current_app.extensions["webfoot"]
