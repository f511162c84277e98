"""Opening sockets as a browser does, and what a worker does to what they show."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from config.asgi import application
from negotiation import broadcast
from negotiation.models import Message, Negotiation
from tests import factories

ORIGIN = (b"origin", settings.ORIGINS[0].encode())


def cookie_of(user: User | None) -> bytes:
    client = Client()
    if user:
        client.force_login(user)
    session = client.cookies.get(settings.SESSION_COOKIE_NAME)
    return f"{settings.SESSION_COOKIE_NAME}={session.value if session else ''}".encode()


@asynccontextmanager
async def socket(
    path: str, user: User | None, origin: tuple[bytes, bytes] = ORIGIN
) -> AsyncIterator[WebsocketCommunicator]:
    cookie = await database_sync_to_async(cookie_of)(user)
    communicator = WebsocketCommunicator(application, path, headers=[origin, (b"cookie", cookie)])
    try:
        yield communicator
    finally:
        await communicator.disconnect()


async def closed_with(communicator: WebsocketCommunicator) -> int:
    connected, _ = await communicator.connect()
    assert connected
    event = await communicator.receive_output(timeout=3)
    assert event["type"] == "websocket.close"
    return int(event["code"])


async def closing(communicator: WebsocketCommunicator) -> int:
    """The code that the server closes with, after whatever it still sends."""
    while (event := await communicator.receive_output(timeout=5))["type"] != "websocket.close":
        pass
    return int(event["code"])


def say(negotiation: Negotiation, *, ring: bool = True) -> Message:
    """What a worker does: one committed message, one doorbell."""
    seq = negotiation.messages.count() + 1
    message = factories.message(negotiation, seq, body=factories.move(seq).to_dict())
    Negotiation.objects.filter(pk=negotiation.pk).update(head=seq)
    if ring:
        broadcast.transcript_changed(negotiation_id=negotiation.pk)
    return message


async def collect(communicator: WebsocketCommunicator, upto: int) -> list[int]:
    """The numbers of the messages as they arrive, until number `upto`."""
    seen: list[int] = []
    while not seen or seen[-1] < upto:
        frame = json.loads(await communicator.receive_from(timeout=5))
        seen += [item["seq"] for item in frame.get("items", [])]
    return seen
