"""What the filter finds is exactly what has a sentence, whatever the row looks like."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from negotiation.models import Negotiation, Stop
from negotiation.rosters import rosters
from negotiation.services import switches
from negotiation.standstills import Standstills
from tests import factories

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


def standstills() -> Standstills:
    return Standstills(NOW, list(Stop.objects.live().select_related("by")), rosters())


def why(**fields: object) -> str:
    table = factories.negotiation(**fields)
    found = standstills()
    sentence = found.why(table)
    assert Negotiation.objects.filter(found.stuck, pk=table.pk).exists() == bool(sentence)
    return sentence


def test_who_waits_for_the_next_turn_is_not_stuck() -> None:
    assert not why(pace=60, next_at=NOW + MINUTE)
    assert not why(pace=60, next_at=NOW - 30 * SECOND)


def test_who_has_said_nothing_for_longer_than_its_pace_explains_is_stuck() -> None:
    assert why(next_at=NOW - 5 * MINUTE) == "Silent for 5 minutes longer than its pace explains."
    assert why(status="queued", next_at=NOW - 90 * SECOND).startswith("Silent for 90 seconds")


def test_a_worker_that_is_gone_is_told() -> None:
    assert "The worker that had it is gone" in why(
        next_at=NOW - 20 * SECOND, lease_until=NOW - 15 * SECOND, stalls=1
    )
    assert not why(next_at=NOW - 20 * SECOND, lease_until=NOW + 10 * SECOND, stalls=1)


def test_being_taken_up_again_and_again_is_told_and_so_is_what_comes_of_it() -> None:
    sentence = why(next_at=NOW, lease_until=NOW + MINUTE, stalls=3)
    assert sentence == ("Taken up 3 times without saying anything new; after 5 it ends as failed.")


def test_a_long_pause_is_told_and_a_short_one_is_not() -> None:
    assert not why(status="paused", next_at=NOW + 21 * HOUR)
    assert why(status="paused", next_at=NOW + 14 * HOUR) == (
        "Paused for 10 hours, and nobody has resumed it."
    )


def test_what_has_ended_is_never_stuck() -> None:
    assert not why(status="no_agreement", stalls=3)


@pytest.mark.parametrize(
    "over", [{"scope": Stop.Scope.GLOBAL}, {"scope": Stop.Scope.AGENT, "seat": "cost"}]
)
def test_what_a_stop_holds_is_held_and_not_stuck(over: dict[str, str], operator: User) -> None:
    table = factories.negotiation(next_at=NOW - HOUR)
    assert standstills().why(table)
    stop = switches.stop(**over, by=operator, reason="Old prices", now=NOW)  # type: ignore[arg-type]
    found = standstills()
    assert found.held(table) == stop
    assert not found.why(table)
    assert not Negotiation.objects.filter(found.stuck).exists()


def test_a_stop_over_one_table_holds_that_one_alone(operator: User) -> None:
    held, other = (factories.negotiation(next_at=NOW - HOUR) for _ in range(2))
    switches.stop(
        scope=Stop.Scope.NEGOTIATION, negotiation_id=held.pk, by=operator, reason="No", now=NOW
    )
    assert [table.pk for table in Negotiation.objects.filter(standstills().stuck)] == [other.pk]


def test_filter_and_sentence_agree_on_every_kind_of_row() -> None:
    spans = (-26 * HOUR, -61 * SECOND, -59 * SECOND, HOUR, 19 * HOUR, 21 * HOUR)
    leases = (None, -11 * SECOND, -9 * SECOND, MINUTE)
    states = (*Negotiation.OPEN, "stopped")
    told = [
        why(
            status=status,
            stalls=stalls,
            **{"next_at": NOW + span, "lease_until": lease and NOW + lease}
            if status in Negotiation.OPEN
            else {},
        )
        for status, span, lease, stalls in product(states, spans, leases, (0, 1, 2))
    ]
    assert 0 < sum(bool(sentence) for sentence in told) < len(told)
