"""`Probe`: whether the service answers yet, asked without waiting."""

import contextlib
import select
import socket

ASK = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


class Probe:
    """One question to a listener, which waits in its queue until somebody answers it."""

    def __init__(self, listener: socket.socket):
        self._family, (name, *rest) = listener.family, listener.getsockname()
        self._place = ({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(name, name), *rest)
        self._asked: socket.socket | None = None

    def is_answered(self) -> bool:
        """Whether an answer, whatever it says, has begun to arrive; asks again where one was cut off."""
        with contextlib.suppress(OSError):
            if self._asked is None:
                self._asked = socket.socket(self._family, socket.SOCK_STREAM)
                self._asked.connect(self._place)  # the listener's queue takes it at once
                self._asked.sendall(ASK)
            if not select.select([self._asked], [], [], 0)[0]:
                return False
            if self._asked.recv(1):
                return True
        self.close()
        return False

    def close(self) -> None:
        """Give the connection up."""
        if self._asked is not None:
            self._asked.close()
            self._asked = None
