"""A draft replayed over decisions that were really made, with the budget as it was reserved."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.utils import timezone

from negotiation.models import (
    Decision,
    Execution,
    HarmReservation,
    Negotiation,
    Report,
    ScenarioVersion,
    Stop,
)
from negotiation.scenarios.compilers import CompiledScenario, compile_scenario
from negotiation.scenarios.loaders import load_named
from negotiation.scenarios.replays import Rules
from negotiation.scenarios.schema import ScenarioDocument
from negotiation.services import decisions, scenarios, switches
from negotiation.services.harms import Harms
from negotiation.services.judgements import Judged
from negotiation.services.what_ifs import WhatIf, read, replayed, sorted_out, what_if
from tests import factories
from tests.negotiation.policies.agreements import Agreement, drawn

pytestmark = pytest.mark.django_db
DECISIONS = 60
BEGINNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
BOLD = {
    "gates": [],
    "minimum_confidence": 0.2,
    "review_from": 55,
    "refuse_from": 75,
    "budget": {"harm": 0.012, "hours": 24},
    "irreversible": {"severity": 2, "people": 2},
}


def with_policy(**policy: Any) -> ScenarioDocument:
    plain = load_named("cloud-placement").model_dump(mode="json")
    return ScenarioDocument.model_validate(plain | {"policy": plain["policy"] | BOLD | policy})


@pytest.fixture
def version(db: None) -> ScenarioVersion:
    return scenarios.import_document(
        document=with_policy(), author=None, note="For a test", now=BEGINNING
    )


def decided(version: ScenarioVersion, agreement: Agreement, at: datetime) -> Decision:
    agreement.at = at
    return stored(version, agreement, judged(version.compiled(), agreement))


def judged(scenario: CompiledScenario, agreement: Agreement) -> Judged:
    return Judged(
        offer=agreement.offer,
        summary=agreement.summary,
        judgement=agreement.judged(scenario),
        package=b"",
        features=agreement.features(scenario),
    )


def stored(version: ScenarioVersion, agreement: Agreement, judged: Judged) -> Decision:
    """Through the service that decides, so that the budget is reserved."""
    table = factories.negotiation(
        status=Negotiation.Status.AGREED, version=version, agreement=agreement.offer
    )
    judged = replace(judged, package=f'{{"n":{table.pk}}}'.encode())
    with transaction.atomic():
        return decisions.decide(
            negotiation=table, scenario=version.compiled(), judged=judged, now=agreement.at
        )


@cache
def judged_once() -> list[tuple[Agreement, Judged]]:
    """Under the first version, which says the same in every test."""
    scenario = compile_scenario(with_policy())
    agreements = drawn(scenario, DECISIONS, seed=5)
    for number, agreement in enumerate(agreements):
        agreement.at = BEGINNING + timedelta(hours=3 * number)
    return [(each, judged(scenario, each)) for each in agreements]


@pytest.fixture
def past(version: ScenarioVersion) -> list[Decision]:
    return [stored(version, *each) for each in judged_once()]


def replay(version: ScenarioVersion, user: User, document: ScenarioDocument) -> dict[int, Any]:
    rules = Rules(document)
    readable, unreplayed = sorted_out(read(version.scenario, user), rules, rules)
    assert not unreplayed
    harms = Harms.of([(each.pk, each.features) for each in readable])
    judged, _ = replayed(rules, readable, harms)
    return {each.pk: one.to_dict() for each, one in zip(readable, judged, strict=True)}


def tried(version: ScenarioVersion, user: User, **policy: Any) -> WhatIf:
    return what_if(
        scenario=version.scenario,
        present=with_policy(),
        draft=with_policy(**policy),
        user=user,
        now=BEGINNING + timedelta(days=9),
    )


def test_the_unchanged_policy_gives_every_stored_judgement(
    past: list[Decision], version: ScenarioVersion, admin: User
) -> None:
    again = replay(version, admin, with_policy())
    assert again == {each.pk: each.judgement for each in past}
    routes = [each.route for each in past]
    assert set(routes) == {"auto", "review", "refuse"}
    closed = [each for each in past if each.judgement["findings"][-1:] and _closed(each)]
    assert closed, "or the budget is not tried"


def _closed(decision: Decision) -> bool:
    last = decision.judgement["findings"][-1]
    return bool(last["rule"] == "budget" and last["forces"] == "review")


def test_the_unchanged_policy_moves_nothing(
    past: list[Decision], version: ScenarioVersion, admin: User
) -> None:
    answer = tried(version, admin)
    assert (answer.total, answer.replayed, answer.moved) == (DECISIONS, DECISIONS, [])
    assert answer.before == answer.after


def test_a_decision_that_left_the_automatic_route_counted_until_then(
    past: list[Decision], version: ScenarioVersion, manager: User, admin: User
) -> None:
    """Turned down after it was reserved: what came before that moment was judged with it."""
    taken = next(each for each in past if each.route == "auto")
    after = taken.created_at + timedelta(minutes=1)
    extra = drawn(version.compiled(), 30, seed=6)
    decisions.reject(decision=taken, by=manager, reason="No", now=after)
    later = [
        decided(version, each, BEGINNING + timedelta(days=8, minutes=number))
        for number, each in enumerate(extra)
    ]
    again = replay(version, admin, with_policy())
    assert again == {each.pk: each.judgement for each in [*past, *later]}


def test_what_a_stop_sent_to_people_is_no_policys_doing(
    past: list[Decision], version: ScenarioVersion, admin: User
) -> None:
    free = next(each for each in past if each.route == "auto")
    agreement = drawn(version.compiled(), DECISIONS, seed=5)[past.index(free)]
    stop = switches.stop(
        scope=Stop.Scope.GLOBAL, by=admin, reason="Hold everything", now=BEGINNING, seat=""
    )
    at = BEGINNING + timedelta(days=20)
    held = decided(version, agreement, at)
    assert (held.route, held.judgement["findings"][0]["rule"]) == ("review", "stop-switch")
    switches.lift(stop_id=stop.pk, by=admin, reason="Go on", now=at)
    again = replay(version, admin, with_policy())
    assert again[held.pk] == held.judgement


def test_reservations_of_others_on_the_same_service_count(
    version: ScenarioVersion, admin: User
) -> None:
    other = scenarios.import_document(
        document=with_policy().model_copy(update={"name": "another"}),
        author=None,
        note="Same service",
        now=BEGINNING,
    )
    agreements = drawn(version.compiled(), 40, seed=5)
    made = [
        decided((version, other)[number % 2], each, BEGINNING + timedelta(minutes=number))
        for number, each in enumerate(agreements)
    ]
    mine = made[::2]
    assert replay(version, admin, with_policy()) == {each.pk: each.judgement for each in mine}


def test_a_looser_draft_lets_through_what_was_later_reported_bad(
    past: list[Decision], version: ScenarioVersion, admin: User
) -> None:
    answer = tried(version, admin, review_from=74, budget={"harm": 100, "hours": 24})
    assert answer.newly_automatic
    assert not answer.went_wrong
    bad = Decision.objects.get(pk=answer.newly_automatic[0].pk)
    _report(bad, admin, "incident")
    answer = tried(version, admin, review_from=74, budget={"harm": 100, "hours": 24})
    assert [(each.pk, each.outcome) for each in answer.went_wrong] == [(bad.pk, "Incident")]
    assert answer.after["auto"] > answer.before["auto"]
    assert answer.load_after.mean < answer.load_before.mean
    assert (answer.closed_before > 0, answer.closed_after) == (True, 0)


def _report(decision: Decision, by: User, outcome: str) -> None:
    now = timezone.now()
    Decision.objects.filter(pk=decision.pk).update(
        status="executed", cleared_at=now, cleared_by=by, approvals=decision.people,
        senior_approvals=decision.seniors,
    )  # fmt: skip
    execution = Execution.objects.create(
        decision=decision,
        grant=factories.grant(decision),
        idempotency_key=f"key-{decision.pk}",
        kind="dry-run",
        status="succeeded",
        started_at=now,
        finished_at=now,
    )
    Report.objects.create(execution=execution, outcome=outcome, person=by, reported_at=now)


def test_a_stricter_draft_takes_more_people_and_is_told_against_their_capacity(
    past: list[Decision], version: ScenarioVersion, admin: User
) -> None:
    tiers = [{"people": 3, "window_hours": 4, "escalations": 0}]
    answer = tried(version, admin, review_from=10, refuse_from=100, tiers=tiers, capacity=2)
    assert answer.reviews_after > answer.reviews_before
    assert answer.too_many
    assert answer.load_after.basis
    assert answer.load_after.low is not None
    assert answer.load_after.high is not None
    assert answer.load_after.low <= answer.load_after.mean <= answer.load_after.high
    assert answer.load_after.days == 10


def test_every_other_place_is_told_also_where_only_the_people_change(
    past: list[Decision], version: ScenarioVersion, admin: User
) -> None:
    stored = {each.pk: each for each in past}
    tiers = [{"people": 2, "window_hours": 4, "escalations": 0}]
    answer = tried(version, admin, tiers=tiers)
    one_person = {pk for pk, each in stored.items() if each.route == "review" and each.people != 2}
    seniors = {pk for pk, each in stored.items() if each.seniors}
    assert {each.pk for each in answer.moved} == one_person | seniors
    assert all(str(each.after) == "2 people" for each in answer.moved)


def test_older_features_are_listed_and_not_guessed(
    past: list[Decision], version: ScenarioVersion, admin: User
) -> None:
    Decision.objects.filter(pk=past[0].pk).update(features={})
    older = {name: part for name, part in past[1].features.items() if name != "at"}
    Decision.objects.filter(pk=past[1].pk).update(features=older)
    answer = tried(version, admin)
    assert {each.pk for each in answer.unreplayed} == {past[0].pk, past[1].pk}
    assert answer.replayed == DECISIONS - 2
    assert all("older form" in each.reason for each in answer.unreplayed)


def test_only_what_one_may_see_is_replayed(
    past: list[Decision], version: ScenarioVersion, stranger: User
) -> None:
    assert tried(version, stranger).total == 0


def test_trying_changes_nothing(
    past: list[Decision], version: ScenarioVersion, admin_client: Client
) -> None:
    kept: list[Any] = [Decision.objects, HarmReservation.objects, ScenarioVersion.objects]
    before = [[*rows.order_by("pk").values()] for rows in kept]
    url = "/scenarios/cloud-placement/policy/try/"
    sent = {"tab": "yaml", "draft": "", "based_on": "1"}
    page = admin_client.post(url, sent).content.decode()
    assert "would have gone elsewhere" in page
    assert [[*rows.order_by("pk").values()] for rows in kept] == before
    wrong = admin_client.post(url, sent | {"draft": "policy: {review_from: high}"})
    assert wrong.status_code == 422
    assert "line 1" in wrong.content.decode()


@pytest.mark.parametrize("page", ["", "1", "2", "99", "x", "-1", "\0"])
def test_what_would_have_moved_is_linked_and_paged(
    past: list[Decision], version: ScenarioVersion, admin_client: Client, page: str
) -> None:
    text = "policy:\n  refuse_from: 100\n  review_from: 0\n  tiers: [{people: 9}]\n"
    scenario = with_policy().model_dump(mode="json")["policy"]["risk"]
    risk = "  risk: " + str(scenario).replace("'", '"') + "\n"
    sent = {"tab": "yaml", "draft": text + risk, "based_on": "1", "page": page}
    answer = admin_client.post("/scenarios/cloud-placement/policy/try/", sent)
    body = answer.content.decode()
    assert answer.status_code == 200, body
    assert body.count("9 people") in {25, DECISIONS - 50, DECISIONS - 25}
    assert f"/approvals/{past[-1].pk}/" in body or page in {"2", "99", "-1"}
