"""What a session that is cloned was trained with and is not there any more."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from webfoot.errors import WebfootError
from webfoot.web.models.user import User
from webfoot.web.services.choice import Choice
from webfoot.web.services.sources import UPLOADED, uploaded_motion, uploaded_robot


def gone_of(session: Session, user: User, choice: Choice) -> dict[str, str]:
    """By field of the form, a sentence that names what is gone; empty where all of it is there."""
    gone: dict[str, str] = {}
    match = UPLOADED.fullmatch(choice.motion)
    try:
        if match is not None and match[1] == "motion":
            uploaded_motion(session, user, match)
    except WebfootError as error:
        gone["reference_motion"] = _sentence(error)
    try:
        uploaded_robot(session, user, choice.robot)
    except WebfootError as error:
        gone["robot"] = _sentence(error)
    return gone


def without(choice: Choice, gone: Mapping[str, str]) -> Choice:
    """The choice without what is gone: no motion, the usual robot."""
    motion = "" if "reference_motion" in gone else choice.motion
    robot = Choice().robot if "robot" in gone else choice.robot
    return replace(choice, motion=motion, robot=robot)


def _sentence(error: WebfootError) -> str:
    said = str(error)
    return f"{said[:1].upper()}{said[1:]}."
