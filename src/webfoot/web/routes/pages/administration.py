"""What administrators look after: accounts and their quotas, the audit log, and the service itself."""

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select

from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.models.access import AuditEntry
from webfoot.web.models.user import ROLES, User
from webfoot.web.ops import machine, surroundings
from webfoot.web.paging import contains, page_of
from webfoot.web.routes.pages.blueprint import bp
from webfoot.web.routes.pages.fragment import address_of, render_list
from webfoot.web.schemas.lists import AuditAsked, UsersAsked
from webfoot.web.services import users as accounts
from webfoot.web.services.quota import usage
from webfoot.web.services.service_state import look_at
from webfoot.web.settings import Quota


@bp.get("/administration")
@allow("administrator")
def administration() -> ResponseReturnValue:
    """To the accounts."""
    return redirect(url_for("pages.users"))


@bp.get("/administration/users")
@allow("administrator")
@bp.input(UsersAsked, location="query", arg_name="asked")
def users(asked: UsersAsked) -> Response:
    """All accounts."""
    active = None if not asked.active else asked.active == "yes"
    rows, page = page_of(service().session, accounts.matching(asked.search, asked.role or None, active), asked)
    return render_list(
        "administration/users.html",
        "administration/_users.html",
        address_of("pages.users", asked),
        asked=asked,
        rows=rows,
        page=page,
        roles=ROLES,
        role_of=accounts.role_of,
    )


@bp.get("/administration/users/<int:user_id>")
@allow("administrator")
def user(user_id: int) -> ResponseReturnValue:
    """One account: its role, what it may take up and what it does."""
    here = service()
    row = accounts.found(here.session, user_id)
    return render_template(
        "administration/user.html",
        user=row,
        role=accounts.role_of(row),
        roles=ROLES,
        limits=Quota.model_fields,
        usual=here.settings.quota,
        quota=row.quota_over(here.settings.quota),
        usage=usage(here.session, row.id),
    )


@bp.get("/administration/audit")
@allow("administrator")
@bp.input(AuditAsked, location="query", arg_name="asked")
def audit(asked: AuditAsked) -> Response:
    """Who did what, the newest first."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc())
    if asked.search:
        by = select(User.id).where(or_(contains(User.email, asked.search), contains(User.name, asked.search)))
        query = query.where(or_(contains(AuditEntry.action, asked.search), AuditEntry.user_id.in_(by)))
    if asked.kind:
        query = query.where(AuditEntry.kind == asked.kind)
    for name in ("user_id", "object_id"):
        if getattr(asked, name) is not None:
            query = query.where(getattr(AuditEntry, name) == getattr(asked, name))
    rows, page = page_of(service().session, query, asked)
    return render_list(
        "administration/audit.html",
        "administration/_audit.html",
        address_of("pages.audit", asked),
        asked=asked,
        rows=rows,
        page=page,
        kinds=("session", "motion", "robot", "user", "token", "channel"),
    )


@bp.get("/administration/service")
@allow("administrator")
def service_page() -> ResponseReturnValue:
    """How the service is: workers, queue, disk."""
    here = service()
    return render_template("administration/service.html", state=look_at(here.session, here.settings))


@bp.get("/administration/service/findings")
@allow("administrator")
def findings() -> ResponseReturnValue:
    """What `webfoot doctor` finds, but for what it measures: that would take the time of trainings."""
    settings = service().settings
    found = [
        machine.packages(),
        machine.extras(),
        machine.python(),
        machine.cores(settings),
        machine.memory(settings),
        machine.gpu(),
        surroundings.folder(settings),
        surroundings.disk(settings),
        surroundings.locks(settings),
        surroundings.clock(settings),
        *surroundings.database(settings),
        surroundings.broker(settings),
        surroundings.limits(settings),
    ]
    return render_template("administration/_findings.html", findings=found)
