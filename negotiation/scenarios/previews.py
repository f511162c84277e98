"""Can these seats ever agree? What the offers of a document come to, before anybody talks.

Made for drafts: as quick as typing. Of very many combinations some are drawn at random, always the
same ones, and the answer says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.beliefs import Belief
from negotiation.engine.conflicts import conflicts_of, sentence
from negotiation.engine.outlook import Outlook
from negotiation.engine.solutions import fairest
from negotiation.engine.utility import TOLERANCE
from negotiation.scenarios.columns import Columns
from negotiation.scenarios.schema import ScenarioDocument
from negotiation.scenarios.tables import compile_space, compile_table
from negotiation.scenarios.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from negotiation.engine.endings import Conflict
    from negotiation.engine.messages import Offer
    from negotiation.engine.space import BoolArray, FloatArray, IntArray, OutcomeSpace
    from negotiation.engine.table import Table

FIGURES = 4_000_000
"""Offers times what is worked out for each, at most: well under a second."""

DRAWN = 20_000
_KEPT = 4
_SEED = 1


@dataclass(frozen=True, slots=True)
class Way:
    """One demand that would have to give way, alone, for an offer to do.

    From `before` to `after` in `unit`; None where it is no figure, and has to go altogether.
    """

    kind: str  # seat | rule
    name: str
    before: float | None = None
    after: float | None = None
    unit: str = ""

    @property
    def gap(self) -> float:
        if self.before is None or self.after is None:
            return np.inf
        return abs(self.after - self.before)


@dataclass(frozen=True, eq=False)
class Preview:
    """`agreeable`: offers that are lawful and clear enough limits; `clearing`: all of them.

    `told`: nothing would do at first; this is how it looks once everybody has told what they know.
    """

    table: Table
    size: int
    lawful: IntArray
    utilities: FloatArray  # of every offer looked at, shape (offers, seats)
    agreeable: IntArray
    clearing: int
    best: int | None
    conflicts: tuple[Conflict, ...]
    ways: tuple[Way, ...]
    told: bool

    @property
    def drawn(self) -> int | None:
        """How many were drawn where there are too many to look at all."""
        count = self.table.space.count
        return count if count < self.size else None

    @property
    def why_not(self) -> str:
        return sentence(self.table, self.conflicts) if self.conflicts else ""

    def best_offer(self) -> Offer | None:
        return None if self.best is None else self.table.space.offer_at(self.best)


def preview(document: ScenarioDocument) -> Preview:
    """Of a document that is right. Equal documents that follow each other are looked at once."""
    return _previewed(document.model_dump_json())


@lru_cache(maxsize=_KEPT)
def _previewed(canonical: str) -> Preview:
    document = ScenarioDocument.model_validate_json(canonical)
    space = compile_space(document)
    table = compile_table(Columns(Vocabulary(document), _bounded(space, document)))
    first = {seat.name: Outlook.first(table, seat) for seat in table.seats}
    found = _looked_at(table, space.size, first, told=False)
    if found.agreeable.size:
        return found
    later = _looked_at(table, space.size, _all_told(table, first), told=True)
    return later if later.agreeable.size else found


def _looked_at(table: Table, size: int, outlooks: Mapping[str, Outlook], *, told: bool) -> Preview:
    utilities = np.stack([outlook.everywhere() for outlook in outlooks.values()], axis=1)
    below = utilities < table.limits - TOLERANCE
    lawful = np.zeros(table.space.count, dtype=np.bool_)
    lawful[table.lawful] = True
    agreeable = np.flatnonzero(lawful & _enough(table, below))
    return Preview(
        table=table,
        size=size,
        lawful=table.lawful,
        utilities=utilities,
        agreeable=agreeable,
        clearing=int((lawful & ~below.any(axis=1)).sum()),
        best=fairest(utilities, table.limits, agreeable) if agreeable.size else None,
        conflicts=() if agreeable.size else conflicts_of(table, outlooks),
        ways=() if agreeable.size else tuple(_ways(table, utilities, below)),
        told=told,
    )


def _all_told(table: Table, first: Mapping[str, Outlook]) -> dict[str, Outlook]:
    """Everybody believes of each fact the most exact figure that somebody knows."""
    claims = [(name, claim) for seat in table.seats for name, claim in seat.knows.items()]
    exact = dict(sorted(claims, key=lambda one: -one[1].sd))
    later = dict(first)
    for name, claim in exact.items():
        belief = Belief(claim.mean, claim.sd)
        later = {seat: outlook.learn(name, belief) for seat, outlook in later.items()}
    return later


def _bounded(space: OutcomeSpace, document: ScenarioDocument) -> OutcomeSpace:
    wanted = sum(len(seat.objectives) for seat in document.seats)
    each = 1 + len(document.measures) + len(document.constraints) + wanted
    if space.size * each <= FIGURES:
        return space
    rng = np.random.default_rng(_SEED)
    count = max(min(DRAWN, FIGURES // each), 1_000)
    places = np.column_stack(
        [rng.integers(0, len(issue.options), size=count) for issue in space.issues]
    )
    if document.today:
        today = [issue.options.index(document.today[issue.name]) for issue in space.issues]
        places = np.concatenate([[today], places])
    return space.with_pool(places)


def _enough(table: Table, below: BoolArray) -> BoolArray:
    """Where no more seats are below their limits than may be overruled, and none with a veto."""
    vetoes = np.array([seat.veto for seat in table.seats])
    few = below.sum(axis=1) <= table.dissent
    return np.asarray(few & ~below[:, vetoes].any(axis=1), dtype=np.bool_)


def _ways(table: Table, utilities: FloatArray, below: BoolArray) -> list[Way]:
    """What could give way alone, the least first; seats before rules."""
    broken = np.array([~mask for mask in table.masks]).reshape(len(table.masks), -1).sum(axis=0)
    found = []
    for place, seat in enumerate(table.seats):
        others = below.copy()
        others[:, place] = False
        rows = np.flatnonzero((broken == 0) & _enough(table, others) & below[:, place])
        if rows.size:
            best = float(utilities[rows, place].max())
            found.append(Way("seat", seat.title, seat.preferences.reservation, best))
    found.sort(key=lambda way: way.gap)
    rules = []
    for number, rule in enumerate(table.constraints):
        alone = (broken == 1) & ~table.masks[number] & _enough(table, below)
        if alone.any():
            rules.append(_rule(table, number, alone) or Way("rule", rule.text))
    return [*found, *rules]


def _rule(table: Table, number: int, alone: BoolArray) -> Way | None:
    rule = table.constraints[number]
    if rule.margin is None:
        return None
    figures = np.asarray(table.lookup(rule.margin.subject), dtype=np.float64)[alone]
    figures = figures[np.isfinite(figures)]
    if not figures.size:
        return None
    after = figures.min() if rule.margin.sense == "at_most" else figures.max()
    return Way("rule", rule.text, rule.margin.limit, float(after), rule.margin.unit)
