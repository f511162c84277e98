"""Reserves expected harm for what is carried out without a person, under a lock per service.

Call both functions inside the transaction that routes: parallel routes wait for each other there,
so together they never take more than there is. A reservation counts as long as its decision is on
the automatic route and not turned down; nothing has to be released, so nothing can be forgotten.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from negotiation.engine.budgets import within
from negotiation.models import Decision, HarmReservation, RiskScope

if TYPE_CHECKING:
    from datetime import datetime

    from negotiation.engine.budgets import Budget
    from negotiation.engine.policy import Judgement
    from negotiation.scenarios.compilers import CompiledScenario

RUNNING = (
    Decision.Status.CLEARED,
    Decision.Status.EXECUTING,
    Decision.Status.EXECUTED,
    # It may have done something before it failed.
    Decision.Status.FAILED,
)


def held_against(scenario: CompiledScenario, judgement: Judgement, *, now: datetime) -> Judgement:
    """The judgement, for people if the budget of its service has no room for it.

    Of an automatic one the service's row stays locked until the commit.
    """
    if judgement.route != "auto":
        return judgement
    scope = _locked(scenario.service)
    return within(scenario.budget, judgement, _used(scope, scenario.budget, now))


def reserve(
    scenario: CompiledScenario, decision: Decision, harm: float, *, now: datetime
) -> HarmReservation:
    """Takes the harm of an automatic decision, after `held_against` in the same transaction."""
    return HarmReservation.objects.create(
        scope=_locked(scenario.service), decision=decision, harm=harm, reserved_at=now
    )


def used(scenario: CompiledScenario, *, now: datetime) -> float:
    """What is used of the service's budget, to tell it."""
    scope = RiskScope.objects.filter(service=scenario.service).first()
    return _used(scope, scenario.budget, now) if scope else 0.0


def _locked(service: str) -> RiskScope:
    RiskScope.objects.get_or_create(service=service)
    return RiskScope.objects.select_for_update().get(service=service)


def _used(scope: RiskScope, budget: Budget, now: datetime) -> float:
    counting = HarmReservation.objects.filter(
        scope=scope,
        reserved_at__gt=now - timedelta(hours=budget.hours),
        decision__route=Decision.Route.AUTO,
        decision__status__in=RUNNING,
    ).values_list("harm", "reserved_at")
    harms, ages = [], []
    for harm, since in counting:
        harms.append(harm)
        ages.append((now - since).total_seconds() / 3600)
    return budget.used(harms, ages)
