import argon2.low_level
import pytest
from browser import PASSWORD, Browser, csrf_in, make_user

WEAK = ["password123", "aaaaaaaaaaaa", "1234567890", "qwertyuiop", "Passw0rd!!", "iloveyou12", "new@example.org1"]
REFUSAL = "the password is guessed too easily; a few uncommon words, one after another, would be right"


@pytest.mark.parametrize("password", [*WEAK, "password" * 16])
def test_a_weak_password_is_refused_wherever_one_is_set(app, invited, password):
    _, path = invited
    guest = Browser(app.test_client())
    form = {"password": password, "csrf_token": csrf_in(guest.get(path).text)}
    page = guest.client.post(path, data=form, headers=guest.headers)
    assert (page.status_code, REFUSAL in page.text) == (400, True)
    told = guest.client.post(path, json={"password": password}, headers={"X-CSRFToken": form["csrf_token"]})
    assert (told.status_code, told.json["error"]) == (400, REFUSAL)
    assert not guest.is_logged_in


@pytest.mark.parametrize("password", WEAK[:3])
def test_a_weak_password_is_refused_where_it_is_changed(app, password):
    _, email = make_user(app, "trainer")
    person = Browser(app.test_client())
    person.log_in(email)
    change = {"password": PASSWORD, "new_password": password, "new_password_confirm": password}
    page = person.client.post("/change", data={**change, "csrf_token": person.csrf()}, headers=person.headers)
    assert (page.status_code, REFUSAL in page.text) == (200, True)
    told = person.send("POST", "/change", json=change)
    assert (told.status_code, REFUSAL in told.text) == (400, True)


@pytest.mark.parametrize(
    "password", ["seven odd ducks trot", "9fK2mQ7xZr", "lonely otter " * 9, "f\u00fcnf Pferde laufen"]
)
def test_a_password_that_is_hard_to_guess_is_taken_however_long(app, invited, password):
    _, path = invited
    client = app.test_client()
    csrf = {"X-CSRFToken": client.get(path).json["csrf_token"]}
    assert client.post(path, json={"password": password}, headers=csrf).status_code == 200
    again = Browser(app.test_client())
    again.log_in("new@example.org", password)
    assert again.is_logged_in


def test_nobody_waits_to_write_while_a_password_is_verified(app, service, monkeypatch):
    """SQLite has one writer, and argon2 takes long by design: whenever it begins, somebody else could write at once."""
    _, email = make_user(app, "trainer")
    asked = []

    def meanwhile(name):
        whole = getattr(argon2.low_level, name)

        def hash_or_verify(*given, **named):
            with service.database.writing(wait_s=0) as session:
                session.connection()
            asked.append(name)
            return whole(*given, **named)

        return hash_or_verify

    for name in ("hash_secret", "verify_secret"):
        monkeypatch.setattr(argon2.low_level, name, meanwhile(name))
    for address, password in (("who@example.org", PASSWORD), (email, "a wrong horse walks"), (email, PASSWORD)):
        person = Browser(app.test_client())
        person.log_in(address, password)
        assert person.is_logged_in == ((address, password) == (email, PASSWORD))
    assert asked == ["hash_secret", "verify_secret", "verify_secret"]  # who is not known costs as much time as who is
