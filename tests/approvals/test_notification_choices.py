"""What people want to be told is what they are told."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.utils import timezone

from approvals.models import Notification, NotificationChoice, Posting
from approvals.services import preferences
from negotiation.models import AuditEntry
from tests.approvals.posts import choose, read_all, say
from tests.approvals.scenes import World

pytestmark = pytest.mark.django_db


def test_what_people_do_not_want_they_are_not_told(world: World, manager: User) -> None:
    User.objects.update(email="manager@example.org")

    def told_after(*wanted: tuple[str, str]) -> int:
        choose(manager, *wanted)
        say()
        read_all()
        return Notification.objects.filter(user=manager).count()

    assert told_after() == 0
    assert told_after(("parked", "mail")) == 1
    assert [posting.channel for posting in Posting.objects.all()] == ["mail"]
    assert not Notification.objects.visible_to(manager).exists(), "not on the page"
    assert told_after(("parked", "page")) == 2
    assert Notification.objects.visible_to(manager).count() == 1
    assert Posting.objects.count() == 1, "and not by mail any more"
    assert told_after(("failed", "page")) == 2


def test_a_choice_leaves_a_row_in_the_trail_without_the_address(
    world: World, manager: User, settings: Any
) -> None:
    settings.NOTIFY_WEBHOOK_HOSTS = ["hooks.example.com"]
    preferences.save(
        user=manager,
        wanted=preferences.USUAL | {("failed", "webhook")},
        url="https://hooks.example.com/secret-path",
        new_secret=False,
        now=timezone.now(),
    )
    entry = AuditEntry.objects.get(action="notifications.chosen")
    assert entry.details["on"] == ["failed/webhook"]
    assert entry.details["address"] == "hooks.example.com"
    assert "secret-path" not in str(entry.details)
    assert "whsec" not in str(entry.details)


def test_the_database_refuses_a_second_choice(manager: User) -> None:
    choice = {"user": manager, "event": "parked", "channel": "page", "wanted": True}
    NotificationChoice.objects.create(**choice)
    with pytest.raises(IntegrityError, match="notification_choice_once"):
        NotificationChoice.objects.create(**choice)
