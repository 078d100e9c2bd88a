"""`inspection`: what is known of a motion on a robot, whichever robot it was inspected for when it arrived."""

import gzip
import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from webfoot import __version__
from webfoot.errors import UnknownName
from webfoot.motion.bundled import BUNDLED_MOTIONS, bundled_path
from webfoot.motion.formats.columns import FOLDER_SIDECAR
from webfoot.web.models.objects import MotionVersion
from webfoot.web.models.user import User
from webfoot.web.services.access import is_administrator
from webfoot.web.services.sources import (
    FOR_ROBOT,
    UPLOADED,
    Source,
    find_robot,
    model_path,
    motion_place,
    uploaded_motion,
)
from webfoot.web.settings import Settings
from webfoot.web.uploads.arrive import receive_motion
from webfoot.web.uploads.documents import motion_document
from webfoot.web.uploads.turns import turn
from webfoot.web.viewer.cache import DrawingCache
from webfoot.web.viewer.drawing import file_at
from webfoot.web.words.motion_words import explained


@dataclass(frozen=True)
class _Looked:
    """What is to be inspected, for which robot."""

    place: Path
    filename: str
    content: str
    """Hash of the motion."""
    robot: str | Path
    robot_content: str
    is_ours: bool = False
    """Both come with the program, so that nothing has to be kept from it: no other process, which takes seconds."""

    @property
    def key(self) -> str:
        """Hash of all that the report is made from."""
        parts = ("inspection", __version__, self.content, self.filename, self.robot_content)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def inspection(session: Session, user: User, settings: Settings, reference: str, robot: str) -> dict[str, Any]:
    """What an inspection of a bundled clip or an uploaded motion says for a robot, in plain words.

    Raises:
        WebfootError: there is no such motion or robot for this user, it cannot be read, or there is no turn.
    """
    body = find_robot(session, user, robot)
    match = UPLOADED.fullmatch(reference)
    if match is None or match[1] != "motion":
        known = BUNDLED_MOTIONS.get(body.model_name, {})
        if reference not in known:
            raise UnknownName("reference motion", reference[:80], [*known, "motion:ID of an uploaded one"])
        path = bundled_path(body.model_name, reference)
        looked = _looked(session, settings, body, path, path.name, file_at(path).content)
        looked = replace(looked, is_ours=body.version_id is None)
        return _told(_report(session, settings, looked), reference, reference, body, None, None)
    motion, version, clip = uploaded_motion(session, user, match)
    report = version.report
    if report.get(FOR_ROBOT) != body.reference:
        place, content = _place(version, settings), version.sha256
        looked = _looked(session, settings, body, place, version.filename, content)
        report = _report(session, settings, looked)
    mendable = motion.id if motion.owner_id == user.id or is_administrator(user) else None
    return _told(report, reference, clip or motion.name, body, clip, mendable)


def _told(
    report: dict[str, Any], reference: str, name: str, body: Source, clip: str | None, mendable: int | None
) -> dict[str, Any]:
    said = explained(report, body.name, clip, can_mend=mendable is not None)
    return said | {"motion": reference, "name": name, "robot": body.reference, "mendable": mendable}


def _place(version: MotionVersion, settings: Settings) -> Path:
    """The file, or the folder where something beside it says what its columns are."""
    place = motion_place(version, settings)
    return place.parent if place.is_file() and (place.parent / FOLDER_SIDECAR).is_file() else place


def _looked(session: Session, settings: Settings, body: Source, place: Path, filename: str, content: str) -> _Looked:
    if body.version_id is None:
        return _Looked(place, filename, content, body.reference, body.reference)
    model = model_path(session, body.version_id, settings)
    return _Looked(place, filename, content, model, f"{model.parent.parent.name}/{model.name}")


def _report(session: Session, settings: Settings, looked: _Looked) -> dict[str, Any]:
    """The report, made where nobody has asked for it before; no transaction is open meanwhile."""
    session.commit()

    def inspect() -> bytes:
        if looked.is_ours:
            report = motion_document(str(looked.place), str(looked.robot))
        else:
            with turn(settings.inspection_wait_s):
                report = receive_motion(looked.place, looked.filename, looked.robot).report
        return gzip.compress(json.dumps(report).encode(), mtime=0)

    return json.loads(gzip.decompress(DrawingCache(settings.views_dir).get(looked.key, inspect)))
