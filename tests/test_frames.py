"""The shorter way of a frame through daphne: what goes over the wire is what RFC 6455 says."""

from __future__ import annotations

import pytest
from websockets.protocol import CLIENT, OPEN, Protocol

from config.frames import framed


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 300_000])
def test_a_browser_reads_the_text_that_was_sent(size: int) -> None:
    texts = ["é→" + "x" * size, "and the next"]
    browser = Protocol(CLIENT, state=OPEN, max_size=None)
    for text in texts:
        browser.receive_data(framed(text))
    frames = browser.events_received()
    assert [bytes(frame.data).decode() for frame in frames if hasattr(frame, "data")] == texts
