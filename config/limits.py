"""What a stranger may send: bodies of a size, and so much in a second over a websocket.

All of it is read on the one loop that serves everybody, before anything asks who it comes from.
Twisted would read every form there a first time, for a result that nobody uses, and daphne queues
each frame that comes, however many.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from daphne.http_protocol import WebRequest
from daphne.ws_protocol import WebSocketProtocol

# As in docs/deploy/nginx.conf. The largest document has 1 MB (DATA_UPLOAD_MAX_MEMORY_SIZE).
LARGEST_BODY = 2 * 2**20
# A chunk costs time however small it is, and so counts for no less.
SMALLEST_CHUNK = 64
TOO_LARGE = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

# A browser is sent 20 frames a second at most, and says no more than one for each.
FRAMES_PER_SECOND = 50
BYTES_PER_SECOND = 64 * 2**10
TOO_MUCH = 1008  # RFC 6455, 7.4.1: policy violation


class LimitedRequest(WebRequest):  # type: ignore[misc]  # daphne has no types
    """daphne's own, but forms are left to Django, and too large a body is not read."""

    _size = 0
    _refused = False

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named, parsePOSTFormSubmission=False)

    def gotLength(self, length: int | None) -> None:  # noqa: N802  (Twisted's name)
        super().gotLength(length)
        self._check(length or 0)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        self._size += max(SMALLEST_CHUNK, len(data))
        self._check(self._size)
        if not self._refused:
            super().handleContentChunk(data)

    def process(self) -> Any:
        return None if self._refused else super().process()

    def _check(self, size: int) -> None:
        if size > LARGEST_BODY and not self._refused:
            self._refused = True
            self.channel.transport.write(TOO_LARGE)
            self.channel.loseConnection()


@dataclass(slots=True)
class Allowance:
    """What may still come in this second."""

    since: float = 0.0
    frames: int = 0
    octets: int = 0

    def takes(self, *, now: float, frames: int = 0, octets: int = 0) -> bool:
        """Whether this much more is within the limits."""
        if now - self.since >= 1:
            self.since, self.frames, self.octets = now, 0, 0
        self.frames += frames
        self.octets += octets
        return self.frames <= FRAMES_PER_SECOND and self.octets <= BYTES_PER_SECOND


class LimitedProtocol(WebSocketProtocol):  # type: ignore[misc]  # as above
    """daphne's own, but whoever says too much is shown out, and not heard any more."""

    _is_over = False

    def connectionMade(self) -> None:  # noqa: N802  (Twisted's name)
        self._allowance = Allowance()
        super().connectionMade()

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        self._count(octets=len(data))
        if not self._is_over:
            super().dataReceived(data)

    def processData(self) -> bool:  # noqa: N802  (autobahn's, as the next)
        return not self._is_over and super().processData()

    def onFrameBegin(self) -> None:  # noqa: N802
        """Every frame begins here: pings and pieces of a message too."""
        self._count(frames=1)
        if not self._is_over:
            super().onFrameBegin()

    def _count(self, *, frames: int = 0, octets: int = 0) -> None:
        allowed = self._allowance.takes(now=time.monotonic(), frames=frames, octets=octets)
        if not allowed and not self._is_over:
            self._is_over = True
            self._show_out()

    def _show_out(self) -> None:
        self.data = b""
        if self.state == self.STATE_CONNECTING:
            self.transport.abortConnection()
            return
        # After a second without an answer, which is not read, the connection is dropped.
        self.sendCloseFrame(code=TOO_MUCH)
        self.transport.pauseProducing()
