"""The bell, the list and the settings: one's own only, and no link decides anything."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from approvals.models import Notification, NotificationChoice, NotificationWebhook
from approvals.services import preferences
from negotiation.models import AuditEntry, Decision
from tests import factories
from tests.approvals.posts import choose, read_all, say

pytestmark = pytest.mark.django_db

LIST, BELL, SEEN, SETTINGS = (
    f"/notifications/{part}" for part in ("", "bell/", "seen/", "settings/")
)


def rows(user: User, number: int = 1, **fields: Any) -> list[Notification]:
    decision = factories.decision()
    begin = Notification.objects.count()
    return [
        Notification.objects.create(
            **{
                "user": user,
                "event": "parked",
                "decision": decision,
                "audit_seq": 10_000 + begin + place,
                "text": f"Entry {begin + place}",
                "package_hash": decision.package_hash,
                "on_page": True,
                "created_at": timezone.now(),
            }
            | fields
        )
        for place in range(number)
    ]


def bell_of(client: Client) -> str:
    return client.get(BELL).content.decode()


def test_the_bell_counts_what_is_new_to_oneself(
    manager: User, manager_client: Client, operator: User, operator_client: Client
) -> None:
    assert "nothing new" in bell_of(manager_client)
    say()
    read_all()
    assert "Notifications: 1 unseen" in bell_of(manager_client)
    assert "Notifications: 1 unseen" in manager_client.get("/approvals/").content.decode()
    assert "nothing new" in bell_of(operator_client)
    rows(manager, on_page=False)
    assert "1 unseen" in bell_of(manager_client)
    rows(manager, 120)
    assert ">99+<" in bell_of(manager_client)


def test_the_list_is_of_ones_own_and_leads_to_the_decision(
    manager: User, operator: User, manager_client: Client, operator_client: Client
) -> None:
    (row,) = rows(manager)
    page = manager_client.get(LIST).content.decode()
    assert f'href="/approvals/{row.decision_id}/"' in page
    assert "Entry 0" in page
    assert "Entry 0" not in operator_client.get(LIST).content.decode()


def test_following_every_link_decides_nothing(manager: User, manager_client: Client) -> None:
    say()
    read_all()
    page = manager_client.get(LIST).content.decode()
    links = set(re.findall(r'<a [^>]*href="(/[^"]*)"', page))
    before = state()
    for link in links | {LIST, BELL, SETTINGS, f"{LIST}?show=unseen"}:
        assert manager_client.get(link).status_code == 200
        assert "?" not in link or link == f"{LIST}?show=unseen"
    assert state() == before


def state() -> list[Any]:
    return [
        list(Decision.objects.values()),
        Notification.objects.count(),
        AuditEntry.objects.count(),
        NotificationChoice.objects.count(),
    ]


def test_a_link_in_a_mail_leads_through_the_login(client: Client) -> None:
    decision = factories.decision()
    for address in (f"/approvals/{decision.pk}/", LIST, SETTINGS, BELL):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer["Location"] == f"/login/?next={address}"


def test_seen_is_what_one_was_shown_and_no_more(manager: User, manager_client: Client) -> None:
    first, second, third = rows(manager, 3)
    manager_client.post(SEEN, {"upto": second.pk, "only": second.pk})
    assert unseen(manager) == [third.pk, first.pk]
    manager_client.post(SEEN, {"upto": second.pk})
    assert unseen(manager) == [third.pk], "it came after the page was made"


def unseen(user: User) -> list[int]:
    return list(Notification.objects.visible_to(user).unseen().values_list("pk", flat=True))


def test_nobody_marks_what_is_told_to_others(
    manager: User, operator_client: Client, stranger_client: Client
) -> None:
    (row,) = rows(manager)
    operator_client.post(SEEN, {"upto": row.pk})
    operator_client.post(SEEN, {"upto": row.pk, "only": row.pk})
    assert unseen(manager) == [row.pk]
    assert stranger_client.get(LIST).status_code == 403
    assert stranger_client.post(SEEN, {"upto": row.pk}).status_code == 403
    assert stranger_client.post(SETTINGS, {}).status_code == 403


@pytest.mark.parametrize("upto", ["", "x", "-1", "9" * 30, "1e3", "١"])
def test_marks_that_are_none_are_refused_in_words(
    upto: str, manager: User, manager_client: Client
) -> None:
    rows(manager)
    page = manager_client.post(SEEN, {"upto": upto}, follow=True)
    assert page.status_code == 200
    if upto != "١":
        assert "Nothing was marked" in page.content.decode()
    assert manager_client.get(SEEN).status_code == 405


def test_hostile_text_is_shown_and_does_nothing(manager: User, manager_client: Client) -> None:
    rows(manager, text="\u202e<script>alert(1)</script>")
    page = manager_client.get(LIST).content.decode()
    assert "<script>alert" not in page
    assert "\\u202e&lt;script&gt;" in page


@pytest.mark.parametrize("number", [1, 40])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    number: int, manager: User, manager_client: Client, django_assert_max_num_queries: Any
) -> None:
    rows(manager, number)
    manager_client.get(LIST)
    with django_assert_max_num_queries(10):
        manager_client.get(LIST)
    with django_assert_max_num_queries(5):
        manager_client.get(BELL)
    with django_assert_max_num_queries(9):
        manager_client.get(SETTINGS)


def test_what_is_ticked_is_what_is_kept(manager: User, manager_client: Client) -> None:
    page = manager_client.get(SETTINGS).content.decode()
    assert re.search(r'name="parked\.mail" checked', page)
    assert re.search(r'name="failed\.mail" aria', page)
    saved = manager_client.post(SETTINGS, {"failed.mail": "on", "parked.page": "on", "url": ""})
    assert saved.status_code == 302
    assert preferences.wishes([manager.pk])[manager.pk] == {("failed", "mail"), ("parked", "page")}
    page = manager_client.get(SETTINGS).content.decode()
    assert re.findall(r'name="([a-z.]+)" checked', page) == ["parked.page", "failed.mail"]


def test_a_refused_address_is_said_and_nothing_that_was_typed_is_lost(
    manager: User, manager_client: Client, settings: Any
) -> None:
    settings.NOTIFY_WEBHOOK_HOSTS = ["hooks.example.com"]
    refused = ["https://evil.example/", "https://[::1", "http://169.254.1.1", "https://xn--a/"]
    for url in (*refused, "x" * 501, "nul\0"):
        answer = manager_client.post(SETTINGS, {"failed.webhook": "on", "url": url})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Nothing was saved." in page
        assert re.search(r'name="failed\.webhook" checked', page)
    assert not NotificationWebhook.objects.exists()
    assert preferences.wishes([manager.pk])[manager.pk] == preferences.USUAL


def test_a_secret_is_ones_own_and_changes_when_one_says_so(
    manager: User,
    manager_client: Client,
    operator_client: Client,
    settings: Any,
) -> None:
    settings.NOTIFY_WEBHOOK_HOSTS = ["hooks.example.com"]
    choose(manager, url="https://hooks.example.com/a")
    first = NotificationWebhook.objects.get().secret
    assert first in manager_client.get(SETTINGS).content.decode()
    assert first not in operator_client.get(SETTINGS).content.decode()
    manager_client.post(SETTINGS, {"url": "https://hooks.example.com/b"})
    assert NotificationWebhook.objects.get().secret == first
    manager_client.post(SETTINGS, {"url": "https://hooks.example.com/b", "new_secret": "on"})
    assert NotificationWebhook.objects.get().secret != first
    assert AuditEntry.objects.filter(details__address_changed=True).count() == 3
    manager_client.post(SETTINGS, {"url": ""})
    assert not NotificationWebhook.objects.exists()


def test_losing_ones_role_takes_the_list_away(
    manager: User, client_of: Callable[[User], Client]
) -> None:
    rows(manager)
    manager.groups.clear()
    fresh = User.objects.get(pk=manager.pk)
    assert not Notification.objects.visible_to(fresh).exists()
    assert client_of(fresh).get(LIST).status_code == 403


def test_who_opens_the_card_has_seen_what_they_were_told_of_it(
    manager: User, manager_client: Client
) -> None:
    [told], [other] = rows(manager), rows(manager)
    manager_client.get(f"/approvals/{told.decision_id}/")
    assert list(Notification.objects.visible_to(manager).unseen()) == [other]
