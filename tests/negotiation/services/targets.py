"""A webhook target on loopback that answers what it is told to and remembers what it was sent."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Target(ThreadingHTTPServer):
    """Answers what it is told to, and remembers what it was sent."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.drips = False
        self.says = b"noted"
        self.calls: list[tuple[dict[str, str], bytes]] = []
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/in"


class Handler(BaseHTTPRequestHandler):
    server: Target

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.calls.append((headers, body))
        status = self.server.answers.pop(0) if self.server.answers else 200
        self.send_response(status)
        if status == 302:
            self.send_header("location", "http://169.254.169.254/")
        self.end_headers()
        for _ in range(30 if self.server.drips else 0):
            self.wfile.write(b".")
            self.wfile.flush()
            time.sleep(0.1)
        self.wfile.write(self.server.says)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def listening() -> Iterator[Target]:
    server = Target()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
