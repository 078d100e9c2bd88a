"""Who may do what, by route: the table that `test_access_matrix.py` holds every route against.

A route that `POLICY` does not know fails there by its name. To add one, write ONE line into `POLICY`:

    "METHOD /the/rule/<int:thing_id>": Row("401 404 404 ok ok ok", "read", {"json": {...}}),

- six answers, in the order of `PEOPLE`: `ok` (the gate and the ownership let it pass, whatever comes of it), 401, 403
  or 404; most routes are like others and use one of the names below;
- the least scope that a token needs;
- what the request brings, where it needs a body: whatever `client.open` takes.

Where the address names something new (`thing_id`), write one line into `MAKE` of `test_access_matrix.py` too: it makes
such a thing, the owner's, and gives its id. HEAD, OPTIONS and tokens of every scope follow from the same line.
"""

from dataclasses import dataclass, field
from typing import Any

PEOPLE = {
    "anonymous": None,
    "other": "trainer",
    "viewer": "viewer",
    "shared": "trainer",  # with a share of every object: not even a trainer may change what is shared with them
    "owner": "trainer",
    "administrator": "administrator",
}
"""Who asks, in the order of the table, and their roles."""


@dataclass(frozen=True)
class Row:
    """What a route answers whom."""

    cells: str
    scope: str = "read"
    given: dict[str, Any] = field(default_factory=dict)
    fill: dict[str, str] = field(default_factory=dict)
    """Values of the rule's address that are not made by `MAKE` under the same name."""
    by_password: bool = False
    """Whether a token may not do it, whatever its scope."""

    def __getitem__(self, person: str) -> str:
        return dict(zip(PEOPLE, self.cells.split(), strict=True))[person]


ALL = "ok ok ok ok ok ok"
CLOSED = "404 404 404 404 404 404"
KNOWN = "401 ok ok ok ok ok"
TRAINERS = "401 ok 403 ok ok ok"
SEEN = "401 404 404 ok ok ok"
CHANGED = "401 404 403 403 ok ok"
OWN = "401 404 404 404 ok 404"
MANAGED = "401 403 403 403 403 ok"
START = {"json": {"reference_motion": "walk", "epochs": 1, "batch_size": 8}}
FRIEND = {"json": {"email": "friend@example.org"}}
KINDS = "/api/v1/<any(sessions,motions,robots):kinds>/<int:object_id>"
UPLOADED = "/api/v1/<any(motions,robots):kinds>"
SESSION = "/api/v1/sessions/<int:session_id>"
FORM = {"data": {"name": ""}, "content_type": "multipart/form-data"}

POLICY: dict[str, Row] = {
    "GET /static/<path:filename>": Row(ALL, fill={"filename": "favicon.svg"}),
    "GET /fs-static/<path:filename>": Row(ALL, fill={"filename": "js/webauthn.js"}),
    "GET /healthz": Row(ALL),
    "GET /readyz": Row(ALL),
    "GET /metrics": Row(MANAGED, "admin"),
    "GET /api/v1/openapi.json": Row(ALL),
    "GET /": Row(KNOWN),
    "GET /sessions": Row(KNOWN),
    "GET /motions": Row(KNOWN),
    "GET /motions/<int:motion_id>": Row(SEEN),
    "GET /motions/<robot>/<name>": Row(KNOWN, fill={"robot": "duckling", "name": "walk"}),
    "GET /robots": Row(KNOWN),
    "GET /robots/<int:robot_id>": Row(SEEN),
    "GET /robots/<name>": Row(KNOWN, fill={"name": "duckling"}),
    "GET /account": Row(KNOWN),
    "GET /alerts": Row(KNOWN),
    "GET /administration": Row(MANAGED, "admin"),
    "GET /administration/users": Row(MANAGED, "admin"),
    "GET /administration/users/<int:user_id>": Row(MANAGED, "admin"),
    "GET /administration/audit": Row(MANAGED, "admin"),
    "GET /administration/service": Row(MANAGED, "admin"),
    "GET /administration/service/findings": Row(MANAGED, "admin"),
    "GET /training/configure": Row(TRAINERS, "train"),
    "POST /training/configure": Row(TRAINERS, "train", {"data": {"reference_motion": "walk", "epochs": "1"}}),
    "POST /api/v1/estimate": Row(TRAINERS, "train", START),
    "GET /api/v1/inspection": Row(KNOWN, given={"query_string": {"motion": "no such"}}),
    "POST /api/v1/motions/<int:motion_id>/mend": Row(CHANGED, "train", {"json": {"repair": True}}),
    "GET /training/monitor/<int:session_id>": Row(SEEN),
    "GET /training/monitor/<int:session_id>/standing": Row(SEEN),
    f"GET {SESSION}/usage": Row(SEEN),
    "GET /training/results/<int:session_id>": Row(SEEN),
    "GET /training/compare": Row(KNOWN),
    "GET /login": Row(ALL),
    "POST /login": Row(ALL),
    "POST /logout": Row(KNOWN),
    "GET /change": Row(KNOWN, "admin", by_password=True),
    "POST /change": Row(KNOWN, "admin", by_password=True),
    "GET /verify": Row(CLOSED),
    "POST /verify": Row(CLOSED),
    "GET /invitation/<secret>": Row(ALL, fill={"secret": "invitation"}),
    "POST /invitation/<secret>": Row(ALL, "read", {"json": {"password": "x"}}, fill={"secret": "invitation"}),
    "GET /api/v1/me": Row(KNOWN),
    "PATCH /api/v1/me": Row(KNOWN, "admin", {"json": {"name": "Ada"}}),
    "GET /api/v1/tokens": Row(KNOWN),
    "POST /api/v1/tokens": Row(KNOWN, "admin", {"json": {"name": "new", "scopes": ["read"]}}),
    "DELETE /api/v1/tokens/<int:token_id>": Row(OWN, "admin"),
    "GET /api/v1/users": Row(MANAGED, "admin"),
    "POST /api/v1/users": Row(MANAGED, "admin", {"json": {"email": "no address"}}),
    "GET /api/v1/users/<int:user_id>": Row(MANAGED, "admin"),
    "PATCH /api/v1/users/<int:user_id>": Row(MANAGED, "admin", {"json": {"role": "trainer"}}),
    "POST /api/v1/users/<int:user_id>/invite": Row(MANAGED, "admin"),
    "GET /api/v1/audit": Row(MANAGED, "admin"),
    f"GET {KINDS}/shares": Row(CHANGED, "read"),
    f"POST {KINDS}/shares": Row(CHANGED, "train", FRIEND),
    f"DELETE {KINDS}/shares/<int:user_id>": Row(CHANGED, "train", fill={"user_id": "shared"}),
    f"GET {KINDS}/links": Row(CHANGED, "read"),
    f"POST {KINDS}/links": Row(CHANGED, "train", {"json": {}}),
    f"DELETE {KINDS}/links/<int:link_id>": Row(CHANGED, "train"),
    "GET /shared/<secret>": Row(ALL, fill={"secret": "link"}),
    "GET /api/v1/shared/<secret>": Row(ALL, fill={"secret": "link"}),
    "GET /api/v1/shared/<secret>/metrics": Row(ALL, fill={"secret": "link"}),
    "GET /api/v1/shared/<secret>/artifacts/<name>": Row(ALL, fill={"secret": "link", "name": "policy"}),
    "GET /api/v1/shared/<secret>/gait": Row(CLOSED, fill={"secret": "link"}),  # there is no rollout
    "GET /api/v1/shared/<secret>/configuration": Row(ALL, fill={"secret": "link"}),
    "GET /api/v1/shared/<secret>/contract": Row(ALL, fill={"secret": "link"}),
    "GET /api/v1/shared/<secret>/bundle": Row(ALL, fill={"secret": "link"}),
    "GET /api/v1/shared/<secret>/scene": Row(ALL, fill={"secret": "link"}),
    "GET /api/v1/shared/<secret>/replay": Row(CLOSED, fill={"secret": "link"}),  # there is no rollout
    "POST /training/start": Row(TRAINERS, "train", START),
    "POST /api/v1/training/start": Row(TRAINERS, "train", START),
    "GET /training/status/<int:session_id>": Row(SEEN),
    "GET /api/v1/training/status/<int:session_id>": Row(SEEN),
    "GET /training/metrics/<int:session_id>": Row(SEEN),
    "GET /api/v1/training/metrics/<int:session_id>": Row(SEEN),
    "GET /api/v1/sessions": Row(KNOWN),
    f"GET {SESSION}": Row(SEEN),
    f"PATCH {SESSION}": Row(CHANGED, "train", {"json": {"name": "other"}}),
    f"DELETE {SESSION}": Row(CHANGED, "train"),
    f"POST {SESSION}/pause": Row(CHANGED, "train"),
    f"POST {SESSION}/cancel": Row(CHANGED, "train"),
    f"POST {SESSION}/resume": Row(CHANGED, "train"),
    f"POST {SESSION}/retry": Row(CHANGED, "train"),
    f"POST {SESSION}/clone": Row("401 404 403 ok ok ok", "train", {"json": {}}),
    f"GET {SESSION}/log": Row(SEEN),
    f"GET {SESSION}/artifacts/<name>": Row(SEEN, fill={"name": "policy"}),
    f"GET {SESSION}/gait": Row("401 404 404 404 404 404"),  # there is no rollout
    f"GET {SESSION}/video": Row(SEEN),
    f"POST {SESSION}/video": Row("401 404 403 403 404 404", "train"),  # there is no rollout
    f"GET {SESSION}/configuration": Row(SEEN),
    f"GET {SESSION}/contract": Row(SEEN),
    f"GET {SESSION}/bundle": Row(SEEN),
    f"GET {SESSION}/scene": Row(SEEN),
    f"GET {SESSION}/replay": Row("401 404 404 404 404 404"),  # there is no rollout
    "GET /api/v1/scene": Row(KNOWN),
    "GET /api/v1/replay": Row(KNOWN, "read", {"query_string": {"motion": "walk"}}),
    f"GET {SESSION}/stream": Row(SEEN),
    "GET /api/v1/stream": Row(KNOWN),
    f"GET {UPLOADED}": Row(KNOWN),
    f"GET {UPLOADED}/<int:object_id>": Row(SEEN),
    f"PATCH {UPLOADED}/<int:object_id>": Row(CHANGED, "train", {"json": {"name": "other"}}),
    f"DELETE {UPLOADED}/<int:object_id>": Row(CHANGED, "train"),
    f"POST {UPLOADED}/<int:object_id>/restore": Row(CHANGED, "train"),
    f"DELETE {UPLOADED}/<int:object_id>/versions/<int:number>": Row(CHANGED, "train", fill={"number": "1"}),
    f"GET {UPLOADED}/<int:object_id>/versions/<int:number>/report": Row(SEEN, fill={"number": "1"}),
    f"GET {UPLOADED}/<int:object_id>/versions/<int:number>/file": Row(SEEN, fill={"number": "1"}),
    "GET /api/v1/motions/bundled": Row(KNOWN),
    "POST /api/v1/motions": Row(TRAINERS, "train", FORM),
    "POST /api/v1/motions/<int:motion_id>/versions": Row(CHANGED, "train", FORM),
    "GET /api/v1/robots/bundled": Row(KNOWN),
    "POST /api/v1/robots": Row(TRAINERS, "train", FORM),
    "POST /api/v1/robots/<int:robot_id>/versions": Row(CHANGED, "train", FORM),
    "GET /api/v1/alerts": Row(KNOWN),
    "GET /api/v1/alerts/rules": Row(KNOWN),
    "POST /api/v1/alerts/<int:alert_id>/read": Row(OWN, "train"),
    "POST /api/v1/alerts/<int:alert_id>/unread": Row(OWN, "train"),
    "POST /api/v1/alerts/read-all": Row(KNOWN, "train"),
    "GET /api/v1/alerts/channels": Row(KNOWN),
    "POST /api/v1/alerts/channels": Row(KNOWN, "train", {"json": {"name": "x", "url": "no address"}}),
    "GET /api/v1/alerts/channels/<int:channel_id>": Row(OWN),
    "PATCH /api/v1/alerts/channels/<int:channel_id>": Row(OWN, "train", {"json": {"name": "y"}}),
    "DELETE /api/v1/alerts/channels/<int:channel_id>": Row(OWN, "train"),
    "POST /api/v1/alerts/channels/<int:channel_id>/test": Row(OWN, "train"),
    "GET /tensorboard/": Row(KNOWN),
    "GET /tensorboard/<path:path>": Row(KNOWN, fill={"path": "data/environment"}),
}
