"""The whole trail is verified by a worker, one at a time, and what it found is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from negotiation import tasks
from negotiation.models import AuditEntry, TrailCheck
from negotiation.services import trail_checks
from tests.negotiation.audit import trails

pytestmark = pytest.mark.django_db


def checked(by: User | None = None) -> TrailCheck:
    check = trail_checks.ask(by=by, now=timezone.now())
    tasks.check_trail(check_id=check.pk)
    check.refresh_from_db()
    return check


def test_a_sound_trail_is_told_with_the_number_of_its_rows(manager: User) -> None:
    rows = AuditEntry.objects.count()
    check = checked(manager)
    assert rows > 0
    assert (check.result, check.number, check.sentence) == ("sound", rows, "")
    assert check.asked_by == manager


def test_the_first_row_that_is_wrong_is_named() -> None:
    trails.write(7)
    trails.unguarded()
    AuditEntry.objects.filter(number=5).update(actor="somebody else")
    check = checked()
    assert (check.result, check.number) == ("broken", 5)
    assert "Row 5 was changed" in check.sentence


def test_only_one_is_at_it_and_one_that_never_ends_is_given_up(manager: User) -> None:
    now = timezone.now()
    first = trail_checks.ask(by=manager, now=now)
    with pytest.raises(trail_checks.AlreadyAsked):
        trail_checks.ask(by=None, now=now)
    later = trail_checks.ask(by=None, now=now + trail_checks.PATIENCE * 2)
    first.refresh_from_db()
    assert first.result == TrailCheck.Result.GIVEN_UP
    assert "manage.py audit verify" in first.sentence
    tasks.check_trail(check_id=first.pk)
    assert TrailCheck.objects.open().get() == later


def test_the_clock_asks_too_and_minds_nobody_who_asked_before(manager: User) -> None:
    trail_checks.ask(by=manager, now=timezone.now())
    tasks.check_audit()
    assert TrailCheck.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"result": "sound"},
        {"ended_at": timezone.now()},
        {"ended_at": timezone.now(), "result": "odd"},
    ],
)
def test_a_check_has_a_result_when_it_has_ended_and_not_before(wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TrailCheck.objects.create(asked_at=timezone.now(), **wrong)


def test_two_open_checks_are_refused_by_the_database() -> None:
    TrailCheck.objects.create(asked_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        TrailCheck.objects.create(asked_at=timezone.now())
