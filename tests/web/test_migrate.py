import json

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, inspect, select

from webfoot.web.migrate import alembic_config, migrate
from webfoot.web.models.base import Base
from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import ROLES, Role
from webfoot.web.services import accounts, sessions


def test_the_migrations_make_the_tables_that_the_models_are(database):
    with database.reading() as session:
        differences = compare_metadata(MigrationContext.configure(session.connection()), Base.metadata)
    assert differences == []


def test_a_database_is_brought_up_to_date_once(database):
    migrate(database)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Role)) == len(ROLES)
        assert "training_sessions" in inspect(session.connection()).get_table_names()


def test_the_number_of_a_deleted_session_is_not_given_again(database, settings):
    with database.writing() as session:
        user = accounts.create(session, None, "maker@example.org", "trainer")
        first = sessions.start(session, user, settings, reference_motion="walk", parameters={}).id
    with database.writing() as session:
        session.delete(session.get_one(TrainingSession, first))
    with database.writing() as session:
        user = session.get_one(type(user), user.id)
        assert sessions.start(session, user, settings, reference_motion="walk", parameters={}).id > first


def test_what_lists_show_of_motions_is_read_out_of_the_reports_that_are_there(database, settings):
    clips = [
        {"name": "a", "score": {"value": 0.75}, "metrics": {"duration_s": 1.5}},
        {"name": "b", "score": {"value": 0.25}, "metrics": {"duration_s": 2.0}},
    ]
    reports = [{"for_robot": "robot:3@1", "clips": clips}, {}]
    with database.writing() as session:
        owner = accounts.create(session, None, "maker@example.org", "trainer").id
        command.downgrade(alembic_config(session.connection()), "0001")
        session.execute(sa.text(MOTION), {"owner": owner})
        for number, report in enumerate(reports, start=1):
            session.execute(sa.text(VERSION), {"number": number, "sha": f"{number:064x}", "report": json.dumps(report)})
    migrate(database)
    shown = "SELECT for_robot, clip_count, score, duration_s FROM motion_versions ORDER BY number"
    with database.reading() as session:
        assert session.execute(sa.text(shown)).all() == [("robot:3@1", 2, 0.25, 3.5), ("", 1, None, None)]


MOTION = "INSERT INTO motions (id, owner_id, name, created_at) VALUES (1, :owner, 'walk', '2026-01-01 00:00:00')"
VERSION = (
    "INSERT INTO motion_versions (motion_id, number, sha256, filename, size, report, usable, created_at)"
    " VALUES (1, :number, :sha, 'walk.npz', 1, :report, true, '2026-01-01 00:00:00')"
)
