import json
import os

import pytest

from webfoot.cli.app import main
from webfoot.web.database import Database
from webfoot.web.services import accounts
from webfoot.web.services.access import NotFound
from webfoot.web.settings import save_settings


@pytest.fixture
def command(settings, monkeypatch, tmp_path, capsys):
    for name in [name for name in os.environ if name.startswith("WEBFOOT_")]:
        monkeypatch.delenv(name)
    save_settings(settings, tmp_path / "settings.json")

    def call(*words: str) -> tuple[int, str, str]:
        code = main([*words, "--settings", str(tmp_path / "settings.json")])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_accounts_are_made_listed_invited_again_and_disabled(command, settings):
    code, link, _ = command("user", "add", "Ada@Example.org", "--role", "administrator", "--name", "Ada")
    assert code == 0 and link.startswith("http://127.0.0.1:8800/invitation/")
    assert command("user", "add", "ben@example.org")[0] == 0
    assert command("user", "add", "ben@example.org")[::2] == (
        2,
        "webfoot: ben@example.org has an account already; invite it again instead\n",
    )
    assert "'nobody' is no e-mail address" in command("user", "add", "nobody")[2]
    again = command("user", "link", "ada@example.org")[1]
    database = Database(settings.database)
    with database.reading() as session:
        assert accounts.invitation(session, again.strip().rpartition("/")[2]).user.name == "Ada"
        with pytest.raises(NotFound, match="this link was used already"):
            accounts.invitation(session, link.strip().rpartition("/")[2])
    database.engine.dispose()
    assert command("user", "disable", "ben@example.org")[:2] == (0, "ben@example.org is disabled\n")
    assert "the account of ben@example.org is closed" in command("user", "link", "ben@example.org")[2]
    assert "there is no account of zoe@example.org" in command("user", "disable", "zoe@example.org")[2]
    listed = [line.split() for line in command("user", "list")[1].splitlines()]
    assert listed == [
        ["ada@example.org", "administrator", "invited", "Ada"],
        ["ben@example.org", "trainer", "disabled", "ben"],
    ]
    told = json.loads(command("user", "list", "--json")[1])["users"]
    assert [(user["role"], user["active"], user["opened"]) for user in told] == [
        ("administrator", True, False),
        ("trainer", False, False),
    ]


def test_wrong_options_of_the_service_are_one_sentence(command):
    assert command("serve", "--threads", "1")[2].startswith("webfoot: option --threads is 1: a whole number from 4")
    assert "setting 'concurrency' is 0" in command("worker", "--concurrency", "0")[2]
    assert "holds no service" in command("backup", "x.tar.gz")[2]
