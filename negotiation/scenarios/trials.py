"""One offer tried out: what would follow if a person put it in the place of the agreed one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from negotiation.scenarios import readings
from negotiation.scenarios.prospects import Prospect
from negotiation.scenarios.rules import spares

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from negotiation.engine.messages import Offer
    from negotiation.engine.policy import Judgement
    from negotiation.engine.session import Session
    from negotiation.engine.space import Constraint
    from negotiation.engine.tiers import Tier
    from negotiation.scenarios.compilers import CompiledScenario
    from negotiation.scenarios.judgements import History
    from negotiation.scenarios.prospects import Expected
    from negotiation.scenarios.readings import FactsUsed


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """`rules`: every hard rule, and whether the offer keeps it; `idle`: the names of those that it
    keeps because they do not apply to it. `seats`: what they expect of it, whether it keeps the
    rules or not. `values`: of everything that a rule may be about."""

    scenario: CompiledScenario
    offer: Offer
    facts: FactsUsed
    rules: tuple[tuple[Constraint, bool], ...]
    idle: frozenset[str]
    seats: Expected
    judgement: Judgement

    @property
    def lawful(self) -> bool:
        return all(kept for _, kept in self.rules)

    @property
    def tier(self) -> Tier:
        """Who would decide it."""
        return self.scenario.tier(self.judgement)


def try_out(
    scenario: CompiledScenario,
    session: Session,
    offer: Offer,
    *,
    facts: FactsUsed,
    known: Callable[[CompiledScenario, Expected], History],
    now: datetime,
) -> Trial:
    """Looks at this offer only, so it costs what replaying the session costs.

    `known` tells what is known of earlier actions like it. Raises NotInSpace.
    """
    only = Prospect.of(scenario, session).only(offer)
    free = only.regardless()
    seats = free.expected(free.row_of(offer), "person")
    history = known(only.scenario, seats)
    return Trial(
        scenario=only.scenario,
        offer=offer,
        facts=facts,
        rules=tuple(_rules(only, facts)),
        idle=frozenset(_idle(only.scenario, facts)),
        seats=seats,
        judgement=only.scenario.judge(offer, seats, facts, history, now),
    )


def _rules(only: Prospect, facts: FactsUsed) -> Iterator[tuple[Constraint, bool]]:
    """An offer is lawful by the figures that all assume, and must be by those that were told."""
    at_these = partial(readings.column, columns=only.scenario.columns, facts=facts)
    for rule, mask in zip(only.table.constraints, only.table.masks, strict=True):
        yield rule, bool(mask[0] and rule.allows(at_these)[0])


def _idle(scenario: CompiledScenario, facts: FactsUsed) -> Iterator[str]:
    at_these = partial(readings.column, columns=scenario.columns, facts=facts)
    for rule in scenario.document.constraints:
        if spares(rule, scenario.columns, at_these)[0]:
            yield rule.name
