"""Which question is worth asking, and of whom.

A seat chooses its question from its own numbers and what it has seen. Others' utilities and
limits are never shared, so how likely they are to accept an offer is judged by how many issues it
has in common with what they last offered themselves. Only the mediator knows better. It uses that
when it would otherwise have to give up (`opening`), and to hand out the questions where a table
allows only so many (`handed_out`).
"""

from __future__ import annotations

from dataclasses import replace
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from negotiation.engine.beliefs import learnt, unlocking_value
from negotiation.engine.inquiries import Inquiry, best_inquiry
from negotiation.engine.intents import Intent
from negotiation.engine.messages import Act, Question
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from negotiation.engine.outlook import Outlook
    from negotiation.engine.space import FloatArray, IntArray
    from negotiation.engine.state import State

_COST = 0.001
"""What a question costs at the start, in utility; four times as much at the deadline."""

_WEIGHED = 50_000
"""Up to so many lawful offers all are weighed, of more every k-th."""

_FAR = 3.0
"""How many standard deviations an answer is thought to move a utility at most."""


class Source(NamedTuple):
    """Whom to ask about a fact, and the share of the doubt that the answer takes away."""

    seat: str
    learnt: float


def cost(time: float) -> float:
    """What a question costs at relative time 0 … 1, in utility."""
    return _COST * (1 + 3 * time)


def asking(state: State, seat: str, round_: int, time: float) -> Intent | None:
    """The question that `seat` puts in a round, at relative time 0 … 1; None if none is worth it.

    Its value is the unlocking value summed over the offers, weighted by how plausible it is that
    the others accept them (weights that add up to 1), in utility.
    """
    sources = {} if state.spent else _sources(state, seat)
    if not sources:
        return None
    rows = _weighed(state)
    question = _best(state.outlooks[seat], sources, rows, _plausibility(state, seat, rows))
    return _ask(seat, round_, question) if question.value > cost(time) else None


def handed_out(state: State, round_: int, asked: set[str]) -> Intent | None:
    """The question that the mediator lets be asked in a round where questions are limited.

    `asked`: who has asked in this round. None if no question is worth one of those left.
    """
    if state.spent:
        return None
    found: dict[tuple[str, str, str], tuple[float, Inquiry]] = {}
    for seat in state.order(round_):
        for fact, source in {} if seat in asked else _sources(state, seat).items():
            public = state.table.fact[fact].disclosure == "public"
            inquiry = Inquiry(fact, seat, source.seat, state.names if public else (seat,))
            moved = float(state.outlooks[seat].shifts[fact].mean()) * source.learnt
            key = (fact, source.seat, "" if public else seat)
            found[key] = max(found.get(key, (-1.0, inquiry)), (moved, inquiry), key=itemgetter(0))
    best = best_inquiry(state, [inquiry for _, inquiry in found.values()])
    if best is None:
        return None
    outlook, rows = state.outlooks[best.asker], _weighed(state)
    chosen = {best.fact: _sources(state, best.asker)[best.fact]}
    weights = _plausibility(state, best.asker, rows)
    return _ask(best.asker, round_, _best(outlook, chosen, rows, weights))


def silent(state: State) -> bool:
    """Whether nobody is owed an answer, and nobody has anything left to ask."""
    if state.question is not None or state.doubt is not None:
        return False
    return state.spent or not any(_sources(state, name) for name in state.names)


def opening(state: State) -> Intent | None:
    """The question with which the mediator, before it gives up, has a seat look for an opening.

    It is put by the seat to which it is worth most, over the offers that could still reach the
    limits of enough seats if the answers were as good as _FAR standard deviations. None if there
    is no such offer, or nobody left to ask.
    """
    if state.spent:
        return None
    sources = {name: _sources(state, name) for name in state.names}
    hopes = state.utilities.copy()
    for place, name in enumerate(state.names):
        hopes[:, place] += _FAR * _reach(state.outlooks[name], sources[name])
    hopes[list(state.refused)] = -1.0
    rows = np.flatnonzero(state.suffices(hopes >= state.limits - TOLERANCE))
    if not rows.size:
        return None
    even = np.full(len(rows), 1 / len(rows))
    best = {
        name: _best(state.outlooks[name], sources[name], rows, even)
        for name in state.names
        if sources[name]
    }
    for round_ in range(state.round, state.table.rounds + 1):
        asked = state.so_far.asked if round_ == state.round else set()
        free = [name for name in state.order(round_) if name in best and name not in asked]
        if free:
            seat = max(free, key=lambda name: best[name].value)
            return _ask(seat, round_, best[seat]) if best[seat].value > TOLERANCE else None
    return None


def _ask(seat: str, round_: int, question: Question) -> Intent:
    return Intent(
        act=Act.ASK, sender=seat, round=round_, recipients=(question.to,), question=question
    )


def _weighed(state: State) -> IntArray:
    step = -(-len(state.table.lawful) // _WEIGHED)
    return np.arange(0, len(state.table.lawful), step)


def _plausibility(state: State, seat: str, rows: IntArray) -> FloatArray:
    """How plausible it is that the others accept each of `rows`; adds up to 1.

    For each of the others that has made an offer (1 + issues in common) / (1 + issues), a
    smoothed share; nothing is known about the rest.
    """
    weights = np.ones(len(rows))
    issues = state.table.space.issues
    for name, own in state.standing.items():
        if name != seat:
            common = np.ones(len(rows))
            for issue in issues:
                places = state.table.places(issue.name)
                common += places[rows] == places[own.row]
            weights *= common / (1 + len(issues))
    return np.asarray(weights / weights.sum())


def _sources(state: State, seat: str) -> dict[str, Source]:
    """For every uncertain fact that `seat` has not asked about: who takes away most of the doubt,
    of those who may tell it and are no source counted already."""
    outlook = state.outlooks[seat]
    facts = (fact for fact in outlook.shifts if (seat, fact) not in state.asked)
    return {fact: source for fact in facts if (source := _source(state, outlook, fact))}


def _source(state: State, outlook: Outlook, fact_name: str) -> Source | None:
    fact, belief = state.table.fact[fact_name], outlook.beliefs[fact_name]
    if fact.disclosure == "never":
        return None
    sources = [
        Source(other.name, share)
        for other in state.table.seats
        if other is not outlook.seat
        and (evidence := other.knows.get(fact_name)) is not None
        and (share := learnt(belief, evidence, fact=fact)) > 0
    ]
    return min(sources, key=lambda source: (-source.learnt, source.seat), default=None)


def _best(
    outlook: Outlook, sources: dict[str, Source], rows: IntArray, weights: FloatArray
) -> Question:
    questions = [
        replace(
            _question(outlook, fact, source.seat),
            value=float(
                weights
                @ unlocking_value(
                    outlook.utilities[rows],
                    outlook.shifts[fact][rows] * source.learnt,
                    outlook.reservation,
                )
            ),
        )
        for fact, source in sources.items()
    ]
    return max(questions, key=lambda question: question.value)


def _question(outlook: Outlook, fact: str, to: str) -> Question:
    belief = outlook.beliefs[fact]
    return Question(fact=fact, to=to, assumed_mean=belief.mean, assumed_sd=belief.sd, value=0.0)


def _reach(outlook: Outlook, sources: dict[str, Source]) -> FloatArray:
    """How far all answers together may move u, as one standard deviation; shape (rows,)."""
    squares = np.zeros(len(outlook.utilities))
    for fact, source in sources.items():
        squares += (outlook.shifts[fact] * source.learnt) ** 2
    return np.asarray(np.sqrt(squares))
