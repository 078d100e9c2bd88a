"""Alembic's environment: runs on the connection that `webfoot.web.migrate` gives."""

from alembic import context

from webfoot.web.models import access, notice, objects, training, user  # noqa: F401  (each fills the metadata)
from webfoot.web.models.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    user_module_prefix="",
    transaction_per_migration=False,
)
context.run_migrations()
