"""A person amends what the seats agreed: another package, which somebody else has to approve."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals.models import Review
from approvals.services import amendments, reviews
from approvals.services.calls import KeyReused
from negotiation import tasks
from negotiation.models import AuditEntry, Decision, Timer
from negotiation.roles import Role
from negotiation.services.amendments import CannotTakeItsPlace
from negotiation.services.seals import canonical
from tests import factories
from tests.approvals import scenes
from tests.approvals.scenes import World

pytestmark = pytest.mark.django_db


def fresh(decision: Decision) -> Decision:
    return Decision.objects.select_related("negotiation__version__scenario").get(pk=decision.pk)


@pytest.fixture
def parked(world: World) -> Decision:
    decision = scenes.agreed(scenes.version())
    assert decision.status == "parked"
    return decision


@pytest.fixture
def other(manager: User) -> User:
    return factories.person(Role.MANAGER, name="somebody-else")


def another(decision: Decision) -> dict[str, Any]:
    """One issue on which the agreed offer can be changed lawfully."""
    share = decision.agreed["share"]
    return {"share": 0 if share else 50}


def refused(decision: Decision, by: User, **changes: Any) -> str:
    """The sentence with which it is refused; nothing changes."""
    before = canonical(Decision.objects.values("package", "revision", "offer").get(pk=decision.pk))
    with pytest.raises(CannotTakeItsPlace) as refusal:
        scenes.amend(decision, by, **changes)
    after = canonical(Decision.objects.values("package", "revision", "offer").get(pk=decision.pk))
    assert after == before
    assert not Review.objects.filter(decision=decision).exists()
    return str(refusal.value)


def test_it_is_another_package_of_the_person_and_the_one_before_is_kept(
    parked: Decision, manager: User
) -> None:
    head = parked.negotiation.head
    review = scenes.amend(parked, manager, **another(parked))
    now = fresh(parked)
    package = json.loads(now.package)
    assert (now.status, now.route, now.revision) == ("parked", "review", parked.revision + 1)
    assert now.package_hash == hashlib.sha256(now.package.encode()).hexdigest()
    assert now.package_hash != parked.package_hash
    assert package["parameters"] == now.offer == now.agreed == parked.agreed | another(parked)
    assert package["decided_by"] == {
        "rule": "person",
        "below_limit": [],
        "person": manager.username,
        "message": head + 1,
    }
    assert now.amended_by == manager
    assert now.returned == parked.returned, "it never left the queue"
    [before] = now.earlier.all()
    assert (before.package, before.package_hash) == (parked.package, parked.package_hash)
    assert (review.verdict, review.package_hash) == ("amend", parked.package_hash)


def test_it_is_judged_anew_as_what_a_person_decides(parked: Decision, manager: User) -> None:
    scenes.amend(parked, manager, **another(parked))
    now = fresh(parked)
    rules = [finding["rule"] for finding in now.judgement["findings"]]
    assert "imposed" in rules
    assert now.features["options"] == now.agreed
    assert now.features["summary"]["by"] == "person"
    assert now.judgement["summary"]["agreement"] == now.agreed
    assert now.score != parked.score
    assert now.judgement["possible"] is not None


def test_the_transcript_says_who_did_it_and_why(parked: Decision, manager: User) -> None:
    scenes.amend(parked, manager, share=0 if parked.agreed["share"] else 50)
    table = fresh(parked).negotiation
    last = table.messages.latest("seq")
    assert (last.sender, last.act, last.seq) == (
        f"person:{manager.username}",
        "intervene",
        table.head,
    )
    assert "Spot share" in last.text
    assert "Better so" in last.text
    assert table.status == "agreed"


def test_the_votes_begin_again_and_nobody_claims_it(parked: Decision, manager: User) -> None:
    Decision.objects.filter(pk=parked.pk).update(
        approvals=1, people=2, escalated=1, claimed_by=manager, claimed_until=timezone.now()
    )
    scenes.amend(fresh(parked), manager, **another(parked))
    now = fresh(parked)
    assert (now.approvals, now.senior_approvals, now.escalated) == (0, 0, 0)
    assert (now.people, now.tier["people"]) == (1, 1), "by the new judgement"
    assert now.claimed_by is None


def test_it_has_its_window_anew(parked: Decision, manager: User, world: World) -> None:
    world.clock.forward(minutes=30)
    scenes.amend(parked, manager, **another(parked))
    now = fresh(parked)
    assert now.due_at is not None
    assert parked.due_at is not None
    assert (now.due_at - parked.due_at).total_seconds() == 30 * 60
    ends = Timer.objects.live().filter(decision=now, kind=Timer.Kind.END)
    assert [timer.due_at for timer in ends] == [now.due_at]


def test_whoever_amended_it_cannot_approve_it_and_somebody_else_can(
    parked: Decision, manager: User, other: User
) -> None:
    scenes.amend(parked, manager, **another(parked))
    with pytest.raises(reviews.MayNotApprove, match="amended"):
        scenes.approve(fresh(parked), manager)
    scenes.approve(fresh(parked), other)
    assert fresh(parked).status == "cleared"


def test_an_approval_of_the_package_before_does_not_count(
    parked: Decision, manager: User, other: User
) -> None:
    Decision.objects.filter(pk=parked.pk).update(people=2)
    scenes.approve(fresh(parked), other)
    scenes.amend(fresh(parked), manager, **another(parked))
    now = fresh(parked)
    assert (now.status, now.approvals) == ("parked", 0)
    with pytest.raises(reviews.NotParked):
        scenes.approve(parked, other)
    scenes.approve(now, other)
    assert fresh(parked).status == "cleared"


def test_what_is_executed_is_the_amended_package(
    parked: Decision, manager: User, other: User, world: World
) -> None:
    scenes.amend(parked, manager, **another(parked))
    amended = fresh(parked)
    scenes.approve(amended, other)
    tasks.execute_decision(decision_id=parked.pk)
    [order] = world.target.calls
    assert order.body == amended.package.encode()
    assert hashlib.sha256(order.body).hexdigest() == amended.package_hash
    assert json.loads(order.body)["parameters"] == parked.agreed | another(parked)
    assert fresh(parked).status == "executed"


def test_the_audit_row_says_what_was_seen_and_seals_what_it_is_now(
    parked: Decision, manager: User
) -> None:
    scenes.amend(parked, manager, **another(parked))
    now, row = fresh(parked), AuditEntry.objects.get(action="decision.amended")
    assert (row.user, row.details["seen"]) == (manager, parked.tag)
    assert row.details["package"] == now.package_hash
    assert row.details["offer"] == now.offer
    assert row.details["judgement"] == hashlib.sha256(canonical(now.judgement).encode()).hexdigest()
    assert row.details["messages"] == now.negotiation.head


def test_what_breaks_a_hard_rule_is_refused_with_the_rule(parked: Decision, manager: User) -> None:
    said = refused(parked, manager, region="europe-west9")
    assert "Data stays in Germany or Belgium" in said


def test_what_is_no_option_is_refused(parked: Decision, manager: User) -> None:
    assert "'mars' is not an option of region" in refused(parked, manager, region="mars")


def test_an_issue_that_is_none_is_refused(parked: Decision, manager: User) -> None:
    assert "names exactly these issues" in refused(parked, manager, colour="red")


def test_what_it_is_already_is_refused(parked: Decision, manager: User) -> None:
    assert "change at least one issue" in refused(parked, manager)


def test_it_can_be_amended_again_and_back_to_what_the_seats_agreed(
    parked: Decision, manager: User, other: User
) -> None:
    seen = {parked.package_hash}
    for by, share in ((manager, 50), (other, 0), (manager, 50), (other, 100)):
        decision = fresh(parked)
        if decision.agreed["share"] == share:
            continue
        scenes.amend(decision, by, share=share)
        now = fresh(parked)
        assert now.package_hash not in seen, "votes for an earlier one never count for this"
        assert now.amended_by == by
        seen.add(now.package_hash)
    assert len(seen) > 3


def test_a_reason_is_needed(parked: Decision, manager: User) -> None:
    with pytest.raises(reviews.ReasonMissing):
        amendments.amend(
            decision_id=parked.pk,
            by=manager,
            seen_hash=parked.package_hash,
            offer=parked.agreed | another(parked),
            reason=" ",
            now=timezone.now(),
        )


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMIN])
def test_only_reviewers_amend(parked: Decision, role: Role) -> None:
    with pytest.raises(reviews.NotAllowed):
        scenes.amend(parked, factories.person(role), **another(parked))


def test_what_is_decided_already_is_not_amended(
    parked: Decision, manager: User, other: User
) -> None:
    scenes.approve(parked, other)
    with pytest.raises(reviews.NotParked):
        scenes.amend(parked, manager, **another(parked))
    assert fresh(parked).offer is None


def test_the_same_call_again_is_answered_with_the_first_one(
    parked: Decision, manager: User
) -> None:
    first = scenes.amend(parked, manager, key="once-and-only", share=0)
    again = scenes.amend(parked, manager, key="once-and-only", share=0)
    assert first == again
    assert fresh(parked).revision == parked.revision + 1
    with pytest.raises(KeyReused), transaction.atomic():
        scenes.amend(parked, manager, key="once-and-only", share=50)


def test_what_cannot_be_replayed_any_more_is_not_amended(
    world: World, manager: User, manager_client: Client
) -> None:
    parked = scenes.agreed(scenes.version())
    scenes.tell_a_figure(parked, mean=44.0)
    with pytest.raises(CannotTakeItsPlace, match="does not fit its table any more"):
        scenes.amend(parked, manager, share=0 if parked.agreed["share"] else 50)
    answer = manager_client.get(reverse("approval-amend", args=[parked.pk]))
    assert (answer.status_code, b"does not fit its table" in answer.content) == (409, True)
    assert Decision.objects.get(pk=parked.pk).offer is None
