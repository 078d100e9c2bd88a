"""Motions and robots as resources: list, look at, rename, delete, take back, download; the same for both."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, send_file

from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.models.objects import Motion, MotionVersion, Robot, RobotVersion
from webfoot.web.paging import page_of
from webfoot.web.schemas.objects import (
    DeleteQuery,
    ObjectChange,
    ObjectDetail,
    ObjectOut,
    ObjectPage,
    ObjectQuery,
    VersionOut,
)
from webfoot.web.services import objects
from webfoot.web.services.access import KIND_OF
from webfoot.web.services.downloads import open_version
from webfoot.web.services.receiving import Received

bp = APIBlueprint("objects", __name__, tag="Motions and robots")

MODELS: dict[str, type[Any]] = {"motions": Motion, "robots": Robot}
KINDS = "/<any(motions,robots):kinds>"
ONE = f"{KINDS}/<int:object_id>"
VERSION = f"{ONE}/versions/<int:number>"


def version_told(version: MotionVersion | RobotVersion) -> dict[str, Any]:
    """A version as `VersionOut` has it."""
    return {name: getattr(version, name, None) for name in VersionOut.model_fields}


def told(row: Motion | Robot) -> dict[str, Any]:
    """A motion or robot as `ObjectOut` has it."""
    own = {name: getattr(row, name) for name in ObjectOut.model_fields if hasattr(row, name)}
    return own | {
        "kind": KIND_OF[type(row)],
        "owner_name": row.owner.name,
        "version_count": len(row.versions),
        "latest": version_told(row.versions[-1]),
    }


def received(came: Received[Any]) -> tuple[dict[str, Any], int]:
    """What came of an upload as `ObjectList` has it; 200 where nothing of it was new."""
    items = [told(one.row) | {"is_new": one.is_new} for one in came.taken]
    return {"items": items, "not_kept": _not_kept(came)}, 201 if came.is_new else 200


def received_version(came: Received[Any]) -> tuple[dict[str, Any], int]:
    """What came of another content as `VersionMade` has it; 200 where it was there already."""
    (one,) = came.taken
    return version_told(one.row) | {"not_kept": _not_kept(came)}, 201 if one.is_new else 200


def _not_kept(came: Received[Any]) -> list[dict[str, str]]:
    return [{"file": one.file, "reason": one.reason} for one in came.unkept]


def _detail(row: Motion | Robot) -> dict[str, Any]:
    versions = [version_told(version) for version in row.versions]
    return told(row) | {"versions": versions, "report": row.versions[-1].report}


def _version(kinds: str, object_id: int, number: int) -> MotionVersion | RobotVersion:
    row = objects.present(service().session, service().user, MODELS[kinds], object_id)
    return objects.version_of(row, number)


@bp.get(KINDS)
@allow("viewer")
@bp.input(ObjectQuery, location="query", arg_name="asked")
@bp.output(ObjectPage)
def index(kinds: str, asked: ObjectQuery) -> dict[str, Any]:
    """The ones that one may see."""
    model = MODELS[kinds]
    query = objects.listed(service().user, model, asked.search, mine=asked.mine, deleted=asked.deleted)
    rows, page = page_of(service().session, query.order_by(*objects.in_order(model, asked.sort)), asked)
    return page | {"items": [told(row) for row in rows]}


@bp.get(ONE)
@allow("viewer")
@bp.output(ObjectDetail)
def show(kinds: str, object_id: int) -> dict[str, Any]:
    """One, with its versions and the report of the latest."""
    return _detail(objects.present(service().session, service().user, MODELS[kinds], object_id))


@bp.patch(ONE)
@allow("trainer")
@bp.input(ObjectChange, arg_name="asked")
@bp.output(ObjectOut)
def change(kinds: str, object_id: int, asked: ObjectChange) -> dict[str, Any]:
    """Another name."""
    row = objects.own(service().session, service().user, MODELS[kinds], object_id)
    objects.rename(service().session, service().user, row, asked.name)
    service().commit()
    return told(row)


@bp.delete(ONE)
@allow("trainer")
@bp.input(DeleteQuery, location="query", arg_name="asked")
@bp.output({}, status_code=204)
def delete(kinds: str, object_id: int, asked: DeleteQuery) -> str:
    """Hide it; sessions that were trained with it go on, and it can be restored. Or remove it for good."""
    here, model = service(), MODELS[kinds]
    if asked.for_good:
        objects.remove(here.session, here.user, model, object_id)
    else:
        objects.delete(here.session, here.user, objects.own(here.session, here.user, model, object_id))
    here.commit()
    return ""


@bp.post(f"{ONE}/restore")
@allow("trainer")
@bp.output(ObjectOut)
def restore(kinds: str, object_id: int) -> dict[str, Any]:
    """Take back what was deleted."""
    row = objects.restore(service().session, service().user, MODELS[kinds], object_id)
    service().commit()
    return told(row)


@bp.delete(VERSION)
@allow("trainer")
@bp.output({}, status_code=204)
def delete_version(kinds: str, object_id: int, number: int) -> str:
    """Take back the latest version, so that the one before is it again; one that was trained with stays."""
    here = service()
    objects.remove_version(here.session, here.user, MODELS[kinds], object_id, number)
    here.commit()
    return ""


@bp.get(f"{VERSION}/report")
@allow("viewer")
@bp.doc(responses={200: {"description": "The report.", "content": {"application/json": {}}}})
def report(kinds: str, object_id: int, number: int) -> dict[str, Any]:
    """What the inspection said of a version."""
    return _version(kinds, object_id, number).report


@bp.get(f"{VERSION}/file")
@allow("viewer")
@bp.doc(responses={200: {"description": "The file, or a zip.", "content": {"application/octet-stream": {}}}})
def file(kinds: str, object_id: int, number: int) -> Response:
    """What was uploaded: the file, or a zip of the files."""
    opened, name = open_version(_version(kinds, object_id, number), service().settings)
    return send_file(opened, mimetype="application/octet-stream", as_attachment=True, download_name=name)
