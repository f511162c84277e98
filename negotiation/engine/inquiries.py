"""Which question is worth the most where a table allows only so many.

Then the mediator, who knows all limits and beliefs and tells none, hands the questions out. What it
would name now is sound with some chance: that everybody is above its limit. It plays through what
each answer could be, what would be named then and how sound that would be, and lets the question
be asked from which it expects the largest gain (preposterior analysis, Raiffa & Schlaifer 1961).
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from negotiation.engine.beliefs import confidence, effective_variance, learnt
from negotiation.engine.solutions import nash_products
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from negotiation.engine.space import FloatArray, IntArray
    from negotiation.engine.state import State

_PLAYED = 2_000
"""So many offers are played through: those that have the best chance to suit everybody."""

_LEAST_GAIN = 0.002
"""A question is asked if it makes a sound agreement likelier by more than this."""

_HARM = 1.0
"""How bad an agreement below somebody's limit is, beside how good a sound one is."""

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(7)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
"""What an answer may be, in standard deviations, and how likely (Gauss–Hermite)."""


class Inquiry(NamedTuple):
    """`asker` asks `teller` about `fact`; `hearing` are the seats that hear the answer."""

    fact: str
    asker: str
    teller: str
    hearing: tuple[str, ...]


class Prospects(NamedTuple):
    """What each seat expects of some offers, and its doubt; both of shape (offers, seats)."""

    utilities: FloatArray
    variances: FloatArray


def best_inquiry(state: State, inquiries: list[Inquiry]) -> Inquiry | None:
    """The question with the largest expected gain; None if none is worth it."""
    if not inquiries:
        return None
    rows = _played(state)
    now = Prospects(
        state.utilities[rows],
        np.stack([state.outlooks[name].sd[rows] ** 2 for name in state.names], axis=1),
    )
    (present,) = _worth(state, now.utilities[np.newaxis], now.variances)
    gains = [_expected(state, rows, now, inquiry) - present for inquiry in inquiries]
    best = int(np.argmax(gains))
    return inquiries[best] if gains[best] > _LEAST_GAIN else None


def _played(state: State) -> IntArray:
    chances = np.ones(len(state.table.lawful))
    for name in state.names:
        outlook = state.outlooks[name]
        chances *= confidence(outlook.utilities, outlook.sd, outlook.reservation)
    chances[list(state.refused)] = -1.0
    rows = np.arange(len(chances))
    if len(rows) > _PLAYED:
        rows = np.sort(np.argpartition(-chances, _PLAYED)[:_PLAYED])
    return rows[chances[rows] >= 0]


def _worth(state: State, utilities: FloatArray, variances: FloatArray) -> FloatArray:
    """What the offer is worth that shares the gains best, for each answer; shape (answers,).

    The chance that it is above the limits of all who would consent, less the chance that it is
    not; 0 where no offer clears the limits of enough seats. `utilities` are of shape (answers,
    offers, seats), `variances` of shape (offers, seats).
    """
    if not utilities.shape[1]:
        return np.zeros(len(utilities))
    clear = utilities >= state.limits - TOLERANCE
    products = np.where(state.suffices(clear), nash_products(utilities, state.limits), -1.0)
    best = products.argmax(axis=1)
    each = np.arange(len(best))
    sure = confidence(utilities[each, best], np.sqrt(variances[best]), state.limits)
    sound = np.where(clear[each, best], sure, 1.0).prod(axis=1)
    return np.where(products[each, best] < 0, 0.0, sound - _HARM * (1 - sound))


def _expected(state: State, rows: IntArray, now: Prospects, inquiry: Inquiry) -> float:
    """What is to be expected after the answer, over what the answer may be."""
    evidence = state.table.seat[inquiry.teller].knows[inquiry.fact]
    fact = state.table.fact[inquiry.fact]
    asker = state.outlooks[inquiry.asker].beliefs[inquiry.fact]
    answers = asker.mean + _NODES * sqrt(asker.sd**2 + effective_variance(evidence, fact=fact))
    utilities = np.repeat(now.utilities[np.newaxis], len(answers), axis=0)
    variances = now.variances.copy()
    for name in inquiry.hearing:
        slope = state.outlooks[name].slopes.get(inquiry.fact)
        if slope is not None:
            belief = state.outlooks[name].beliefs[inquiry.fact]
            share = learnt(belief, evidence, fact=fact) ** 2
            moved = share * (answers - belief.mean) / belief.sd
            place = state.names.index(name)
            utilities[:, :, place] += moved[:, np.newaxis] * slope[rows]
            variances[:, place] -= slope[rows] ** 2 * share
    return float(_WEIGHTS @ _worth(state, utilities, np.maximum(variances, 0.0)))
