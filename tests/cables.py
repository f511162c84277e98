"""A cable between the browser and the server that can be pulled without anybody being told."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

CHUNK = 65_536


class Cable:
    """Passes bytes on both ways. While it is out, it passes none, answers no new call and closes
    nothing: what a network does that is switched off somewhere on the way.
    """

    def __init__(self, port: int) -> None:
        self._server = ("localhost", port)
        self._in = threading.Event()
        self._in.set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def pull(self) -> None:
        self._in.clear()

    def plug_in(self) -> None:
        """From now on again; what was on its way in old connections is lost with them."""
        for one in self._open:
            with suppress(OSError):
                one.close()
        self._open.clear()
        self._in.set()

    def close(self) -> None:
        self.plug_in()
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        self._open.append(near)
        if not self._in.is_set():
            return
        far = socket.create_connection(self._server)
        self._open.append(far)
        for one, other in ((near, far), (far, near)):
            threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(CHUNK):
                if not self._in.is_set():
                    return
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)
