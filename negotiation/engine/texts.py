"""The course of a single negotiating text that a mediator anneals.

Klein, Faratin, Sayama & Bar-Yam 2003, Negotiating complex contracts (Group Decision and
Negotiation 12): the mediator changes its text a little, the seats vote on the change, and the
mediator keeps it, or, the less likely the later it is, a change that is voted down. Here a vote
has a strength, the logarithm of the ratio of a seat's gains after and before, so that the votes
add up to the ratio of the Nash products. In the end the text is improved as long as nobody loses.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.solutions import as_good, fairest, nash_products

if TYPE_CHECKING:
    from negotiation.engine.space import FloatArray, IntArray
    from negotiation.engine.table import Table

_STEPS = 8_000
_HOT, _COLD = 1.0, 0.01
_COMPARED = 64

Change = Callable[[int], int]
"""From a place among the rows that may be agreed to the place of a similar one, -1 for none."""


def course(
    table: Table, utilities: FloatArray, limits: FloatArray, rows: IntArray, seed: int
) -> IntArray:
    """The row of the text after each round, shape (rounds,); `rows` may be agreed, at least one.

    `utilities` of the lawful offers (rows, seats), `limits` (seats,). The last text is not
    dominated by any other of `rows`. About 0.1 s, 16 bytes of memory for each row and seat.
    """
    rng = np.random.default_rng(seed % 2**64)
    votes = np.log(nash_products(utilities, limits)[rows])
    change = (_near if table.space.pooled else _changed)(table, rows, rng)
    now = best = max(
        (int(own[rows].argmax()) for own in utilities.T), key=lambda place: float(votes[place])
    )
    steps = max(_STEPS, table.rounds)
    ends = np.linspace(0, steps, table.rounds + 1).astype(int)[1:].tolist()
    texts: list[int] = []
    temperatures = np.geomspace(_HOT, _COLD, steps).tolist()
    for step, luck in enumerate(rng.random(steps).tolist()):
        then = change(now)
        if then >= 0 and luck < exp(min((votes[then] - votes[now]) / temperatures[step], 0.0)):
            now = then
            best = max(best, now, key=lambda place: float(votes[place]))
        if step + 1 == ends[len(texts)]:
            texts.append(int(rows[now]))
    texts[-1] = fairest(utilities, limits, as_good(utilities, rows, int(rows[best])))
    return np.array(texts, dtype=np.int64)


def _changed(table: Table, rows: IntArray, rng: np.random.Generator) -> Change:
    """One issue is changed at random."""
    numbers = table.lawful[rows]
    widths = [len(issue.options) for issue in table.space.issues]
    strides = np.cumprod([1, *widths[:0:-1]])[::-1].tolist()
    open_issues = [issue for issue, width in enumerate(widths) if width > 1]

    def change(place: int) -> int:
        if not open_issues:
            return -1
        issue = open_issues[int(rng.integers(len(open_issues)))]
        number, width, stride = int(numbers[place]), widths[issue], strides[issue]
        option = number // stride % width
        other = (option + 1 + int(rng.integers(width - 1))) % width
        changed = number + (other - option) * stride
        there = int(np.searchsorted(numbers, changed))
        return there if there < len(numbers) and numbers[there] == changed else -1

    return change


def _near(table: Table, rows: IntArray, rng: np.random.Generator) -> Change:
    """Of some rows that are drawn, the one that differs on the fewest issues."""
    places = np.column_stack([table.places(issue.name)[rows] for issue in table.space.issues])

    def change(place: int) -> int:
        drawn = rng.integers(0, len(places), _COMPARED)
        differing = (places[drawn] != places[place]).sum(axis=1)
        differing[differing == 0] = len(places[place]) + 1
        return int(drawn[differing.argmin()])

    return change
