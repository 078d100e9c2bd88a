"""Schemathesis reads the OpenAPI document and sends what it allows, and what it does not: no fault, no other answer."""

import itertools

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from webfoot.web.app import create_app
from webfoot.web.models.notice import AlertChannel, AlertNotice
from webfoot.web.models.objects import Motion, MotionVersion, Robot, RobotVersion
from webfoot.web.models.user import User
from webfoot.web.services import accounts, sharing
from webfoot.web.services.sessions import start

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
PARTS = 6
"""The operations are shared out among so many tests, which can run beside each other."""
BOUNDED = settings(
    max_examples=12,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def document(settings):
    """The service as an administrator sees it: its document, a token, and things that addresses may name."""
    limits = {"rate_limit": "1000000 per minute", "quota": settings.quota.model_copy(update={"unfinished": 90_000})}
    app = create_app(settings.model_copy(update=limits))
    here = app.extensions["webfoot"]
    with app.app_context(), here.database.writing() as session:
        chief: User = accounts.create(session, None, "chief@example.org", "administrator")
        other: User = accounts.create(session, None, "other@example.org", "trainer")
        token = accounts.make_token(session, chief, "test", ["admin"], None)
        row = start(session, chief, here.settings, reference_motion="walk", parameters={"epochs": 1})
        session.add(AlertNotice(user_id=chief.id, rule="nan", severity="serious", message="NaN"))
        session.add(AlertChannel(user_id=chief.id, name="mail", url="", rules=[]))
        content = {
            "number": 1,
            "sha256": "0" * 64,
            "filename": "a.npz",
            "size": 1,
            "report": {"for_robot": "duckling"},
            "usable": True,
        }
        session.add(Motion(id=row.id, owner_id=chief.id, name="m", versions=[MotionVersion(**content)]))
        session.add(Robot(id=row.id, owner_id=chief.id, name="r", versions=[RobotVersion(model="a.xml", **content)]))
        session.flush()
        names = {
            "session_id": row.id,
            "object_id": row.id,
            "user_id": other.id,
            "alert_id": 1,
            "secret": sharing.make_link(session, chief, "session", row.id, None).text,
        }
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app), token.text, names
    here.database.engine.dispose()


def is_stream(operation) -> bool:
    """Whether an answer never ends."""
    return "text/event-stream" in str(operation.definition.raw.get("responses", {}).get("200", ""))


def ask(operation, mode: GenerationMode, token: str, names: dict) -> None:
    """Send some requests; two of three are about something that is there."""

    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode), known=st.sampled_from([True, True, False]))
    def answers_as_described(case, known):
        if known:
            case.path_parameters |= {name: names[name] for name in case.path_parameters if name in names}
        plain = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}  # it would not unpack an answer
        case.call_and_validate(headers=plain, checks=CHECKS)

    try:
        answers_as_described()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE  # nothing that it is asked could be wrong


@pytest.mark.parametrize("part", range(PARTS))
def test_no_request_that_can_be_described_is_a_fault_of_ours(document, part):
    schema, token, names = document
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 40
    mine = [operation for operation in operations[part::PARTS] if not is_stream(operation)]
    for operation, mode in itertools.product(mine, (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)):
        ask(operation, mode, token, names)
