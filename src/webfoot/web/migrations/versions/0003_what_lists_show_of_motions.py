"""What lists show of motions: robot, clips, score and duration stand in columns, read out of the reports once."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"
branch_labels = None
depends_on = None

VERSIONS = sa.table(
    "motion_versions",
    sa.column("id", sa.Integer),
    sa.column("report", sa.JSON),
    sa.column("for_robot", sa.String),
    sa.column("clip_count", sa.Integer),
    sa.column("score", sa.Double),
    sa.column("duration_s", sa.Double),
)


def upgrade() -> None:
    """To this version. The table stays where it is: SQLite cannot make one anew that sessions refer to."""
    with op.batch_alter_table("motion_versions", recreate="never") as table:
        table.add_column(sa.Column("for_robot", sa.String(length=256), nullable=False, server_default=""))
        table.add_column(sa.Column("clip_count", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(sa.Column("score", sa.Double(), nullable=True))
        table.add_column(sa.Column("duration_s", sa.Double(), nullable=True))
    _fill()


def downgrade() -> None:
    """Back to the version before."""
    with op.batch_alter_table("motion_versions", recreate="never") as table:
        for name in ("duration_s", "score", "clip_count", "for_robot"):
            table.drop_column(name)


def _fill() -> None:
    """One report at a time: that of a large library is a megabyte."""
    connection = op.get_bind()
    for number in connection.scalars(sa.select(VERSIONS.c.id)).all():
        report = connection.scalars(sa.select(VERSIONS.c.report).where(VERSIONS.c.id == number)).one()
        connection.execute(sa.update(VERSIONS).where(VERSIONS.c.id == number).values(**_summary(report or {})))


def _summary(report: dict[str, Any]) -> dict[str, Any]:
    """As the service took it out of a report when this was written."""
    clips = report.get("clips", [])
    scores = [clip["score"]["value"] for clip in clips if "score" in clip]
    lengths = [clip["metrics"]["duration_s"] for clip in clips if "duration_s" in clip.get("metrics", {})]
    return {
        "for_robot": report.get("for_robot", ""),
        "clip_count": max(1, len(clips)),
        "score": min(scores, default=None),
        "duration_s": sum(lengths) if lengths else None,
    }
