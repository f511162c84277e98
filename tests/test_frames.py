"""Frames through daphne: what goes over the wire is what RFC 6455 says, and how many may come."""

from __future__ import annotations

from typing import Any

import pytest
from daphne.ws_protocol import WebSocketFactory
from twisted.internet.address import IPv4Address
from twisted.internet.testing import StringTransport
from websockets.protocol import CLIENT, OPEN, Protocol

from config.frames import framed, install
from config.limits import BYTES_PER_SECOND, FRAMES_PER_SECOND, Allowance


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 300_000])
def test_a_browser_reads_the_text_that_was_sent(size: int) -> None:
    texts = ["é→" + "x" * size, "and the next"]
    browser = Protocol(CLIENT, state=OPEN, max_size=None)
    for text in texts:
        browser.receive_data(framed(text))
    frames = browser.events_received()
    assert [bytes(frame.data).decode() for frame in frames if hasattr(frame, "data")] == texts


def test_each_second_allows_as_much_again() -> None:
    allowance = Allowance()
    for second in range(100, 103):
        for _ in range(FRAMES_PER_SECOND):
            assert allowance.takes(now=second + 0.5, frames=1)
        assert not allowance.takes(now=second + 0.9, frames=1)
    assert allowance.takes(now=200, octets=BYTES_PER_SECOND)
    assert not allowance.takes(now=200, octets=1)


def test_a_flood_before_the_socket_is_accepted_ends_the_connection() -> None:
    install()
    door = WebSocketFactory(None).buildProtocol(IPv4Address("TCP", "127.0.0.1", 1))
    transport: Any = StringTransport()  # type: ignore[no-untyped-call]
    door.makeConnection(transport)
    door.dataReceived(bytes(BYTES_PER_SECOND))
    assert not transport.disconnected
    door.dataReceived(bytes(1))
    assert transport.disconnected
    assert door.data == b""
