"""A table as it was: nothing of later leaks into an earlier moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from negotiation.models import Negotiation
from negotiation.moments import moment_context, ticks
from negotiation.services import runs, sessions
from tests import factories

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreed() -> Negotiation:
    table = sessions.start(version=factories.version(), by=None, now=timezone.now(), pace=0, seed=7)
    runs.run(negotiation_id=table.pk, clock=timezone.now)
    return Negotiation.objects.get(pk=table.pk)


def moment(client: Client, table: Negotiation, at: int) -> Any:
    answer = client.get(reverse("replay-moment", args=[table.pk]), {"at": at})
    assert answer.status_code == 200
    return answer


def test_before_the_end_there_is_no_agreement_and_no_decision(
    operator_client: Client, agreed: Negotiation
) -> None:
    before, end = (moment(operator_client, agreed, agreed.head - back) for back in (1, 0))
    assert "Agreement" not in before.content.decode()
    assert reverse("approvals") not in before.content.decode()
    assert (before.context["state"], before.context["decision"]) == ("running", None)
    assert before.context["agreed"] == []
    assert end.context["agreed"]
    assert end.context["decision"] is not None


def test_offers_and_steps_are_those_of_the_moment(agreed: Negotiation) -> None:
    for seq in range(agreed.head + 1):
        context = moment_context(agreed, seq)
        said = agreed.messages.filter(seq__lte=seq)
        assert all(item["seq"] <= seq for item in context["standing"])
        assert context["negotiation"].head == seq
        newest = said.last()
        assert context["negotiation"].round == (newest.round if newest else 0) or seq == agreed.head
    agreed.refresh_from_db()
    assert agreed.status == Negotiation.Status.AGREED


def test_a_moment_in_a_pause_is_paused(operator: User) -> None:
    table = sessions.start(version=factories.version(), by=None, now=timezone.now(), pace=0, seed=7)
    for step in (sessions.pause, sessions.resume):
        Negotiation.objects.filter(pk=table.pk, status="queued").update(status="running")
        step(negotiation_id=table.pk, by=operator, reason="A look", now=timezone.now())
    runs.run(negotiation_id=table.pk, clock=timezone.now)
    table.refresh_from_db()
    assert [moment_context(table, at)["state"] for at in (0, 1, 2, 3)] == [
        "queued",
        "paused",
        "running",
        "running",
    ]


def test_a_moment_is_never_written_down(operator_client: Client, agreed: Negotiation) -> None:
    before = Negotiation.objects.filter(pk=agreed.pk).values().get()
    moment(operator_client, agreed, 3)
    assert Negotiation.objects.filter(pk=agreed.pk).values().get() == before


@pytest.mark.parametrize(
    ("at", "seq"), [("", 1), ("0", 0), ("5", 5), ("99999", None), ("9" * 50, 1), ("x", 1)]
)
def test_any_address_is_some_moment(
    operator_client: Client, agreed: Negotiation, at: str, seq: int | None
) -> None:
    answer: Any = operator_client.get(reverse("replay", args=[agreed.pk]), {"at": at})
    assert answer.status_code == 200
    assert answer.context["seq"] == (agreed.head if seq is None else seq)
    assert all(item["message"].seq <= answer.context["seq"] for item in answer.context["items"])


def test_a_table_at_which_nothing_was_said_says_so(operator_client: Client) -> None:
    table = factories.negotiation()
    answer = operator_client.get(reverse("replay", args=[table.pk]))
    assert "Nothing was said yet" in answer.content.decode()


def test_ticks_are_never_more_than_there_is_room_for() -> None:
    acts = [(seq, "propose") for seq in range(1, 50_001)] + [(50_001, "accept")]
    drawn = {tick.kind: tick.path for tick in ticks(acts, 50_001)}
    assert drawn["offer"].count("M") == 1_001
    assert drawn["accept"] == "M1000 0V10"
    assert "person" not in drawn
