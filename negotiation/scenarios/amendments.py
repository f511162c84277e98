"""The smallest change of an agreement that people need not look at, or fewer of them.

All lawful offers are compared, those that differ on the fewest issues first; `estimates` says which
are worth the judge's time, and the judge, with the same facts and the same history, has the last
word. It is judged as what the seats would have agreed on; where an offer is below somebody's
limit, as what a person decides, which never is automatic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from negotiation.engine.plain import plain
from negotiation.scenarios.estimates import AUTOMATIC, Estimates, burden
from negotiation.scenarios.prospects import Prospect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from negotiation.engine.analysis import Summary
    from negotiation.engine.gates import Route
    from negotiation.engine.messages import Offer
    from negotiation.engine.policy import Judgement
    from negotiation.engine.session import Session
    from negotiation.engine.space import FloatArray, IntArray
    from negotiation.scenarios.compilers import CompiledScenario
    from negotiation.scenarios.judgements import History
    from negotiation.scenarios.readings import FactsUsed

_PLACES = 9  # of utilities, when losses are compared
_ASKED = 50  # how often the judge is asked at most; only offers at the very edge of a rule take two


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """Another offer than the agreed one, judged as if it were.

    `moves`: what it changes for each seat, in utility; `below` the seats whose limit it does not
    reach. `people`, `seniors` of them, decide it where it goes to review; `rules` send it there.
    """

    offer: Offer
    changed: tuple[str, ...]
    route: Route
    people: int
    seniors: int
    score: float | None
    moves: Mapping[str, float]
    below: tuple[str, ...]
    rules: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, every field."""
        return cast("dict[str, Any]", plain(self))


@dataclass(frozen=True, kw_only=True)
class Case:
    """What was agreed, or amended to, with all that the judge knows of it."""

    scenario: CompiledScenario
    session: Session
    offer: Offer
    summary: Summary
    facts: FactsUsed
    history: History
    now: datetime | None = None


def possible(case: Case, judgement: Judgement) -> dict[str, Any]:
    """The smallest amendment (None if nothing lightens the judgement) and the neighbours that the
    summary names, as plain JSON."""
    smallest = smallest_amendment(case, judgement)
    return {
        "smallest": smallest.to_dict() if smallest else None,
        "neighbours": [each.to_dict() for each in neighbours(case)],
    }


def smallest_amendment(case: Case, judgement: Judgement) -> Amendment | None:
    """The lawful offer that needs nobody and differs from the agreed one on the fewest issues.

    Of equally many the one that takes least from the seats together, then from the worst-off, then
    the first. If none needs nobody, the one that needs the fewest people; None if none needs fewer
    than `judgement`. Only where no offer that clears every limit does are the others asked.
    """
    present = burden(case.scenario, judgement)
    if present == AUTOMATIC:
        return None
    search = _Search(case, Prospect.of(case.scenario, case.session).around(case.offer), present)
    everywhere = np.arange(len(search.prospect.table.lawful))
    clear = search.prospect.clearing(everywhere).all(axis=1)
    return search.among(everywhere[clear]) or search.among(everywhere[~clear])


def neighbours(case: Case) -> Iterator[Amendment]:
    """What was on the frontier near the agreement, judged like it."""
    prospect = Prospect.of(case.scenario, case.session)
    for other in case.summary.alternatives:
        yield _judged(case, prospect, prospect.row_of(other.offer))[1]


def _judged(case: Case, prospect: Prospect, row: int) -> tuple[int, Amendment]:
    """What the offer of a row asks of people, and it."""
    scenario, offer = prospect.scenario, prospect.table.offer(row)
    expected = prospect.expected(row)
    judgement = scenario.judge(offer, expected, case.facts, case.history, case.now)
    reviewed = judgement.route == "review"
    tier = scenario.tier(judgement)
    found = Amendment(
        offer=offer,
        changed=tuple(issue for issue in offer if offer[issue] != case.offer[issue]),
        route=judgement.route,
        people=tier.people if reviewed else 0,
        seniors=tier.seniors if reviewed else 0,
        score=judgement.risk.score if judgement.risk else None,
        moves={
            seat: utility - case.summary.utilities[seat]
            for seat, utility in expected.utilities.items()
        },
        below=expected.below,
        rules=tuple(finding.rule for finding in judgement.findings),
    )
    return burden(scenario, judgement), found


class _Search:
    """For the best row of a prospect, whose judgement asks less of people than `present`."""

    def __init__(self, case: Case, prospect: Prospect, present: int) -> None:
        self.case = case
        self.prospect = prospect
        self.present = present
        self._estimates = Estimates(prospect, case.facts, case.history, case.now)
        self._found: dict[int, tuple[int, Amendment]] = {}
        self._changes = np.zeros(len(prospect.table.lawful), dtype=np.int64)
        agreed = prospect.table.space.places_of(case.offer)
        for issue, place in zip(prospect.table.space.issues, agreed, strict=True):
            self._changes += prospect.table.places(issue.name) != place

    def among(self, rows: IntArray) -> Amendment | None:
        """The best of `rows`; what needs nobody is found before offers that differ on more issues
        are looked at."""
        lighter = []
        for changed in range(1, len(self.case.offer) + 1):
            keys = self._keys(rows[self._changes[rows] == changed])
            found = self._best(keys[keys[:, 0] == AUTOMATIC])
            if found and found.route == "auto":
                return found
            lighter.append(keys)
        return self._best(np.concatenate(lighter))

    def _keys(self, rows: IntArray) -> FloatArray:
        """Of the rows that may be lighter: burden, issues changed, what it takes from the seats
        together and from the worst-off, and the row; shape (rows, 5). The smallest is the best."""
        burdens = self._estimates.burdens(rows)
        rows, burdens = rows[burdens < self.present], burdens[burdens < self.present]
        agreed = np.array(list(self.case.summary.utilities.values()))
        taken = agreed - self.prospect.utilities[rows]
        sums = np.round(taken.sum(axis=1), _PLACES)
        worst = np.round(taken.max(axis=1, initial=-np.inf), _PLACES)
        return np.column_stack([burdens, self._changes[rows], sums, worst, rows])

    def _best(self, keys: FloatArray) -> Amendment | None:
        """What the judge finds the smallest. A key may be too small, so the next ones are asked
        until none can be smaller."""
        least: tuple[float, ...] = (self.present,)
        best = None
        for key in keys[np.lexsort(keys.T[::-1])]:
            if tuple(key) >= least or len(self._found) >= _ASKED:
                break
            asked, amendment = self._ask(int(key[-1]))
            truly = (asked, *key[1:])
            if truly < least:
                least, best = truly, amendment
        return best

    def _ask(self, row: int) -> tuple[int, Amendment]:
        if row not in self._found:
            self._found[row] = _judged(self.case, self.prospect, row)
        return self._found[row]
