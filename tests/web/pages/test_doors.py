"""Login, invitation, what went wrong; and a login that ended leads back to where one was."""

from browser import Browser, make_user


def test_the_login_leads_back_to_the_address_with_its_question(app):
    browser = Browser(app.test_client())
    answer = browser.get("/sessions?search=walk&page=2")
    assert (answer.status_code, answer.location) == (302, "/login?next=/sessions?search%3Dwalk%26page%3D2")
    _, email = make_user(app, "trainer")
    assert browser.log_in(email, path=answer.location).location.endswith("/sessions?search=walk&page=2")


def test_a_fragment_without_a_login_leads_the_whole_page_to_it(app):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/sessions?state=failed"}
    answer = app.test_client().get("/sessions", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login?next=/sessions?state%3Dfailed"


def test_a_fragment_without_a_login_leads_nowhere_else(app):
    headers = {"HX-Request": "true", "HX-Current-URL": "https://elsewhere.example/steal"}
    assert app.test_client().get("/sessions", headers=headers).headers["HX-Redirect"] == "/login?next=/steal"


def test_what_is_not_there_is_said_with_a_way_on(app):
    answer = Browser(app.test_client()).get("/nowhere")
    assert answer.status_code == 404 and "There is nothing here" in answer.text and 'href="/"' in answer.text


def test_a_wrong_password_is_said_beside_the_form(app):
    browser = Browser(app.test_client())
    _, email = make_user(app, "trainer")
    answer = browser.log_in(email, "a wrong password")
    assert answer.status_code == 200 and 'role="alert"' in answer.text and "centred" in answer.text
