"""Where the seats do not agree and a person is asked: what that person chooses is for another."""

from __future__ import annotations

import hashlib
import json
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals.services import choices, reviews
from negotiation import tasks
from negotiation.engine.messages import Offer
from negotiation.models import AuditEntry, Decision, Message, Negotiation, Timer
from negotiation.roles import Role
from negotiation.services.amendments import CannotTakeItsPlace
from negotiation.services.choices import NobodyIsAsked
from tests import factories
from tests.approvals import scenes
from tests.approvals.crowds import Crowd
from tests.approvals.safeguards import lift, stop
from tests.approvals.scenes import World
from tests.negotiation.services.test_imposed import ended, stubborn

pytestmark = pytest.mark.django_db


@pytest.fixture
def asking(world: World) -> Negotiation:
    table = ended(stubborn("mediate", "ask", "status_quo"))
    assert list(Negotiation.objects.asking()) == [table]
    return table


@pytest.fixture
def other(manager: User) -> User:
    return factories.person(Role.MANAGER, name="somebody-else")


def candidates(table: Negotiation) -> list[Offer]:
    return [each["offer"] for each in table.summary["ending"]["candidates"]]


def choose(table: Negotiation, by: User, offer: Offer, **more: Any) -> Decision:
    details: dict[str, Any] = {
        "seen_head": table.head,
        "reason": "Somebody has to",
        "now": timezone.now(),
    }
    return choices.choose(negotiation_id=table.pk, by=by, offer=offer, **details | more)


def test_the_candidates_are_kept_with_the_end(asking: Negotiation) -> None:
    ending = asking.summary["ending"]
    assert ending["asks"]
    assert ending["candidates"]
    for each in ending["candidates"]:
        assert set(each["offer"]) == set(asking.version.document["today"])
        assert each["below"]


def test_nobody_chooses_under_a_stop(asking: Negotiation, manager: User) -> None:
    stopped = stop(manager)
    with pytest.raises(NobodyIsAsked, match="Something is odd"):
        choose(asking, manager, candidates(asking)[0])
    assert not Decision.objects.exists()
    lift(stopped, manager)
    choose(asking, manager, candidates(asking)[0])


def test_a_choice_is_a_parked_decision_of_the_person(asking: Negotiation, manager: User) -> None:
    decision = choose(asking, manager, candidates(asking)[0])
    package = json.loads(decision.package)
    assert (decision.status, decision.route, decision.revision) == ("parked", "review", 1)
    assert (decision.agreed, decision.amended_by) == (candidates(asking)[0], manager)
    assert package["parameters"] == decision.agreed
    assert package["decided_by"]["rule"] == "person"
    assert package["decided_by"]["person"] == manager.username
    assert package["decided_by"]["below_limit"], "or they would have agreed"
    assert Timer.objects.live().filter(decision=decision, kind=Timer.Kind.END).count() == 1
    asking.refresh_from_db()
    assert asking.status == Negotiation.Status.NO_AGREEMENT, "the seats did not agree"
    assert asking.agreement is None
    last = asking.messages.latest("seq")
    assert (last.sender, last.act) == (f"person:{manager.username}", "intervene")
    row = AuditEntry.objects.get(action="decision.chosen")
    assert (row.user, row.details["package"]) == (manager, decision.package_hash)


def test_any_lawful_offer_may_be_chosen_and_no_other(asking: Negotiation, manager: User) -> None:
    document = asking.version.document
    first = candidates(asking)[0]
    with pytest.raises(CannotTakeItsPlace):
        choose(asking, manager, first | {"region": "mars"})
    assert not Decision.objects.exists()
    today = document["today"]
    assert choose(asking, manager, today).agreed == today


def test_who_chose_it_cannot_approve_it_and_what_is_executed_is_what_was_chosen(
    asking: Negotiation, manager: User, other: User, world: World
) -> None:
    decision = choose(asking, manager, candidates(asking)[0])
    with pytest.raises(reviews.MayNotApprove):
        scenes.approve(decision, manager)
    while decision.status == "parked":
        approver = other if not decision.approvals else factories.person(Role.SENIOR)
        scenes.approve(decision, approver)
        decision = Decision.objects.select_related("negotiation__version__scenario").get()
    tasks.execute_decision(decision_id=decision.pk)
    [order] = world.target.calls
    assert hashlib.sha256(order.body).hexdigest() == decision.package_hash
    assert json.loads(order.body)["parameters"] == decision.agreed


def test_it_can_be_amended(asking: Negotiation, manager: User, other: User) -> None:
    decision = choose(asking, manager, candidates(asking)[0])
    today = asking.version.document["today"]
    scenes.amend(decision, other, **today)
    decision.refresh_from_db()
    assert (decision.agreed, decision.amended_by) == (today, other)


def test_there_is_one_choice(asking: Negotiation, manager: User, other: User) -> None:
    first = choose(asking, manager, candidates(asking)[0])
    assert choose(asking, manager, candidates(asking)[0]) == first, "the same call again"
    with pytest.raises(NobodyIsAsked):
        choose(asking, other, candidates(asking)[0])
    assert not Negotiation.objects.asking().exists()


def test_only_where_the_rules_ask_somebody_is_asked(world: World, manager: User) -> None:
    table = ended(stubborn("mediate", "status_quo"))
    assert not table.summary["ending"]["asks"]
    with pytest.raises(NobodyIsAsked):
        choose(table, manager, table.version.document["today"])
    assert not Decision.objects.exists()


def test_what_was_said_since_is_read_first(asking: Negotiation, manager: User) -> None:
    with pytest.raises(NobodyIsAsked):
        choose(asking, manager, candidates(asking)[0], seen_head=asking.head - 1)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMIN])
def test_only_reviewers_choose(asking: Negotiation, role: Role) -> None:
    with pytest.raises(reviews.NotAllowed):
        choose(asking, factories.person(role), candidates(asking)[0])


def page_of(table: Negotiation) -> str:
    return reverse("approval-choose", args=[table.pk])


def form(table: Negotiation, **fields: str) -> dict[str, str]:
    offer = {f"issue_{name}": str(option) for name, option in candidates(table)[0].items()}
    return {**offer, "seen": str(table.head), "reason": "Somebody has to", **fields}


def test_the_negotiation_leads_to_the_page_and_the_page_to_the_card(
    asking: Negotiation, manager_client: Client, operator_client: Client
) -> None:
    table = reverse("negotiation", args=[asking.pk])
    assert page_of(asking) in manager_client.get(table).content.decode()
    assert operator_client.get(page_of(asking)).status_code == 403
    page = manager_client.get(page_of(asking)).content.decode()
    assert "below the limit of" in page
    assert "Look at this" in page
    answer = manager_client.post(page_of(asking), form(asking))
    decision = Decision.objects.get()
    assert answer.headers["Location"] == reverse("approval", args=[decision.pk])
    card = manager_client.get(answer.headers["Location"]).content.decode()
    assert "Chosen where nobody agreed" in card
    assert "chose it" in card
    assert "Send back asking for this" not in card
    assert manager_client.get(page_of(asking)).status_code == 302


def test_the_live_check_changes_nothing(asking: Negotiation, manager_client: Client) -> None:
    messages = Message.objects.count()
    answer = manager_client.get(page_of(asking), form(asking), headers={"HX-Request": "true"})
    assert "risk of 100" in answer.content.decode()
    assert (Message.objects.count(), Decision.objects.count()) == (messages, 0)


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"seen": ""}, 428, "which message was the last"),
        ({"seen": "9" * 30}, 428, "which message was the last"),
        ({"seen": "1"}, 409, "somebody has chosen already"),
        ({"reason": ""}, 422, "Say why"),
        ({"issue_region": "mars"}, 422, "is no option of"),
    ],
)
def test_what_is_refused_loses_nothing_that_was_typed(
    asking: Negotiation, manager_client: Client, fields: dict[str, str], status: int, said: str
) -> None:
    answer = manager_client.post(page_of(asking), form(asking, **fields))
    assert answer.status_code == status
    page = answer.content.decode()
    assert said in page
    assert "reason" in fields or "Somebody has to" in page
    assert not Decision.objects.exists()


def test_a_table_that_asks_nobody_has_no_such_page(world: World, manager_client: Client) -> None:
    agreed = scenes.agreed(scenes.version()).negotiation
    assert manager_client.get(page_of(agreed)).status_code == 302
    assert manager_client.get("/approvals/choose/999999/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_many_choices_at_once_one_counts(world: World, crowd: Crowd) -> None:
    table = ended(stubborn("mediate", "ask", "status_quo"))
    offer = candidates(table)[0]

    def chosen(by: User) -> bool:
        try:
            choose(table, by, offer)
        except NobodyIsAsked:
            return False
        return True

    people = [factories.person(Role.MANAGER) for _ in range(12)]
    answers = crowd.do([partial(chosen, by) for by in people])
    assert sorted(answers) == [False] * 11 + [True]
    assert Decision.objects.count() == 1
    seqs = Message.objects.filter(negotiation=table).order_by("seq").values_list("seq", flat=True)
    assert list(seqs) == list(range(1, table.head + 2))
