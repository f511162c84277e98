"""A thousand browsers in one process: bare sockets that acknowledge as links.js does.

It costs the same for whatever server it looks at, and little enough to keep up with all of them.
"""

from __future__ import annotations

import os
import re
import select
import socket
import struct
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

MARK = b'{"seq": '
SEQ = re.compile(rb'\{"seq": (\d+),')
ACK_EVERY, ACK_SECONDS = 250, 5.0
BUFFER = memoryview(bytearray(1 << 18))
CLOSE, PING, PONG = 8, 9, 10


@dataclass
class Door:
    """Where one browser looks, and who it says it is."""

    path: str
    cookie: str = ""


@dataclass(eq=False)
class Browser:
    door: Door
    port: int
    counts_only: bool = False
    last: int = 0
    gaps: int = 0
    acknowledged: int = 0
    said_at: float = 0.0
    opened_at: float = 0.0
    ready_at: float = 0.0
    upgraded: bool = False
    arrivals: list[tuple[int, float]] = field(default_factory=list)
    _data: bytearray = field(default_factory=bytearray)

    def open(self) -> socket.socket:
        """Connects and asks for what follows the last message that it has."""
        self._data.clear()
        self.upgraded, self.ready_at, self.opened_at = False, 0.0, time.time()
        self.acknowledged = self.last
        self.socket = socket.create_connection(("127.0.0.1", self.port))
        host = f"localhost:{self.port}"
        lines = (
            f"GET {self.door.path}?after={self.last} HTTP/1.1",
            f"Host: {host}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            f"Origin: http://{host}",
            f"Cookie: {self.door.cookie}",
        )
        self.socket.sendall("\r\n".join((*lines, "", "")).encode())
        self.socket.setblocking(False)
        return self.socket

    def read(self) -> bool:
        """Takes in what has come; False when the other side has gone."""
        try:
            size = self.socket.recv_into(BUFFER)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self._data += BUFFER[:size]
        if self.upgraded or self._upgrade():
            while self._frame():
                pass
        return size > 0

    def _upgrade(self) -> bool:
        end = self._data.find(b"\r\n\r\n")
        if end < 0:
            return False
        if not self._data.startswith(b"HTTP/1.1 101"):
            raise ConnectionError(bytes(self._data[:end]).decode())
        del self._data[: end + 4]
        self.upgraded = True
        return True

    def _frame(self) -> bool:
        data = self._data
        if len(data) < 2:
            return False
        size, start = data[1] & 127, 2
        if size > 125:
            start = 4 if size == 126 else 10
            if len(data) < start:
                return False
            size = int.from_bytes(data[2:start], "big")
        if len(data) < start + size:
            return False
        self._take(data[0] & 15, bytes(data[start : start + size]))
        del data[: start + size]
        return True

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self._send(PONG, payload)
        if opcode == CLOSE:
            raise ConnectionError(f"Closed with {int.from_bytes(payload[:2], 'big')}.")
        if opcode != 1:
            return
        now = time.time()
        if self.counts_only:
            self.last += payload.count(MARK)
        else:
            for found in SEQ.finditer(payload):
                self._message(int(found[1]), now)
        head = re.search(rb'"head":(\d+)', payload)
        if head and self.last >= int(head[1]):
            self.ready_at = self.ready_at or now
        if self.last - self.acknowledged >= ACK_EVERY or (
            self.last > self.acknowledged and now - self.said_at > ACK_SECONDS
        ):
            self.acknowledged, self.said_at = self.last, now
            self._send(1, b'{"ack": %d}' % self.last)

    def _message(self, seq: int, now: float) -> None:
        if seq <= self.last:
            return
        self.gaps += seq != self.last + 1
        self.last = seq
        self.arrivals.append((seq, now))

    def _send(self, opcode: int, payload: bytes) -> None:
        # A mask of zeros leaves the payload as it is.
        self.socket.send(struct.pack("!BBI", 128 | opcode, 128 | len(payload), 0) + payload)


class Farm:
    """The browsers, and what the benchmark asks of them."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._poll = select.epoll()
        self._browsers: list[Browser] = []
        self._by_number: dict[int, Browser] = {}
        self._to_open: list[tuple[float, Browser]] = []
        self.lost = 0

    def plant(self, doors: list[Door], within: float, *, counts_only: bool = False) -> None:
        self._browsers = [Browser(door, self._port, counts_only=counts_only) for door in doors]
        self.again(within)

    def again(self, within: float) -> None:
        """All of them come back within so many seconds."""
        now, each = time.time(), within / max(1, len(self._browsers))
        self._to_open = [(now + n * each, one) for n, one in enumerate(self._browsers)]

    def cut(self) -> None:
        """Every connection is reset at once."""
        for number, browser in self._by_number.items():
            self._poll.unregister(number)
            browser.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            browser.socket.close()
        self._by_number.clear()

    def deaf(self, on: bool) -> None:
        """Reads nothing any more, or again."""
        for number in self._by_number:
            self._poll.modify(number, 0 if on else select.EPOLLIN)

    def state(self) -> dict[str, Any]:
        ready = [one for one in self._browsers if one.ready_at]
        return {
            "ready": len(ready),
            "slowest": max((one.ready_at for one in ready), default=0.0),
            "least": min((one.last for one in self._browsers), default=0),
            "total": sum(one.last for one in self._browsers),
            "gaps": sum(one.gaps for one in self._browsers),
            "lost": self.lost,
            "now": time.time(),
        }

    def arrivals(self) -> list[tuple[str, list[tuple[int, float]]]]:
        return [(one.door.path, one.arrivals) for one in self._browsers]

    def turn(self) -> None:
        """Opens whose time has come, and reads what there is."""
        while self._to_open and self._to_open[0][0] <= time.time():
            browser = self._to_open.pop(0)[1]
            number = browser.open().fileno()
            self._by_number[number] = browser
            self._poll.register(number, select.EPOLLIN)
        for number, _ in self._poll.poll(0.005, 200):
            browser = self._by_number[number]
            try:
                alive = browser.read()
            except ConnectionError:
                alive = False
            if not alive:
                self._poll.unregister(number)
                del self._by_number[number]
                self.lost += 1


def run(asked: Connection, port: int, core: int) -> None:
    """Does what it is asked, as (name, arguments), until it is asked to end."""
    os.sched_setaffinity(0, {core})
    farm = Farm(port)
    while True:
        farm.turn()
        while asked.poll():
            name, args, named = asked.recv()
            if name == "end":
                return
            asked.send(getattr(farm, name)(*args, **named))
