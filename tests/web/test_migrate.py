import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, inspect, select

from webfoot.web.database import Database
from webfoot.web.migrate import migrate
from webfoot.web.models.base import Base
from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import ROLES, Role
from webfoot.web.services import accounts, sessions


@pytest.fixture
def database(settings):
    settings.data_dir.mkdir(parents=True)
    made = Database(settings.database)
    migrate(made)
    yield made
    made.engine.dispose()


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
