"""Who gets in, and who stays."""

from __future__ import annotations

from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from negotiation import consumers
from negotiation.live import access
from tests import factories
from tests.negotiation.live.sockets import closed_with, closing, cookie_of, socket

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
async def test_a_loss_of_access_closes_open_sockets_at_once(operator: User, change: str) -> None:
    table = await database_sync_to_async(factories.negotiation)()

    def lose(cookie: bytes) -> None:
        if change == "logs out":
            client = Client()
            name, _, key = cookie.decode().partition("=")
            client.cookies[name] = key
            client.post("/logout/")
        elif change == "loses the role":
            operator.groups.clear()
        else:
            operator.is_active = False
            operator.save()

    async with socket(f"/ws/negotiations/{table.pk}/", operator) as viewer:
        await viewer.connect()
        await viewer.receive_from(timeout=5)
        cookie = dict(viewer.scope["headers"])[b"cookie"]
        await database_sync_to_async(lose)(cookie)
        assert await closing(viewer) in {access.NOT_LOGGED_IN, access.NOT_ALLOWED}


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


async def test_a_thousand_who_come_at_once_cost_a_few_queries(
    operator: User, stranger: User
) -> None:
    table = await database_sync_to_async(factories.negotiation)()
    keys = [
        (await database_sync_to_async(cookie_of)(user)).decode().partition("=")[2]
        for user in (operator, operator, stranger, None)
    ]
    wishes = [access.Wish(key, number) for key in keys for number in (table.pk, 0, 10**30, None)]

    def ask() -> tuple[dict[access.Wish, access.Answer], int]:
        with CaptureQueriesContext(connection) as queries:
            return access.answers_to(wishes * 50), len(queries)

    answers, queries = await database_sync_to_async(ask)()
    assert queries <= 4
    refusals = [answers[wish].refusal for wish in wishes]
    unknown, stranger_may = access.UNKNOWN, access.NOT_ALLOWED
    assert refusals[:8] == [None, unknown, unknown, None] * 2
    assert refusals[8:12] == [stranger_may] * 4
    assert refusals[12:] == [access.NOT_LOGGED_IN] * 4


@pytest.mark.parametrize("key", ["", "x" * 5_000, "\0", "ä", "' OR 1=1", "\ud800"])
async def test_a_cookie_of_nonsense_does_nobody_else_harm(operator: User, key: str) -> None:
    good = (await database_sync_to_async(cookie_of)(operator)).decode().partition("=")[2]
    ask = database_sync_to_async(access.answers_to)
    answers = await ask([access.Wish(key, None), access.Wish(good, None)])
    assert [answer.refusal for answer in answers.values()] == [access.NOT_LOGGED_IN, None]


async def test_a_session_from_before_a_new_password_is_nobodys(operator: User) -> None:
    key = (await database_sync_to_async(cookie_of)(operator)).decode().partition("=")[2]

    def change() -> None:
        operator.set_password("another one")
        operator.save()

    await database_sync_to_async(change)()
    wish = access.Wish(key, None)
    answers = await database_sync_to_async(access.answers_to)([wish])
    assert answers[wish].refusal == access.NOT_LOGGED_IN
