"""What people bring to a table that is open: evidence and constraints."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from negotiation.engine.messages import Act, Evidence
from negotiation.engine.messages import Message as EngineMessage
from negotiation.engine.requirements import Requirement
from negotiation.engine.session import Session
from negotiation.models import AuditEntry, Decision, Negotiation
from negotiation.roles import Role
from negotiation.services import interventions, runs, sessions, transcripts
from negotiation.services.exclusions import exclusion
from negotiation.services.reopenings import CannotBeAsked, Unlikely
from tests import factories

pytestmark = pytest.mark.django_db


def evidence(**fields: Any) -> Evidence:
    claim: dict[str, Any] = {"fact": "interruptions", "mean": 30.0, "sd": 0.5}
    return Evidence(**{**claim, "source": "Invoice", "root": "", "kind": "measured", **fields})


def open_table(said: int = 4, name: str = "cloud-placement") -> Negotiation:
    """A table at a pace, after some messages."""
    table = sessions.start(
        version=factories.version(name), by=None, now=timezone.now(), pace=3, seed=7
    )
    for _ in range(said):
        turn(table)
    return table


def turn(table: Negotiation) -> None:
    Negotiation.objects.filter(pk=table.pk).update(next_at=timezone.now())
    runs.run(negotiation_id=table.pk, clock=timezone.now)
    table.refresh_from_db()


def to_the_end(table: Negotiation) -> None:
    for _ in range(500):
        turn(table)
        if not table.is_open:
            return
    raise AssertionError("it never ended")


def tell(table: Negotiation, by: User, **fields: Any) -> None:
    interventions.tell(
        negotiation_id=table.pk,
        evidence=evidence(**fields),
        by=by,
        reason="Seen on the bill.",
        now=timezone.now(),
    )


def constrain(table: Negotiation, by: User, *wanted: Requirement, sure: bool = True) -> None:
    interventions.constrain(
        negotiation_id=table.pk,
        requirements=wanted,
        by=by,
        reason="The lawyers say so.",
        now=timezone.now(),
        sure=sure,
    )


def replayed(table: Negotiation) -> Session:
    return transcripts.replayed(table, table.version.compiled())


def transcript(table: Negotiation) -> list[dict[str, Any]]:
    return [message.body for message in table.messages.order_by("seq")]


def without_regions_of(table: Negotiation) -> Requirement:
    """Rules out the region of every offer so far."""
    offered = {body["offer"]["region"] for body in transcript(table) if body["offer"]}
    return Requirement(subject="region", test="not_in", limit=tuple(sorted(offered)))


def at_most(subject: str, limit: float) -> Requirement:
    return Requirement(subject=subject, test="at_most", limit=limit)


def test_evidence_is_a_persons_message_that_changes_beliefs_and_later_offers(
    operator: User,
) -> None:
    told, plain = open_table(), open_table()
    tell(told, operator)
    said = told.messages.get(seq=5)
    assert (said.act, said.sender) == (Act.INTERVENE, "person:operator")
    assert said.text == (
        "Told all seats: “Seen on the bill.” Spot interruptions: 30 ± 0.5 % a day. "
        "Source: Invoice, told by operator (measured)."
    )
    assert said.body["evidence"]["root"], "the document is counted once"
    believed = {each.beliefs["interruptions"].mean for each in replayed(told).outlooks.values()}
    assert max(believed) > 13, "assumed was 5 ± 3"
    to_the_end(told)
    to_the_end(plain)
    offers = [body["offer"] for body in transcript(told)[5:] if body["offer"]]
    assert offers != [body["offer"] for body in transcript(plain)[4:] if body["offer"]]


def test_a_document_counts_once_whoever_tells_of_it(operator: User, admin: User) -> None:
    table = open_table()
    tell(table, operator)
    with pytest.raises(interventions.ChangesNothing):
        tell(table, admin, source=" INVOICE ")


def test_evidence_counts_in_the_package_with_who_told_it(operator: User) -> None:
    table = open_table()
    tell(table, operator)
    to_the_end(table)
    facts = {each["fact"]: each for each in replayed_facts(table)}
    assert facts["interruptions"]["value"] == 30
    assert facts["interruptions"]["source"] == "Invoice, told by operator"


def replayed_facts(table: Negotiation) -> list[dict[str, Any]]:
    return table.version.compiled().facts_used(replayed(table).messages).to_dicts()


def test_a_constraint_narrows_what_follows(operator: User) -> None:
    table = open_table(8)
    wanted = without_regions_of(table)
    constrain(table, operator, wanted)
    table.refresh_from_db()
    said = table.messages.get(seq=9)
    assert said.text.startswith("Added a constraint: “The lawyers say so.” From now on: Region is")
    assert said.body["requirements"][0]["limit"] == list(wanted.limits)
    to_the_end(table)
    offers = [body["offer"] for body in transcript(table)[9:] if body["offer"]]
    assert offers
    assert not {offer["region"] for offer in offers} & set(wanted.limits)


@pytest.mark.parametrize("paused", [False, True])
def test_the_transcript_replays_byte_for_byte_and_the_audit_trail_tells_of_it(
    operator: User, paused: bool
) -> None:
    table = open_table()
    if paused:
        sessions.pause(negotiation_id=table.pk, by=operator, reason="", now=timezone.now())
    tell(table, operator)
    constrain(table, operator, at_most("monthly_cost", 9_000))
    table.refresh_from_db()
    assert table.status == ("paused" if paused else "running")
    if paused:
        assert table.next_at is not None
        assert table.next_at > timezone.now() + timedelta(hours=23), "the pause goes on"
        sessions.resume(negotiation_id=table.pk, by=operator, reason="", now=timezone.now())
    to_the_end(table)
    bodies = transcript(table)
    session = Session(table.version.compiled().table, seed=table.seed)
    for body in bodies:
        if body["act"] != "intervene":
            following = session.next()
            assert following is not None
            assert following.to_dict() == body
        session.apply(EngineMessage.from_dict(body))
    entries = AuditEntry.objects.filter(subject="negotiation", subject_id=table.pk)
    informed = entries.get(action="negotiation.informed")
    assert informed.actor == "operator"
    assert informed.details["fact"] == "interruptions"
    constrained = entries.get(action="negotiation.constrained")
    assert constrained.details["requirements"] == ["Monthly cost is at most 9,000 USD/month."]


def test_a_constraint_that_leaves_no_offer_is_refused_and_says_what_conflicts(
    operator: User,
) -> None:
    table = open_table()
    before = transcript(table)
    with pytest.raises(CannotBeAsked, match=r"no lawful agreement.*requirement of operator"):
        constrain(table, operator, at_most("monthly_cost", 10))
    assert transcript(table) == before
    turn(table)
    assert table.head == 5, "it goes on"


def test_a_constraint_that_no_seat_can_live_with_warns_first(operator: User) -> None:
    table = open_table()
    hard = at_most("monthly_cost", 3_600)
    with pytest.raises(Unlikely, match="press Add constraint again"):
        constrain(table, operator, hard, sure=False)
    assert table.messages.count() == 4
    constrain(table, operator, hard)
    to_the_end(table)
    assert table.status == Negotiation.Status.NO_AGREEMENT


def test_what_changes_nothing_is_refused(operator: User) -> None:
    table = open_table()
    tell(table, operator)
    with pytest.raises(interventions.ChangesNothing, match="counted this source already"):
        tell(table, operator)
    constrain(table, operator, at_most("monthly_cost", 9_000))
    with pytest.raises(interventions.ChangesNothing, match="keeps this already"):
        constrain(table, operator, at_most("monthly_cost", 9_500))
    assert table.messages.count() == 6


@pytest.mark.parametrize(
    "fields", [{"fact": "weather"}, {"fact": "egress"}, {"mean": 1e300}, {"sd": -1.0}]
)
def test_what_cannot_be_told_leaves_the_table_as_it_was(
    operator: User, fields: dict[str, Any]
) -> None:
    table = open_table()
    with pytest.raises(interventions.CannotBeTold):
        tell(table, operator, **fields)
    table.refresh_from_db()
    assert table.head == table.messages.count() == 4
    assert table.stalls == 0
    assert table.next_at is not None
    assert table.next_at < timezone.now() + timedelta(seconds=5), "at its own pace"
    assert not AuditEntry.objects.filter(action="negotiation.informed").exists()


def test_nothing_is_added_to_a_table_that_is_over(operator: User) -> None:
    table = open_table()
    to_the_end(table)
    head = table.head
    with pytest.raises(sessions.NotOpen):
        tell(table, operator)
    with pytest.raises(sessions.NotOpen):
        constrain(table, operator, at_most("monthly_cost", 9_000))
    assert table.messages.count() == head


def test_a_table_that_nobody_has_spoken_at_yet_hears_it_first(operator: User) -> None:
    table = open_table(0)
    constrain(table, operator, at_most("monthly_cost", 9_000))
    table.refresh_from_db()
    assert (table.status, table.head) == (Negotiation.Status.QUEUED, 1)
    to_the_end(table)
    assert [message.seq for message in table.messages.all()] == list(range(1, table.head + 1))


def test_who_shaped_what_they_agree_on_does_not_approve_it() -> None:
    both = factories.person(Role.OPERATOR, Role.MANAGER)
    other = factories.person(Role.OPERATOR, Role.MANAGER)
    teller = factories.person(Role.OPERATOR, Role.MANAGER)
    table = open_table()
    constrain(table, both, at_most("monthly_cost", 9_000))
    tell(table, teller)
    tell(table, both, fact="replication", mean=900, sd=10)
    to_the_end(table)
    decision = Decision.objects.get(negotiation=table)
    assert exclusion(decision, both) == "the one who added a constraint while they talked"
    assert exclusion(decision, teller) == "the one who told the seats something while they talked"
    assert exclusion(decision, other) is None


@pytest.mark.parametrize("told", [True, False])
def test_what_rests_on_a_persons_figure_is_for_other_people(operator: User, told: bool) -> None:
    table = open_table(said=2, name="batch-placement")
    if told:
        tell(table, operator, mean=5.0, sd=0.5)
    to_the_end(table)
    decision = Decision.objects.get(negotiation=table)
    rules = [finding["rule"] for finding in decision.judgement["findings"]]
    assert decision.status == ("parked" if told else "cleared")
    assert ("told-by-people" in rules) is told
    assert decision.features["by_people"] == (["Spot interruptions"] if told else [])
