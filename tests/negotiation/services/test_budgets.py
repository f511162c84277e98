"""Risk without a person: reserved under a lock, let go with its decision, and not to be evaded."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from math import log10
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from negotiation.engine.policy import Judgement
from negotiation.engine.risk import Risk
from negotiation.models import Decision, HarmReservation, Negotiation, RiskScope
from negotiation.services import budgets, decisions, runs, scenarios, sessions
from negotiation.services.judgements import Judged
from tests import factories

pytestmark = pytest.mark.django_db

THREADS = 20


def version(**budget: float) -> Any:
    document = factories.version("batch-placement").document
    return factories.version("batch-placement", policy=document["policy"] | {"budget": budget})


def agreed(pinned: Any) -> Negotiation:
    table = sessions.start(version=pinned, by=None, now=timezone.now(), pace=0, seed=7)
    runs.run(negotiation_id=table.pk, clock=timezone.now)
    table.refresh_from_db()
    return table


def slice_of(decision: Decision, harm: float) -> Judged:
    """What the judge found of an agreement, with this expected harm."""
    unclamped = 100 + 25 * log10(harm)
    risk = Risk(min(max(unclamped, 0), 100), unclamped, ())
    summary: Any = type("Summary", (), {"confidence": 0.9, "by": "consent"})()
    return Judged(
        offer=decision.negotiation.agreed_offer,
        summary=summary,
        judgement=Judgement("auto", (), risk),
        package=decision.package.encode(),
        features=decision.features,
    )


def routed(table: Negotiation, judged: Judged, now: Any = None) -> Decision:
    scenario = table.version.compiled()
    with transaction.atomic():
        return decisions.decide(
            negotiation=table, scenario=scenario, judged=judged, now=now or timezone.now()
        )


def another(table: Negotiation) -> Negotiation:
    return factories.negotiation(
        status=Negotiation.Status.AGREED, version=table.version, agreement=table.agreement
    )


def test_what_is_automatic_reserves_its_expected_harm() -> None:
    decision = Decision.objects.get(negotiation=agreed(factories.version("batch-placement")))
    reserved = HarmReservation.objects.get()
    assert reserved.decision == decision
    assert reserved.scope.service == decision.features["service"]
    assert 0 < reserved.harm < 10 ** ((35 - 100) / 25)
    assert decision.score == pytest.approx(max(0, 100 + 25 * log10(reserved.harm)))


def test_over_the_budget_it_is_parked_with_used_and_limit() -> None:
    decision = Decision.objects.get(negotiation=agreed(version(harm=0)))
    assert (decision.route, decision.status) == ("review", "parked")
    (finding,) = decision.judgement["findings"]
    assert (finding["rule"], finding["limit"]) == ("budget", 0)
    assert "budget" in finding["text"]
    assert not HarmReservation.objects.exists()


def test_ten_slices_do_not_evade_it() -> None:
    first = agreed(version(harm=0.05))
    HarmReservation.objects.all().delete()
    known = Decision.objects.get(negotiation=first)
    routes = Counter(routed(another(first), slice_of(known, 0.01)).route for _ in range(10))
    assert routes == {"auto": 5, "review": 5}


def test_another_scenario_about_the_same_service_shares_what_is_used() -> None:
    first = agreed(version(harm=0.05))
    known = Decision.objects.get(negotiation=first)
    routed(another(first), slice_of(known, 0.045))
    document = first.version.compiled().document.model_copy(update={"name": "batch-again"})
    pinned = scenarios.import_document(
        document=document, author=None, note="Again", now=timezone.now()
    )
    other_table = factories.negotiation(
        status=Negotiation.Status.AGREED, version=pinned, agreement=first.agreement
    )
    assert routed(other_table, slice_of(known, 0.01)).route == "review"


def test_used_risk_fades_and_is_forgotten() -> None:
    first = agreed(version(harm=0.05, hours=10))
    HarmReservation.objects.all().delete()
    known, now = Decision.objects.get(negotiation=first), timezone.now()
    scenario = first.version.compiled()
    routed(another(first), slice_of(known, 0.04), now)
    for hours, left in ((0, 0.04), (5, 0.02), (10, 0), (99, 0)):
        later = now + timedelta(hours=hours)
        assert budgets.used(scenario, now=later) == pytest.approx(left)


@pytest.mark.parametrize(
    "change",
    [
        {"status": "rejected", "cleared_at": None},
        {"status": "expired", "cleared_at": None},
        {"status": "void"},
        {"status": "refused", "route": "refuse", "cleared_at": None},
        {"status": "parked", "route": "review", "cleared_at": None, "due_at": timezone.now()},
    ],
)
def test_what_is_turned_down_gives_back_what_it_reserved(change: dict[str, Any]) -> None:
    first = agreed(version(harm=0.05))
    scenario, now = first.version.compiled(), timezone.now()
    assert budgets.used(scenario, now=now) > 0
    Decision.objects.update(**change)
    assert budgets.used(scenario, now=now) == 0


@pytest.mark.parametrize("status", ["executing", "executed", "failed"])
def test_what_is_or_was_carried_out_counts(status: str) -> None:
    first = agreed(version(harm=0.05))
    scenario, now = first.version.compiled(), timezone.now()
    before = budgets.used(scenario, now=now)
    Decision.objects.update(status=status)
    assert budgets.used(scenario, now=now) == before > 0


@pytest.mark.django_db(transaction=True)
def test_parallel_routes_never_take_more_than_there_is() -> None:
    assert connection.vendor == "postgresql"
    first = agreed(version(harm=0.05))
    HarmReservation.objects.all().delete()
    RiskScope.objects.all().delete()  # the first of them makes the row, too
    judged = slice_of(Decision.objects.get(negotiation=first), 0.01)
    tables = [another(first) for _ in range(THREADS)]
    together = Barrier(THREADS)

    def route(table: Negotiation) -> str:
        try:
            together.wait(timeout=30)
            return routed(table, replace(judged)).route
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        routes = Counter(pool.map(route, tables))
    assert routes == {"auto": 5, "review": THREADS - 5}
    assert sum(one.harm for one in HarmReservation.objects.all()) == pytest.approx(0.05)


def test_a_decision_reserves_once_and_never_less_than_nothing() -> None:
    first = agreed(factories.version("batch-placement"))
    reserved = HarmReservation.objects.get()
    for name, fields in (
        ("decision_id", {"decision": reserved.decision, "harm": 0.1}),
        (
            "reservation_is_not_negative",
            {"decision": factories.decision(negotiation=another(first)), "harm": -0.1},
        ),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            HarmReservation.objects.create(
                scope=reserved.scope, reserved_at=timezone.now(), **fields
            )
    with pytest.raises(IntegrityError, match="service"), transaction.atomic():
        RiskScope.objects.create(service=reserved.scope.service)
