"""The risk budget as it would have been reserved, decision after decision."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from negotiation.engine.budgets import within
from negotiation.models import AuditEntry, Decision, HarmReservation
from negotiation.services.budgets import RUNNING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from negotiation.engine.budgets import Budget
    from negotiation.engine.policy import Judgement

_LEFT = tuple(
    f"decision.{done}"
    for done in ("returned", "refused", "voided", "rejected", "withdrawn", "parked")
)


class Judged(NamedTuple):
    """`first`: not judged again since, which asks no budget."""

    decision_id: int
    service: str
    at: datetime
    first: bool
    judgement: Judgement


class Kept(NamedTuple):
    """A reservation that was really made; `until` it counted, None where it still would."""

    decision_id: int
    service: str
    harm: float
    since: float
    until: float


@dataclass
class _Ledger:
    """Of one service, in the order of time: what was reserved, and until when it counts."""

    since: list[float] = field(default_factory=list)
    until: list[float] = field(default_factory=list)
    harm: list[float] = field(default_factory=list)
    first: int = 0

    def add(self, since: float, until: float, harm: float) -> None:
        self.since.append(since)
        self.until.append(until)
        self.harm.append(harm)

    def used(self, budget: Budget, now: float) -> float:
        span = budget.hours * 3600
        while self.first < len(self.since) and self.since[self.first] <= now - span:
            self.first += 1
        until = np.array(self.until[self.first :])
        counts = until > now
        harms = np.array(self.harm[self.first :])[counts]
        ages = (now - np.array(self.since[self.first :])[counts]) / 3600
        return budget.used(harms, ages)


@dataclass(frozen=True)
class Harms:
    """What was reserved for decisions that are replayed, `own`, and for others that share their
    services or cannot be replayed."""

    own: Mapping[int, Kept]
    others: Sequence[Kept]

    @classmethod
    def of(cls, replayed: Iterable[tuple[int, Mapping[str, Any]]]) -> Harms:
        mine = dict(replayed)
        services = {features["service"] for features in mine.values()}
        kept = _kept(services)
        return cls(
            own={each.decision_id: each for each in kept if each.decision_id in mine},
            others=[each for each in kept if each.decision_id not in mine],
        )

    def held_against(self, budget: Budget, judged: Sequence[Judged]) -> list[Judgement]:
        """The judgements, for people where the budget has no room; `judged` in order of time."""
        ledgers: defaultdict[str, _Ledger] = defaultdict(_Ledger)
        waiting = sorted(self.others, key=lambda each: each.since, reverse=True)
        found = []
        for each in judged:
            while waiting and waiting[-1].since <= each.at.timestamp():
                other = waiting.pop()
                ledgers[other.service].add(other.since, other.until, other.harm)
            found.append(self._held(budget, ledgers[each.service], each))
        return found

    def _held(self, budget: Budget, ledger: _Ledger, each: Judged) -> Judgement:
        own, now = self.own.get(each.decision_id), each.at.timestamp()
        if not each.first:
            if own:
                ledger.add(own.since, own.until, own.harm)
            return each.judgement
        if each.judgement.route != "auto":
            return each.judgement
        judgement = within(budget, each.judgement, ledger.used(budget, now))
        if judgement.route == "auto" and judgement.risk:
            ledger.add(now, own.until if own else np.inf, judgement.risk.harm)
        return judgement


def _kept(services: Iterable[str]) -> list[Kept]:
    rows = list(
        HarmReservation.objects.filter(scope__service__in=services).values_list(
            "decision_id",
            "scope__service",
            "harm",
            "reserved_at",
            "decision__route",
            "decision__status",
        )
    )
    left = _left(
        pk
        for pk, *_, route, status in rows
        if route != Decision.Route.AUTO or status not in RUNNING
    )
    return [
        Kept(pk, service, harm, since.timestamp(), left.get(pk, np.inf))
        for pk, service, harm, since, _, _ in rows
    ]


def _left(decisions: Iterable[int]) -> dict[int, float]:
    """When each first left the automatic route, as the audit trail has it."""
    moves = AuditEntry.objects.filter(
        subject="decision", subject_id__in=list(decisions), action__in=_LEFT
    )
    newest_first = moves.order_by("-number").values_list("subject_id", "at")
    return {pk: at.timestamp() for pk, at in newest_first}
