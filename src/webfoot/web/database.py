"""`Database`: the one door to the rows; the same on SQLite and on PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import g, has_request_context, request
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

BUSY_S = 20.0
"""How long a writer waits for another one before it gives up."""
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class Database:
    """Sessions for reading and for writing.

    SQLite lets many read while one writes, but a transaction that read first and then wants to write may fail at once,
    without waiting. So what will write says so at its beginning (BEGIN IMMEDIATE); PostgreSQL needs no such word.
    """

    def __init__(self, url: str):
        self.engine = _make_engine(url)
        self._writing = self.engine.execution_options(webfoot_begin="IMMEDIATE")

    @property
    def is_sqlite(self) -> bool:
        """Whether rows live in one file."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self, wait_s: float = BUSY_S) -> Iterator[Session]:
        """A transaction: everything in it happens, or nothing. It waits so long at most for another writer's end."""
        engine = self._writing.execution_options(webfoot_wait_s=wait_s)
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    @property
    def session(self) -> Session:
        """The session of the current request: one that may write, where the request's method may change something."""
        if "database_session" not in g:
            reads = has_request_context() and request.method in SAFE_METHODS
            g.database_session = Session(self.engine if reads else self._writing, expire_on_commit=False)
        return g.database_session

    def close_session(self, _: BaseException | None = None) -> None:
        """End the session of the current request; what was not committed is forgotten."""
        session: Session | None = g.pop("database_session", None)
        if session is not None:
            session.close()


def _make_engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, pool_size=20, max_overflow=40)
    engine = create_engine(url, connect_args={"timeout": BUSY_S})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # transactions are begun by `_begin`, not by the driver
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    mode, wait_s = options.get("webfoot_begin", ""), options.get("webfoot_wait_s", BUSY_S)
    if connection.info.setdefault("webfoot_wait_s", BUSY_S) != wait_s:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={round(1000 * wait_s)}").close()
        connection.info["webfoot_wait_s"] = wait_s
    connection.exec_driver_sql(f"BEGIN {mode}".strip())
