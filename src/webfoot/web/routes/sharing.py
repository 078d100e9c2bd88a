"""With whom an object is shared: users by their address, and links; for every kind of object the same."""

from datetime import timedelta
from typing import Any

from apiflask import APIBlueprint

from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.models.access import Share, ShareLink
from webfoot.web.models.base import now
from webfoot.web.public_url import public_url
from webfoot.web.schemas.sharing import LinkList, LinkMade, LinkRequest, ShareList, ShareOut, ShareRequest
from webfoot.web.services import sharing

bp = APIBlueprint("sharing", __name__, tag="Sharing")

OBJECT = "/<any(sessions,motions,robots):kinds>/<int:object_id>"


def _mine(kinds: str, object_id: int) -> str:
    """The kind of an object that who asks may share."""
    kind = kinds.removesuffix("s")
    sharing.shareable(service().session, service().user, kind, object_id)
    return kind


def _share(row: Share) -> dict[str, Any]:
    return {
        "user_id": row.user_id,
        "email": row.user.email,
        "name": row.user.name,
        "created_at": row.created_at,
    }


def _link(row: ShareLink) -> dict[str, Any]:
    return {"id": row.id, "created_at": row.created_at, "expires_at": row.expires_at}


@bp.get(f"{OBJECT}/shares")
@allow("trainer", "read")
@bp.output(ShareList)
def shares(kinds: str, object_id: int) -> dict[str, Any]:
    """Who may see an object, beside its owner."""
    rows = sharing.shares_of(service().session, _mine(kinds, object_id), object_id)
    return {"items": [_share(row) for row in rows]}


@bp.post(f"{OBJECT}/shares")
@allow("trainer")
@bp.input(ShareRequest, arg_name="asked")
@bp.output(ShareOut, status_code=201)
def share(kinds: str, object_id: int, asked: ShareRequest) -> dict[str, Any]:
    """Let another user see an object."""
    here = service()
    row = sharing.share(here.session, here.user, _mine(kinds, object_id), object_id, asked.email)
    here.commit()
    return _share(row)


@bp.delete(f"{OBJECT}/shares/<int:user_id>")
@allow("trainer")
@bp.output({}, status_code=204)
def unshare(kinds: str, object_id: int, user_id: int) -> str:
    """Let a user not see an object any more."""
    here = service()
    sharing.unshare(here.session, here.user, _mine(kinds, object_id), object_id, user_id)
    here.commit()
    return ""


@bp.get(f"{OBJECT}/links")
@allow("trainer", "read")
@bp.output(LinkList)
def links(kinds: str, object_id: int) -> dict[str, Any]:
    """The links that show an object."""
    rows = sharing.links_of(service().session, _mine(kinds, object_id), object_id)
    return {"items": [_link(row) for row in rows]}


@bp.post(f"{OBJECT}/links")
@allow("trainer")
@bp.input(LinkRequest, arg_name="asked")
@bp.output(LinkMade, status_code=201)
def make_link(kinds: str, object_id: int, asked: LinkRequest) -> dict[str, Any]:
    """A link that shows an object to whoever has it; it is told this once."""
    here = service()
    kind = _mine(kinds, object_id)
    end = None if asked.expires_days is None else now() + timedelta(days=asked.expires_days)
    secret = sharing.make_link(here.session, here.user, kind, object_id, end)
    here.commit()
    row = here.session.get_one(ShareLink, secret.id)
    return _link(row) | {"url": public_url("links.page", secret=secret.text)}


@bp.delete(f"{OBJECT}/links/<int:link_id>")
@allow("trainer")
@bp.output({}, status_code=204)
def revoke_link(kinds: str, object_id: int, link_id: int) -> str:
    """Let a link show nothing any more."""
    here = service()
    sharing.revoke_link(here.session, here.user, _mine(kinds, object_id), object_id, link_id)
    here.commit()
    return ""
