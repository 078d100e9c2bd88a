import pytest
from browser import logged_in, make_user

from webfoot.web.models.user import User
from webfoot.web.ops import users
from webfoot.web.services import accounts
from webfoot.web.services.access import SCOPES, Forbidden

MOST = {"viewer": "read", "trainer": "train", "administrator": "admin"}


@pytest.mark.parametrize("role", MOST)
def test_a_token_is_given_no_more_than_its_makers_role(app, role):
    person, order = logged_in(app, role), list(SCOPES)
    email = person.get("/api/v1/me").json["email"]
    for scope in order:
        made = person.send("POST", "/api/v1/tokens", json={"name": scope, "scopes": [scope]})
        if order.index(scope) <= order.index(MOST[role]):
            assert (made.status_code, made.json["scopes"]) == (201, [scope])
            continue
        sentence = (
            f"the scope {scope} is more than {email} may do, who has the role {role}; at most {MOST[role]} would be"
        )
        assert (made.status_code, made.json["error"]) == (403, f"{sentence} right")
    assert len(person.get("/api/v1/tokens").json["items"]) == order.index(MOST[role]) + 1


def test_one_scope_too_many_refuses_the_whole_token(app):
    person = logged_in(app, "viewer")
    made = person.send("POST", "/api/v1/tokens", json={"name": "all", "scopes": ["read", "train"]})
    assert made.status_code == 403
    assert person.get("/api/v1/tokens").json["items"] == []


def test_the_command_line_gives_no_more_either(app, settings):
    _, email = make_user(app, "viewer", password=None)
    with pytest.raises(Forbidden, match=f"the scope train is more than {email} may do, who has the role viewer"):
        users.token(settings, email, "train", "t")
    assert users.token(settings, email, "read", "t").startswith("wf_")


def test_who_has_no_role_has_no_tokens(app, service):
    id, email = make_user(app, "viewer", password=None)
    with service.database.writing() as session:
        session.get_one(User, id).roles = []
        with pytest.raises(Forbidden, match=f"the scope read is more than {email} may do, who has no role$"):
            accounts.make_token(session, session.get_one(User, id), "t", ["read"], None)
