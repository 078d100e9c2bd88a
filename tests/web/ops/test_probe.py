import contextlib

import pytest

from webfoot.web.ops.listener import listen
from webfoot.web.ops.probe import Probe


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_question_waits_for_its_answer(host):
    with listen(host, 0) as listener, contextlib.closing(Probe(listener)) as probe:
        assert not probe.is_answered()
        connection, _ = listener.accept()
        with connection:
            assert connection.recv(4096).startswith(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
            assert not probe.is_answered()
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            assert probe.is_answered()


def test_a_question_that_was_cut_off_is_asked_again():
    with listen("127.0.0.1", 0) as listener, contextlib.closing(Probe(listener)) as probe:
        assert not probe.is_answered()
        listener.accept()[0].close()  # whoever took it died
        assert not probe.is_answered()
        assert not probe.is_answered()
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            assert probe.is_answered()
