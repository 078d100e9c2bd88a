"""The audit log: who did what."""

from typing import Any

from flask import has_request_context, request
from sqlalchemy.orm import Session

from webfoot.web.models.access import AuditEntry
from webfoot.web.models.user import User


def note(
    session: Session,
    user: User | None,
    action: str,
    kind: str | None = None,
    object_id: int | None = None,
    **details: Any,
) -> None:
    """Add a line; it is written with what it tells of, or not at all. No secret belongs into the details."""
    address = request.remote_addr if has_request_context() else None
    session.add(
        AuditEntry(
            user_id=user.id if user is not None else None,
            action=action,
            kind=kind,
            object_id=object_id,
            address=address,
            details=details,
        )
    )
