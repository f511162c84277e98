"""A document's policy, and the figures on which an agreement's risk is judged."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol, cast

from negotiation.engine import gates, policy, risk
from negotiation.engine.tiers import Tier
from negotiation.engine.utility import TOLERANCE
from negotiation.scenarios import readings
from negotiation.scenarios.policy_parts import Reversibility
from negotiation.scenarios.rules import stated_limit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from negotiation.engine.endings import Rule
    from negotiation.engine.messages import Offer, Option
    from negotiation.engine.space import Constraint
    from negotiation.scenarios import policy_parts, schema
    from negotiation.scenarios.columns import Columns
    from negotiation.scenarios.readings import FactsUsed
    from negotiation.scenarios.vocabulary import Vocabulary


class Expectations(Protocol):
    """What the seats expect of one offer: what is read of a `Summary`, by seat."""

    @property
    def reservations(self) -> Mapping[str, float]: ...
    @property
    def utilities(self) -> Mapping[str, float]: ...
    @property
    def surplus(self) -> Mapping[str, float]: ...
    @property
    def confidence(self) -> float | None: ...
    @property
    def by(self) -> Rule | None: ...
    @property
    def below(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is known of earlier actions of this kind. The default is: nothing.

    `reports` and how many of them were `bad`; `novelty` from 0 (usual) to 1 (without precedent);
    `calibrated_reports`: how many reports say what a stated confidence is worth. `lost`: what was
    already lost on the same target in the last 24 h, by dimension, in the unit of its measure.
    """

    reports: int = 0
    bad: int = 0
    novelty: float = 1.0
    calibrated_reports: int = 0
    lost: Mapping[str, float] = field(default_factory=dict)


def compile_policy(known: Vocabulary) -> policy.Policy:
    stated = known.document.policy
    return policy.Policy(
        minimum_confidence=stated.minimum_confidence,
        review_from=stated.review_from,
        refuse_from=stated.refuse_from,
        gates=tuple(_gate(gate, known) for gate in stated.gates),
        tiers=tuple(_tier(tier) for tier in stated.tiers),
        irreversible=gates.Irreversible(
            severity=stated.irreversible.severity, people=stated.irreversible.people
        ),
        freezes=tuple(_freeze(freeze) for freeze in stated.freezes),
    )


def _tier(tier: policy_parts.Tier) -> Tier:
    named = tier.model_dump(mode="json")
    return Tier(begins=named.pop("from"), **named)


def seconds(now: datetime | None) -> float | None:
    """A moment as the engine takes it: POSIX time."""
    return None if now is None else now.timestamp()


def _freeze(freeze: policy_parts.Freeze) -> gates.Freeze:
    return gates.Freeze(
        name=freeze.name,
        text=f"{freeze.text.rstrip('.')}.",
        begins=datetime.fromisoformat(freeze.begins).timestamp(),
        ends=datetime.fromisoformat(freeze.ends).timestamp(),
        until=f"{freeze.ends[:16].replace('T', ' ')} UTC",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stances:
    """How far the seats agree: what the judge reads of a summary."""

    stance_entropy: float
    min_surplus: float
    confidence: float | None

    @classmethod
    def of(cls, summary: Expectations) -> Stances:
        return cls(
            stance_entropy=stance_entropy(summary),
            min_surplus=min(max(min(summary.surplus.values()), 0.0), 1.0),
            confidence=summary.confidence,
        )


def risk_inputs(
    stated: policy_parts.RiskInputs,
    *,
    offer: Offer,
    values: Mapping[str, Option | None],
    stances: Stances,
    history: History,
) -> risk.RiskInputs:
    """The inputs of the score; unknown losses are NaN, which the score refuses to guess."""
    return risk.RiskInputs(
        reports=history.reports,
        bad=history.bad,
        severity={
            dimension.label: (_figure(values[dimension.loss]) + history.lost.get(dimension.name, 0))
            / dimension.tolerance
            for dimension in stated.dimensions
        },
        affected=_stated(stated.affected, values),
        population=_stated(stated.population, values),
        reversibility=_reversibility(stated.reversibility, offer),
        stance_entropy=stances.stance_entropy,
        min_surplus=stances.min_surplus,
        novelty=history.novelty,
        confidence=stances.confidence if stances.confidence is not None else math.nan,
        calibrated_reports=history.calibrated_reports,
    )


def stance_entropy(summary: Expectations) -> float:
    """How split the seats are: 0 if all clear their limits, 1 if half of them do (in bits)."""
    clear = [
        utility >= summary.reservations[seat] - TOLERANCE
        for seat, utility in summary.utilities.items()
    ]
    return entropy(sum(clear) / len(clear))


def entropy(share: float) -> float:
    """Of a part and the rest, in bits: 0 if one of them is all, 1 if they are alike."""
    return -sum(p * math.log2(p) for p in (share, 1 - share) if p > 0)


def broken(
    constraints: Iterable[Constraint], offer: Offer, columns: Columns, facts: FactsUsed
) -> tuple[gates.Finding, ...]:
    """The hard rules that an agreement does not keep, now that its facts are known.

    They are refused and not reviewed: an offer that breaks a hard rule is no offer, and nobody
    may agree to by a click what the rule's author forbids. Who wants it changes the rule.
    """
    index, known = columns.space.index_of(offer), columns.known
    values = readings.values(offer, columns, facts)
    at_these = partial(readings.column, columns=columns, facts=facts)
    return tuple(
        breach(rule, values[rule.subject], known)
        for rule, constraint in zip(known.document.constraints, constraints, strict=True)
        if not constraint.allows(at_these)[index]
    )


def breach(rule: schema.Constraint, measured: Option | None, known: Vocabulary) -> gates.Finding:
    """A hard rule that was found broken."""
    return gates.Finding(
        rule=rule.name,
        text=f"{rule.text.rstrip('.')}: with the facts told at the table it breaks this rule.",
        subject=rule.subject,
        measured=measured,
        limit=stated_limit(rule, known.document.parameters),
        unit=known.words.unit(rule.subject),
        forces="refuse",
    )


def _gate(gate: policy_parts.Gate, known: Vocabulary) -> gates.Gate:
    ((test, limit),) = gate.limits.items()
    return gates.Gate(
        name=gate.name,
        text=f"{gate.text.rstrip('.')}.",
        subject=gate.subject,
        test=cast("gates.Test", test),
        limit=tuple(limit) if isinstance(limit, list) else limit,
        unit=known.words.unit(gate.subject),
        people=gate.people,
    )


def _stated(stated: float | str, values: Mapping[str, Option | None]) -> float:
    return _figure(values[stated]) if isinstance(stated, str) else stated


def _figure(value: Option | None) -> float:
    return math.nan if value is None or isinstance(value, str) else float(value)


def _reversibility(stated: float | Reversibility, offer: Offer) -> float:
    return stated.levels[str(offer[stated.by])] if isinstance(stated, Reversibility) else stated
