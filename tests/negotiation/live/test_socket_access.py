"""Who gets in, and who stays."""

from __future__ import annotations

from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session

from negotiation import consumers
from negotiation.live import access
from tests import factories
from tests.negotiation.live.sockets import closed_with, socket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


async def test_nobody_gets_in_without_logging_in_a_role_and_a_negotiation(
    operator: User, stranger: User
) -> None:
    table = await database_sync_to_async(factories.negotiation)()
    path = f"/ws/negotiations/{table.pk}/?after=0"
    for user, where, code in (
        (None, path, access.NOT_LOGGED_IN),
        (stranger, path, access.NOT_ALLOWED),
        (operator, "/ws/negotiations/999999/", access.UNKNOWN),
        (operator, "/ws/negotiations/" + "9" * 30 + "/", access.UNKNOWN),
        (None, "/ws/doorbell/?topic=floor", access.NOT_LOGGED_IN),
        (stranger, "/ws/doorbell/?topic=floor", access.NOT_ALLOWED),
        (operator, "/ws/doorbell/?topic=secrets", access.UNKNOWN),
    ):
        async with socket(where, user) as viewer:
            assert await closed_with(viewer) == code


@pytest.mark.parametrize("path", ["/", "/ws/", "/ws/negotiations/x/", "/nowhere/"])
async def test_an_unknown_socket_is_refused_without_an_error(operator: User, path: str) -> None:
    async with socket(path, operator) as viewer:
        connected, _ = await viewer.connect()
        assert not connected


@pytest.mark.parametrize("origin", [b"https://evil.example", b"ftp://localhost:8000", b"null"])
async def test_another_origin_does_not_get_in(operator: User, origin: bytes) -> None:
    table = await database_sync_to_async(factories.negotiation)()
    path = f"/ws/negotiations/{table.pk}/"
    async with socket(path, operator, origin=(b"origin", origin)) as viewer:
        connected, _ = await viewer.connect()
        assert not connected


@pytest.mark.parametrize("change", ["logs out", "loses the role", "is deactivated"])
async def test_an_open_socket_closes_when_its_person_may_no_longer_see(
    operator: User, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    monkeypatch.setattr(consumers, "RECHECK_SECONDS", 0.2)
    table = await database_sync_to_async(factories.negotiation)()

    def revoke() -> None:
        if change == "logs out":
            Session.objects.all().delete()
        elif change == "loses the role":
            operator.groups.clear()
        else:
            User.objects.filter(pk=operator.pk).update(is_active=False)

    async with socket(f"/ws/negotiations/{table.pk}/", operator) as viewer:
        await viewer.connect()
        await viewer.receive_from(timeout=5)
        await database_sync_to_async(revoke)()
        event: dict[str, Any] = {}
        while event.get("type") != "websocket.close":
            event = await viewer.receive_output(timeout=3)
    assert event["code"] in {access.NOT_LOGGED_IN, access.NOT_ALLOWED}
