"""The running stack that the stories are told on: real processes, which can be killed."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import httpx
import websockets

from negotiation import heartbeats
from negotiation.message_server import client

if TYPE_CHECKING:
    from tests.stack import Stack


def get(live: Stack, path: str, **headers: str) -> httpx.Response:
    return httpx.get(f"{live.url}{path}", headers=headers, timeout=30)


def test_a_signed_in_person_sees_the_floor_and_nobody_else_does(live: Stack) -> None:
    assert get(live, "/", **live.headers_of("operator")).status_code == 200
    assert get(live, "/").headers["Location"].startswith("/login/")


def test_the_port_stays_open_while_the_web_process_is_replaced(live: Stack) -> None:
    live.restart("web")
    # Not refused: the question waits in the listening socket until somebody answers.
    assert get(live, "/healthz").status_code == 200


def test_killed_workers_are_missed_and_welcomed_back(live: Stack) -> None:
    live.kill_workers()
    client().delete(heartbeats.key())
    assert get(live, "/healthz").status_code == 503
    live.start_workers()
    live.wait_until_ready()


def test_a_socket_opens_for_who_may_watch(live: Stack) -> None:
    async def open_one() -> None:
        address = f"{live.websocket_url}/ws/doorbell/?topic=floor"
        async with websockets.connect(
            address, origin=websockets.Origin(live.url), additional_headers=headers
        ) as socket:
            # Who listens is rung at once; who may not is shown out before that.
            said = json.loads(await asyncio.wait_for(socket.recv(), 5))
            assert said["type"] == "changed"

    headers = live.headers_of("operator")
    asyncio.run(open_one())
