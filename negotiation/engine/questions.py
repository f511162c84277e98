"""Which question is worth asking, of whom, and what is answered."""

from __future__ import annotations

from math import hypot, sqrt
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.beliefs import effective_variance, unlocking_value
from negotiation.engine.messages import Act, Question
from negotiation.engine.state import Move
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from negotiation.engine.outlook import Outlook
    from negotiation.engine.space import IntArray
    from negotiation.engine.state import State

_COST = 0.001
"""What a question costs at the start, in utility; four times as much at the deadline."""


def cost(time: float) -> float:
    return _COST * (1 + 3 * time)


def best_question(state: State, seat: str) -> Question | None:
    """The question of the largest unlocking value that `seat` has not put yet, of the most exact
    source. The value is the mean over the offers that all others could live with."""
    outlook = state.outlooks[seat]
    facts = [fact for fact in outlook.shifts if (seat, fact) not in state.asked]
    sources = {fact: source for fact in facts if (source := _source(state, outlook, fact))}
    if not sources:
        return None
    rows = _plausible(state, seat)
    questions = [_question(outlook, fact, source, rows) for fact, source in sources.items()]
    return max(questions, key=lambda question: question.value)


def answer(state: State, round_: int) -> Move:
    """The addressee tells what it knows: everybody if the fact is public, else who asked."""
    asked = state.question
    assert asked is not None
    assert asked.question is not None
    fact = state.table.fact[asked.question.fact]
    return Move(
        act=Act.INFORM,
        sender=asked.question.to,
        round=round_,
        recipients=() if fact.disclosure == "public" else (asked.sender,),
        in_reply_to=asked.seq,
        evidence=state.table.seat[asked.question.to].knows[fact.name],
    )


def _plausible(state: State, seat: str) -> IntArray:
    others = [place for place, name in enumerate(state.names) if name != seat]
    livable = state.utilities[:, others] >= state.limits[others] - TOLERANCE
    rows = np.flatnonzero(livable.all(axis=1))
    return rows if rows.size else np.arange(len(state.utilities))


def _source(state: State, outlook: Outlook, fact_name: str) -> tuple[float, str] | None:
    """Effective variance and name of the seat that knows a fact best and may tell it."""
    fact, roots = state.table.fact[fact_name], outlook.beliefs[fact_name].roots
    if fact.disclosure == "never":
        return None
    sources = [
        (effective_variance(evidence, fact=fact, age_days=evidence.age_days), other.name)
        for other in state.table.seats
        if other is not outlook.seat
        and (evidence := other.knows.get(fact_name)) is not None
        and evidence.root not in roots
    ]
    return min(sources, default=None)


def _question(outlook: Outlook, fact: str, source: tuple[float, str], rows: IntArray) -> Question:
    variance, name = source
    belief = outlook.beliefs[fact]
    learnt = belief.sd / hypot(belief.sd, sqrt(variance))  # s_pre / s, from s_pre² = s² − s'²
    shift = outlook.shifts[fact][rows] * learnt
    value = unlocking_value(outlook.utilities[rows], shift, outlook.reservation).mean()
    return Question(
        fact=fact,
        to=name,
        assumed_mean=belief.mean,
        assumed_sd=belief.sd,
        value=float(value),
    )
