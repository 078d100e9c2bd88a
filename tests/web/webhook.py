"""A webhook on loopback, which keeps what is posted to it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast


class Webhook(ThreadingHTTPServer):
    """Answers as the path says: `/404/x` with 404, and `/slow` when it is let go."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.posts: list[tuple[str, dict[str, str], bytes]] = []
        """Path, headers and body of each."""
        self.reached, self.hold = threading.Event(), threading.Event()

    @property
    def url(self) -> str:
        """The address of a channel that posts here."""
        return f"json://127.0.0.1:{self.server_port}/hook"

    @property
    def heard(self) -> list[tuple[str, str]]:
        """Title and message of each alert."""
        documents = [json.loads(content) for _, _, content in self.posts]
        return [(document["title"], document["message"]) for document in documents]


class _Request(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = cast(Webhook, self.server)
        length = int(self.headers.get("Content-Length", 0))
        server.posts.append((self.path, dict(self.headers), self.rfile.read(length)))
        server.reached.set()
        if self.path.startswith("/slow"):
            server.hold.wait(60)
        self.send_response(int(self.path.split("/")[1]) if self.path[1:4].isdigit() else 200)
        self.send_header("Location", "/200/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def webhook() -> Iterator[Webhook]:
    """One that listens until this is left."""
    server = Webhook()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.hold.set()
        server.shutdown()
        server.server_close()
        thread.join()
