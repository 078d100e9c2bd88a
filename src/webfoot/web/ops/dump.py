"""All rows of a database as JSON lines, a file a table, and back into an empty one; the same on every database.

Not `pg_dump`, and not a copy of SQLite's file: a dump like this needs no client program of the server's own version,
goes from a laptop's SQLite into a PostgreSQL and back, and can be read without either. It is one snapshot all the same:
SQLite in WAL mode and PostgreSQL's REPEATABLE READ both show a transaction the rows as they were when it began.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from alembic import command
from alembic.runtime.migration import MigrationContext
from sqlalchemy import JSON, Boolean, Column, Connection, DateTime, MetaData, Table, func, inspect, null, select, text

from webfoot.web.database import Database
from webfoot.web.migrate import alembic_config

VERSION_TABLE = "alembic_version"
BATCH = 500


@dataclass(frozen=True)
class Dumped:
    """What a dump holds."""

    revision: str
    """Version of the tables."""
    rows: dict[str, int]
    """Number of rows of each table."""


def dump(database: Database, folder: Path) -> Dumped:
    """Write every table into `folder`, as of one moment; others may read and write meanwhile."""
    engine = database.engine
    engine = engine if database.is_sqlite else engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as connection:
        revision = revision_of(connection)
        rows = {table.name: _write(connection, table, folder / f"{table.name}.jsonl") for table in _tables(connection)}
        return Dumped(revision, rows)


def load(database: Database, connection: Connection, folder: Path, revision: str) -> dict[str, int]:
    """Make the tables as they were and fill them; numbers of rows. All in the transaction of the connection.

    Raises:
        CommandError: the dump is of a version that this program does not know.
    """
    command.upgrade(alembic_config(connection), revision)
    tables = _tables(connection)
    loaded = {table.name: _read(connection, table, folder / f"{table.name}.jsonl") for table in tables}
    if not database.is_sqlite:
        for table in tables:
            _go_on_counting(connection, table)
    return loaded


def revision_of(connection: Connection) -> str:
    """Version of the tables; empty where there is none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def is_empty(database: Database) -> bool:
    """Whether a database holds no table."""
    with database.engine.connect() as connection:
        return not inspect(connection).get_table_names()


def _tables(connection: Connection) -> list[Table]:
    """Every table as it is, whatever the models say by now; who is referred to comes first."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != VERSION_TABLE]


def _write(connection: Connection, table: Table, path: Path) -> int:
    rows = connection.execute(
        select(table).order_by(*table.primary_key.columns), execution_options={"yield_per": BATCH}
    )
    count = 0
    with path.open("x", encoding="utf-8") as file:
        for count, row in enumerate(rows.mappings(), start=1):  # noqa: B007  (the last number is what is wanted)
            file.write(json.dumps({name: _told(value) for name, value in row.items()}) + "\n")
    return count


def _told(value: Any) -> Any:
    if not isinstance(value, datetime):
        return value
    return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()


def _read(connection: Connection, table: Table, path: Path) -> int:
    count = 0
    for rows in _batches(path):
        connection.execute(table.insert(), [_meant(table, row) for row in rows])
        count += len(rows)
    return count


def _batches(path: Path) -> Iterator[list[dict[str, Any]]]:
    with path.open(encoding="utf-8") as file:
        while lines := list(islice(file, BATCH)):
            yield [json.loads(line) for line in lines]


def _meant(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(table.columns[name], value) for name, value in row.items()}


def _value(column: Column[Any], value: Any) -> Any:
    if value is None:
        return null() if isinstance(column.type, JSON) and column.nullable else None
    if isinstance(column.type, DateTime):
        return datetime.fromisoformat(value)
    return bool(value) if isinstance(column.type, Boolean) else value


def _go_on_counting(connection: Connection, table: Table) -> None:
    """Let PostgreSQL give the next row a number that is free."""
    for column in table.primary_key.columns:
        asked = func.pg_get_serial_sequence(table.name, column.name)
        sequence = connection.scalar(select(asked))
        if sequence is not None:
            last = connection.scalar(select(func.max(column)))
            number = {"sequence": sequence, "last": last or 1, "used": last is not None}
            connection.execute(text("SELECT setval(CAST(:sequence AS regclass), :last, :used)"), number)
