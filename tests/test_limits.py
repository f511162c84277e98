"""What strangers send does not hold up everybody else: forms, bodies, and websockets that flood."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

import httpx
import pytest
import websockets

from config.limits import FRAMES_PER_SECOND, LARGEST_BODY
from tests.factories import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.stack import Stack

MULTIPART = {"Content-Type": "multipart/form-data; boundary=b"}
URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}
TINY_PARTS = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 36_000 + b"--b--\r\n"
DOORBELL = "/ws/doorbell/?topic=floor"
MASK = bytes(4)
TEXT, PING = b"\x81\x80" + MASK, b"\x89\x80" + MASK
# Three pieces of one message: the first, any between, the last.
BEGINS, GOES_ON, ENDS = b"\x01\x80" + MASK, b"\x00\x80" + MASK, b"\x80\x80" + MASK


def longest_wait(live: Stack, meanwhile: Callable[[], object]) -> float:
    """How long at most somebody else waits for a page, in seconds."""
    longest = 0.0
    with ThreadPoolExecutor() as pool:
        busy = pool.submit(meanwhile)
        while True:
            begun = time.monotonic()
            httpx.get(f"{live.url}/login/", timeout=60)
            longest = max(longest, time.monotonic() - begun)
            if busy.done():
                busy.result()
                return longest


def head(live: Stack, *lines: str, method: str = "POST", path: str = "/login/") -> bytes:
    host = f"Host: localhost:{live.port}"
    return "\r\n".join((f"{method} {path} HTTP/1.1", host, *lines, "", "")).encode()


def answer(live: Stack, *said: bytes) -> bytes:
    """The beginning of what a bare connection that says this is told."""
    with socket.create_connection(("localhost", live.port), timeout=20) as stranger:
        with suppress(ConnectionError):
            for part in said:
                stranger.sendall(part)
        return stranger.recv(1000)


def open_socket(live: Stack, **headers: str) -> socket.socket:
    """A websocket that is accepted."""
    lines = (
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        f"Origin: {live.url}",
        *(f"{name}: {value}" for name, value in headers.items()),
    )
    opened = socket.create_connection(("localhost", live.port), timeout=20)
    opened.sendall(head(live, *lines, method="GET", path=DOORBELL))
    assert opened.recv(1000).startswith(b"HTTP/1.1 101 ")
    return opened


def flood(opened: socket.socket, frames: bytes) -> float:
    """Says these without pause until the connection ends; how many seconds that took."""
    begun = time.monotonic()
    with opened, suppress(ConnectionError):
        while time.monotonic() - begun < 10:
            opened.sendall(frames)
    return time.monotonic() - begun


@pytest.fixture
def open_door(live: Stack) -> Callable[[], websockets.connect]:
    headers = live.headers_of("operator")
    return lambda: websockets.connect(
        f"{live.websocket_url}{DOORBELL}",
        origin=websockets.Origin(live.url),
        additional_headers=headers,
    )


def test_forms_of_many_tiny_fields_hold_nobody_up(live: Stack) -> None:
    def post(_: int) -> int:
        form = httpx.post(f"{live.url}/login/", content=TINY_PARTS, headers=MULTIPART, timeout=60)
        return form.status_code

    def send_eight() -> None:
        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(post, range(8))) <= {400, 403}

    assert longest_wait(live, send_eight) < 3


@pytest.mark.parametrize("kind", [MULTIPART, URLENCODED])
def test_a_form_is_read_by_django(live: Stack, kind: dict[str, str]) -> None:
    with httpx.Client(base_url=live.url, headers={"Origin": live.url}, timeout=30) as browser:
        browser.get("/login/")
        fields = {"username": "operator", "password": PASSWORD}
        fields["csrfmiddlewaretoken"] = browser.cookies["csrftoken"]
        if kind is MULTIPART:
            said = browser.post("/login/", files={name: (None, v) for name, v in fields.items()})
        else:
            said = browser.post("/login/", data=fields)
    assert (said.status_code, said.headers["Location"]) == (302, "/")


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(live: Stack) -> None:
    length = f"Content-Length: {LARGEST_BODY + 1}"
    assert answer(live, head(live, length)).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("size", [1, 60_000])
def test_a_body_without_a_length_is_read_up_to_the_limit(live: Stack, size: int) -> None:
    def chunks() -> Iterator[bytes]:
        chunk = b"%x\r\n%b\r\n" % (size, b"a" * size)
        for _ in range(40):
            yield chunk * (1_000 if size == 1 else 1)

    chunked = head(live, "Transfer-Encoding: chunked")
    assert answer(live, chunked, *chunks()).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "frames",
    [
        TEXT * 10_000,
        PING * 10_000,
        BEGINS + GOES_ON * 10_000 + ENDS,
        b"\x82\xff" + struct.pack("!Q", 900_000) + MASK + bytes(900_000),
    ],
    ids=["texts", "pings", "pieces", "bytes"],
)
@pytest.mark.parametrize("name", ["operator", None])
def test_sockets_that_flood_are_shut_and_nobody_waits_for_them(
    live: Stack, frames: bytes, name: str | None
) -> None:
    doors = [open_socket(live, **(live.headers_of(name) if name else {})) for _ in range(4)]
    lasted: list[float] = []

    def four_floods() -> None:
        with ThreadPoolExecutor(4) as pool:
            lasted.extend(pool.map(flood, doors, [frames] * 4))

    assert longest_wait(live, four_floods) < 2
    assert max(lasted) < 4


def test_who_says_too_much_is_told_why(open_door: Callable[[], websockets.connect]) -> None:
    async def talk() -> None:
        async with open_door() as door:
            await door.recv()
            with suppress(websockets.ConnectionClosed):
                for ack in range(2 * FRAMES_PER_SECOND):
                    await door.send(json.dumps({"ack": ack}))
            await asyncio.wait_for(door.wait_closed(), 5)
            assert door.close_code == 1008

    asyncio.run(talk())


def test_a_browser_that_acknowledges_stays(open_door: Callable[[], websockets.connect]) -> None:
    async def talk() -> None:
        async with open_door() as door:
            for ack in range(50):
                await door.send(json.dumps({"ack": ack}))
                await asyncio.sleep(0.05)
            await asyncio.wait_for(await door.ping(), 5)

    asyncio.run(talk())
