"""People send a decision back, the seats talk again, and it comes back."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from approvals.models import Review
from approvals.services import reviews
from approvals.services.calls import KeyReused
from negotiation.engine.requirements import Requirement
from negotiation.models import AuditEntry, Decision, Negotiation, Timer
from negotiation.services import reopenings
from tests.approvals import scenes
from tests.approvals.sent_back import fresh, send, talk

pytestmark = pytest.mark.django_db
OTHER_MACHINE = Requirement(subject="machine", test="equals", limit="e2-standard-8")


@pytest.fixture
def parked() -> Decision:
    decision = scenes.agreed(scenes.version())
    assert decision.status == "parked"
    return decision


def test_a_decision_that_is_sent_back_waits_while_its_table_goes_on(
    parked: Decision, manager: User
) -> None:
    head = parked.negotiation.head
    review = send(parked, manager)
    sent = fresh(parked)
    table = sent.negotiation
    assert (sent.status, sent.sent_back, sent.revision) == ("sent_back", 1, parked.revision + 1)
    assert (table.status, table.head, table.agreement) == ("running", head + 1, None)
    assert table.finished_at is None
    assert table.next_at is not None, "somebody comes back to it"
    assert (review.verdict, review.reason) == ("send_back", "Another machine, please.")
    assert [each["subject"] for each in review.requirements] == ["region"]
    last = table.messages.latest("seq")
    assert (last.sender, last.act) == (f"person:{manager.username}", "intervene")
    assert "Another machine, please." in last.text
    assert "Region is not" in last.text
    actions = AuditEntry.objects.order_by("-number").values_list("action", flat=True)[:2]
    assert list(actions) == ["negotiation.reopened", "decision.sent_back"]


def test_it_comes_back_with_another_package_that_people_have_to_look_at(
    parked: Decision, manager: User
) -> None:
    Decision.objects.filter(pk=parked.pk).update(approvals=0, people=2)
    region = parked.negotiation.agreed_offer["region"]
    send(parked, manager)
    back = talk(parked)
    assert (back.status, back.route, back.returned) == ("parked", "review", 1)
    assert back.package_hash != parked.package_hash
    assert back.agreed["region"] != region
    assert json.loads(back.package)["parameters"] == back.agreed
    assert back.earlier.get().package == parked.package
    assert f"{manager.username} had sent it back. Region is not" in back.returned_because
    assert (back.approvals, back.offer, back.cleared_at) == (0, None, None)
    assert back.due_at is not None
    assert Timer.objects.live().filter(decision=back, kind="end", due_at=back.due_at).exists()
    assert back.negotiation.status == "agreed"
    assert AuditEntry.objects.latest("number").action == "decision.returned"


def test_what_people_sent_back_is_never_cleared_by_the_policy(manager: User) -> None:
    automatic = scenes.agreed(scenes.version(automatic=True))
    due = timezone.now() + timedelta(hours=4)
    Decision.objects.filter(pk=automatic.pk).update(
        status="parked", route="review", due_at=due, cleared_at=None
    )
    parked = fresh(automatic)
    send(parked, manager)
    back = talk(parked)
    assert back.judgement["route"] == "auto"
    assert (back.status, back.route) == ("parked", "review")


def test_what_they_agree_on_then_may_be_approved_and_sent_back_once_more(
    parked: Decision, manager: User
) -> None:
    send(parked, manager)
    back = talk(parked)
    again = Requirement(subject="machine", test="not_in", limit=(back.agreed["machine"],))
    send(back, manager, again)
    back = talk(parked)
    assert (back.status, back.sent_back, back.returned) == ("parked", 2, 2)
    assert back.earlier.count() == 2
    with pytest.raises(reopenings.SentBackTwice, match="twice already"):
        send(back, manager, Requirement(subject="share", test="at_least", limit=50))
    reviews.approve(
        decision_id=back.pk,
        by=manager,
        seen_hash=back.package_hash,
        seen_revision=back.revision,
        now=timezone.now(),
    )
    assert fresh(back).approvals == 1


def test_a_third_time_is_impossible_whoever_writes(parked: Decision) -> None:
    with pytest.raises(IntegrityError, match="sent_back_twice"), transaction.atomic():
        Decision.objects.filter(pk=parked.pk).update(sent_back=3)


def test_a_send_back_says_what_whoever_writes(parked: Decision, manager: User) -> None:
    with pytest.raises(IntegrityError, match="says_what"), transaction.atomic():
        Review.objects.create(
            decision=parked,
            package_hash=parked.package_hash,
            reviewer=manager,
            verdict="send_back",
            reason="Because",
            created_at=timezone.now(),
        )


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (Requirement(subject="charm", test="at_most", limit=1), "no measure 'charm'"),
        (Requirement(subject="machine", test="equals", limit="m1"), "m1 is no option of Machine"),
        (Requirement(subject="monthly_cost", test="at_most", limit=1e9), "keeps all of this"),
        (Requirement(subject="monthly_cost", test="at_most", limit=-1), "No lawful offer keeps"),
    ],
)
def test_what_cannot_be_asked_changes_nothing(
    parked: Decision, manager: User, wanted: Requirement, sentence: str
) -> None:
    with pytest.raises(reopenings.CannotBeAsked, match=sentence):
        send(parked, manager, wanted)
    assert fresh(parked).status == "parked"
    assert fresh(parked).negotiation.status == "agreed"
    assert not Review.objects.exists()


def test_nothing_asked_no_reason_and_nobody_allowed_change_nothing(
    parked: Decision, manager: User, operator: User
) -> None:
    with pytest.raises(reopenings.CannotBeAsked, match="at least one"):
        send(parked, manager, requirements=())
    with pytest.raises(reviews.ReasonMissing):
        send(parked, manager, reason="  ")
    with pytest.raises(reviews.NotAllowed):
        send(parked, operator)
    assert fresh(parked).status == "parked"


def test_the_same_call_again_is_answered_and_another_with_its_key_refused(
    parked: Decision, manager: User
) -> None:
    first = send(parked, manager, key="a-key-of-mine")
    assert send(parked, manager, key="a-key-of-mine") == first
    with pytest.raises(KeyReused):
        send(parked, manager, OTHER_MACHINE, key="a-key-of-mine")
    assert fresh(parked).sent_back == 1
    with pytest.raises(reviews.NotParked, match="sent back this"):
        send(parked, manager, key="another-key")


def test_what_was_sent_back_is_neither_approved_nor_rejected_nor_lets_its_time_run_out(
    parked: Decision, manager: User
) -> None:
    send(parked, manager)
    sent = fresh(parked)
    for verdict in (reviews.approve, reviews.reject):
        with pytest.raises(reviews.NotParked):
            verdict(
                decision_id=sent.pk,
                by=manager,
                seen_hash=sent.package_hash,
                seen_revision=sent.revision,
                reason="Now",
                now=timezone.now(),
            )
    assert fresh(parked).status == "sent_back"


def test_an_amended_decision_comes_back_with_what_the_seats_agree_on(
    parked: Decision, manager: User
) -> None:
    Decision.objects.filter(pk=parked.pk).update(
        offer={**parked.agreed, "share": 0}, amended_by=manager
    )
    send(fresh(parked), manager)
    back = talk(parked)
    assert (back.status, back.offer, back.amended_by) == ("parked", None, None)
    assert back.agreed == back.negotiation.agreement


def test_a_figure_told_after_the_agreement_is_an_error_and_no_crash(
    parked: Decision, manager: User
) -> None:
    scenes.tell_a_figure(parked, mean=44.0)
    with pytest.raises((reopenings.CannotBeAsked, reviews.NotParked)):
        send(parked, manager)
    assert fresh(parked).status == "parked"
    assert Negotiation.objects.get(pk=parked.negotiation_id).status == "agreed"
