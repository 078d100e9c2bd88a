import email
import email.policy
import json
import socketserver
import threading
from typing import cast

import apprise
import pytest

from webfoot.errors import UnknownName
from webfoot.web.alerts.addresses import check_destination
from webfoot.web.alerts.channels import send
from webfoot.web.alerts.courier import Guard
from webfoot.web.alerts.schemes import SCHEMES, AlertError

PUBLIC = "93.184.215.14"


ANSWERS = {b"EHLO": "250-here\r\n250 AUTH PLAIN", b"AUTH": "235 welcome", b"QUIT": "221 bye"}


class MailServer(socketserver.ThreadingTCPServer):
    def __init__(self):
        super().__init__(("127.0.0.1", 0), Mailbox)
        self.commands: list[str] = []
        self.messages: list[bytes] = []


class Mailbox(socketserver.StreamRequestHandler):
    """As much of SMTP as it takes to be given a message."""

    def handle(self):
        server = cast(MailServer, self.server)
        self.answer("220 ready")
        for line in self.rfile:
            server.commands.append(line.decode().strip())
            command = line[:4].upper()
            if command == b"DATA":
                self.answer("354 go on")
                server.messages.append(b"".join(iter(self.rfile.readline, b".\r\n")))
            self.answer(ANSWERS.get(command, "250 done"))
            if command == b"QUIT":
                return

    def answer(self, text):
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def mailbox():
    """A mail server on loopback."""
    server = MailServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def port(server):
    return server.server_address[1]


def test_a_webhook_is_posted_the_alert(hook):
    send(f"json://me:secret@127.0.0.1:{port(hook)}/200/x?+X-Token=abc", "walk: diverged", "two\nlines", True)
    ((path, headers, content),) = hook.posts
    document = json.loads(content)
    assert path == "/200/x" and headers["X-Token"] == "abc" and headers["Authorization"].startswith("Basic ")
    assert (document["title"], document["message"]) == ("walk: diverged", "two\nlines")


def test_an_email_is_handed_to_the_mail_server(mailbox):
    url = f"mailto://me:secret@localhost:{port(mailbox)}/?from=webfoot@example.org&to=you@example.org"
    send(url, "walk: plateau", "no trial scored better\nthan 0.4", True)
    message = email.message_from_bytes(mailbox.messages[0], policy=email.policy.default)
    assert (message["Subject"], message["To"]) == ("walk: plateau", "you@example.org")
    assert "webfoot@example.org" in message["From"]
    assert message.get_content().splitlines() == ["no trial scored better", "than 0.4"]


def test_line_breaks_in_a_title_or_body_add_no_header_and_no_recipient(mailbox):
    url = f"mailto://me:secret@localhost:{port(mailbox)}/?from=webfoot@example.org&to=you@example.org"
    title = "walk\r\nBcc: victim@example.org\n\nhello\u2028Cc: x@example.org\x85X-A: b"
    send(url, title, "ends\r\n.\r\nMAIL FROM:<evil@example.org>\r\nRCPT TO:<victim@example.org>", True)
    (raw,) = mailbox.messages
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert message["Bcc"] is None and message["Cc"] is None and message["X-A"] is None
    assert message["Subject"] == "walk Bcc: victim@example.org hello Cc: x@example.org X-A: b"
    recipients = [command for command in mailbox.commands if command.upper().startswith("RCPT")]
    assert recipients == ["rcpt TO:<you@example.org>"]


def test_line_breaks_in_an_address_are_refused(mailbox, hook):
    for url in (
        f"mailto://me:secret@localhost:{port(mailbox)}/?to=you@example.org&from=a%0d%0aBcc:x@example.org",
        f"json://127.0.0.1:{port(hook)}/x?+X-A=b%250d%250aX-C:d",
    ):
        with pytest.raises(AlertError, match="holds a space, a line break"):
            send(url, "title", "body", True)
    assert not mailbox.commands and not hook.posts


def test_markup_in_an_alert_stays_text(hook):
    send(f"json://127.0.0.1:{port(hook)}/", "<b>walk</b>", "<script>&amp;\ud800\x00.", True)
    document = json.loads(hook.posts[0][2])
    assert (document["title"], document["message"]) == ("<b>walk</b>", "<script>&amp;  .")


def test_users_reach_no_private_host(hook):
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]"):
        with pytest.raises(AlertError, match="leads inside: .* is a loopback address"):
            send(f"json://{host}:{port(hook)}/", "title", "body", False)
    assert not hook.posts


def test_a_name_that_leads_elsewhere_after_it_was_checked_reaches_nothing(hook):
    """DNS rebinding: the first answer is public, the next one is not."""
    with pytest.raises(
        AlertError, match=r"json://localhost: it leads inside: (127\.0\.0\.1|::1) is a loopback address"
    ):
        send(f"json://localhost:{port(hook)}/", "title", "body", False, resolve=lambda host: [PUBLIC])
    assert not hook.posts


def test_a_mail_server_that_leads_elsewhere_after_it_was_checked_reaches_nothing(mailbox):
    url = f"mailto://me:secret@localhost:{port(mailbox)}/?from=webfoot@example.org&to=you@example.org"
    with pytest.raises(AlertError, match="it leads inside: .* is a loopback address"):
        send(url, "title", "body", False, resolve=lambda host: [PUBLIC])
    assert not mailbox.commands


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(hook, status):
    with pytest.raises(AlertError, match=f"the server answered with HTTP status {status}"):
        send(f"json://127.0.0.1:{port(hook)}/{status}/x", "title", "body", True)
    assert [path for path, _, _ in hook.posts] == [f"/{status}/x"]


def test_what_the_server_answered_is_told_without_any_secret(hook):
    with pytest.raises(AlertError) as refused:
        send(f"json://me:hunter2@127.0.0.1:{port(hook)}/404/hunter2?+X-Token=hunter2", "hunter2", "hunter2", True)
    assert str(refused.value) == (
        "json://127.0.0.1: the server answered with HTTP status 404; check the address and its token"
    )
    assert refused.value.__cause__ is None and refused.value.__context__ is None


def test_nothing_secret_is_logged_or_written(hook, caplog, capfd):
    caplog.set_level("DEBUG")
    with pytest.raises(AlertError):
        send(f"json://me:hunter2@127.0.0.1:{port(hook)}/500/hunter2", "title", "body", True)
    send(f"json://me:hunter2@127.0.0.1:{port(hook)}/200/hunter2", "title", "body", True)
    assert "hunter2" not in caplog.text + "".join(capfd.readouterr())


def test_a_server_that_does_not_answer_is_given_up(hook):
    with pytest.raises(AlertError, match=r"json://127\.0\.0\.1: the alert was not taken within 1\.5 s") as refused:
        send(f"json://me:hunter2@127.0.0.1:{port(hook)}/slow", "title", "body", True, limit_s=1.5)
    assert refused.value.__suppress_context__


def test_a_port_where_nobody_listens_is_told_of(hook):
    free = port(hook)
    hook.server_close()
    with pytest.raises(AlertError, match=r"json://127\.0\.0\.1: the server could not be reached"):
        send(f"json://127.0.0.1:{free}/", "title", "body", True)


def test_an_address_that_apprise_does_not_take_is_told_of():
    with pytest.raises(AlertError, match=r"slack://slack\.com: a part of it is missing or malformed"):
        send("slack://hunter2", "title", "body", False)


def test_a_scheme_that_is_not_allowed_is_refused(tmp_path):
    with pytest.raises(UnknownName, match="unknown scheme of an alert address 'file'"):
        send(f"file://{tmp_path}/written", "title", "body", True)
    assert not list(tmp_path.iterdir())


def test_a_proxy_of_the_environment_and_stored_passwords_are_not_used(hook, mailbox, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password hunter2")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{port(mailbox)}")
    send(f"json://127.0.0.1:{port(hook)}/", "title", "body", True)
    assert "Authorization" not in hook.posts[0][1] and not mailbox.commands


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        (("10.0.0.1", 80), "10.0.0.1 is a private address"),
        (("::ffff:127.0.0.1", 80, 0, 0), "loopback address"),
        (("localhost", 80), "'localhost' is not resolved yet"),
        ("/var/run/docker.sock", "only internet addresses are allowed"),
        (b"\0abstract", "only internet addresses are allowed"),
        ((16, 0), "only internet addresses are allowed"),
    ],
)
def test_the_guard_refuses_what_no_alert_needs(address, reason):
    guard = Guard(allow_private=False)
    with pytest.raises(PermissionError, match=reason):
        guard("socket.connect", (None, address))
    assert reason in guard.refused[0]


@pytest.mark.parametrize("event", ["subprocess.Popen", "os.system", "os.posix_spawn", "socket.sendto", "socket.bind"])
def test_the_guard_lets_no_program_run_and_no_datagram_out(event):
    with pytest.raises(PermissionError, match=f"{event} is forbidden"):
        Guard(allow_private=True)(event, (None, ("10.0.0.1", 80)))


def test_the_guard_lets_the_rest_happen():
    guard = Guard(allow_private=False)
    guard("socket.connect", (None, (PUBLIC, 443)))
    guard("socket.sendmsg", (None, None))
    guard("open", ("x", "r", 0))
    assert not guard.refused


SAMPLES = {
    "mailto": "mailto://me:secret@example.org?to=you@example.org&smtp=mail.example.org&mode=starttls",
    "mailtos": "mailtos://me:secret@example.org",
    "json": "json://example.org/x",
    "jsons": "jsons://example.org/x?+X-Token=abc",
    "slack": "slack://TBZZZZZZZ/BBBBBBBBB/aaaaaaaaaaaaaaaaaaaaaaaa/%23robots",
    "discord": "discord://123456789012345678/abcdefg",
    "workflows": "workflows://example.logic.azure.com:443/workflow/signature",
    "tgram": "tgram://123456789:abcdefghijklmnopqrstuvwxyz1234567890/12315544/",
    "matrix": "matrix://me:secret@example.org/%23room",
    "matrixs": "matrixs://me:secret@example.org/%23room",
    "ntfy": "ntfy://example.org/topic",
    "ntfys": "ntfys://ntfy.sh/topic?priority=high",
    "gotify": "gotify://example.org/AAAAAAAAAAAAAAA",
    "gotifys": "gotifys://example.org/AAAAAAAAAAAAAAA?priority=high",
    "pover": f"pover://{'a' * 30}@{'b' * 30}",
    "mmost": f"mmost://example.org/{'a' * 26}",
    "mmosts": f"mmosts://example.org/{'a' * 26}?channel=robots",
    "rocket": "rocket://me:secret@example.org/%23robots",
    "rockets": "rockets://me:secret@example.org/%23robots",
    "zulip": f"zulip://bot@org/{'a' * 32}",
    "gchat": "gchat://workspace/key/token",
    "wxteams": f"wxteams://{'a' * 80}",
}


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # by one of the plug-ins of Apprise
@pytest.mark.parametrize("scheme", SCHEMES)
def test_apprise_takes_every_scheme_and_connects_to_the_host_that_is_checked(scheme):
    target = check_destination(SAMPLES[scheme], False, lambda host: [PUBLIC]).target
    service = apprise.Apprise.instantiate(SAMPLES[scheme])
    assert service, f"{scheme} is no scheme of Apprise, or its sample is wrong"
    if target.host is not None:
        assert (getattr(service, "smtp_host", None) or service.host).endswith(target.host)


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # by one of the plug-ins of Apprise
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_option_of_a_scheme_is_one_of_apprise(scheme):
    service = apprise.Apprise.instantiate(SAMPLES[scheme])
    assert service and SCHEMES[scheme].options <= service.template_args.keys() | {"user", "pass", "auth"}
