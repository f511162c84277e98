"""Climbing to good offers of a space that is too large to enumerate, many climbers at once.

An offer is a row of places, one for each issue. A judge tells what rows are worth; climbers move
over rows towards their aims, one issue at a time. All is a function of its arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from negotiation.engine.space import OutcomeSpace, Pool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from negotiation.engine.space import BoolArray, FloatArray, IntArray

Evaluate = Callable[[OutcomeSpace], tuple["FloatArray", "BoolArray | FloatArray"]]
"""From a pooled space to each seat's utility of its offers, shape (offers, seats), and whether
they are lawful, shape (offers,): truth values, or the share of the rules that an offer keeps."""
Rows = NDArray[np.integer[Any]]

_CHUNK = 20_000
_TRIED, _TRIED_FREELY = 48, 4_096
_PROBES = 256
_SHORTFALL, _UNLAWFUL = 10.0, 1_000.0
_LEAST = 1e-6
_MOVED = 1e-12
_HOT, _COLD = 0.1, 0.001


class Worth(NamedTuple):
    """Utilities (…, seats) and the share of the rules that is kept (…), 1 where lawful."""

    utilities: FloatArray
    kept: FloatArray


class Judge:
    """What rows are worth, by `evaluate`, at most _CHUNK rows at a time."""

    additive = False
    most_tried = _TRIED

    def __init__(self, space: OutcomeSpace, evaluate: Evaluate) -> None:
        self.widths = np.array([len(issue.options) for issue in space.issues])
        self._space = space
        self._evaluate = evaluate

    def __call__(self, rows: Rows) -> Worth:
        """The worth of `rows` (n, issues)."""
        parts = [self._part(rows[at : at + _CHUNK]) for at in range(0, len(rows), _CHUNK)]
        return Worth(*(np.concatenate(figures) for figures in zip(*parts, strict=True)))

    def varied(self, rows: Rows, issue: int, options: IntArray) -> Worth:
        """The worth of each of `rows` (n, issues) with each of its `options` (n, m) on one issue:
        utilities (n, m, seats), kept (n, m)."""
        many = np.repeat(rows[:, None, :], options.shape[1], axis=1)
        many[:, :, issue] = options
        found = self(many.reshape(-1, rows.shape[1]))
        return Worth(found.utilities.reshape(*options.shape, -1), found.kept.reshape(options.shape))

    def _part(self, rows: Rows) -> Worth:
        utilities, kept = self._evaluate(OutcomeSpace(self._space.issues, Pool(rows)))
        return Worth(utilities, np.asarray(kept, dtype=np.float64))


class AdditiveJudge(Judge):
    """The same where no issue interacts with another and all is lawful: sums of table entries."""

    additive = True
    most_tried = _TRIED_FREELY

    def __init__(self, judge: Judge, base: FloatArray, tables: Sequence[FloatArray]) -> None:
        self.widths = judge.widths
        self._base = base
        self._tables = tables

    def __call__(self, rows: Rows) -> Worth:
        total = np.tile(self._base, (len(rows), 1))
        for table, places in zip(self._tables, rows.T, strict=True):
            total += table[places]
        return Worth(total, np.ones(len(rows)))

    def varied(self, rows: Rows, issue: int, options: IntArray) -> Worth:
        table = self._tables[issue]
        rest = self(rows).utilities - table[rows[:, issue]]
        return Worth(rest[:, None, :] + table[options], np.ones(options.shape))


def judge_of(space: OutcomeSpace, evaluate: Evaluate, rng: np.random.Generator) -> Judge:
    """The additive judge where it tells the same as `evaluate` on random offers, else that.

    Evaluates one offer for each option of each issue and _PROBES others.
    """
    judge = Judge(space, evaluate)
    base = drawn(judge.widths, 1, rng)
    varied = np.repeat(base, judge.widths.sum(), axis=0)
    issues = np.repeat(np.arange(len(judge.widths)), judge.widths)
    ends = np.cumsum(judge.widths)
    varied[np.arange(len(varied)), issues] = np.arange(len(varied)) - np.repeat(
        ends - judge.widths, judge.widths
    )
    worth, (of_base, _) = judge(varied), judge(base)
    tables = np.split(worth.utilities - of_base[0], ends[:-1])
    additive = AdditiveJudge(judge, of_base[0], tables)
    probes = drawn(judge.widths, _PROBES, rng)
    said = judge(probes)
    lawful = bool((worth.kept >= 1).all() and (said.kept >= 1).all())
    return additive if lawful and np.allclose(additive(probes).utilities, said.utilities) else judge


def drawn(widths: IntArray, count: int, rng: np.random.Generator) -> Rows:
    """So many rows, each equally likely."""
    return rng.integers(0, widths, (count, len(widths)))


@dataclass(frozen=True, slots=True)
class Aims:
    """What each climber climbs to: a weighted power mean of the seats' gains.

    Gains are 0 at `floors` and 1 at `tops`, both (seats,); `weights` (climbers, seats) add up to
    1; `powers` (climbers,): 1 is utilitarian, 0 the Nash product, far below the egalitarian point
    (Moulin 2003, Fair division and collective welfare, ch. 3).
    """

    weights: FloatArray
    powers: FloatArray
    floors: FloatArray
    tops: FloatArray

    def scores(self, worth: Worth) -> FloatArray:
        """How near `worth` of shape (climbers, m, …) comes to each climber's aim: (climbers, m)."""
        gains = (worth.utilities - self.floors) / (self.tops - self.floors)
        score = np.empty(gains.shape[:2])
        for power in np.unique(self.powers):
            mine = self.powers == power
            score[mine] = _mean(gains[mine], self.weights[mine, None, :], power)
        return np.asarray(score - _UNLAWFUL * (1 - worth.kept))


def _mean(gains: FloatArray, weights: FloatArray, power: float) -> FloatArray:
    if power == 1:
        return np.asarray((weights * gains).sum(axis=-1))
    least = np.maximum(gains, _LEAST)
    short = _SHORTFALL * np.minimum(gains, 0).sum(axis=-1)
    if power == 0:
        return np.asarray(np.exp((weights * np.log(least)).sum(axis=-1)) + short)
    return np.asarray((weights * least**power).sum(axis=-1) ** (1 / power) + short)


def ascend(judge: Judge, aims: Aims, rows: Rows, sweeps: int, rng: np.random.Generator) -> Rows:
    """Each climber's row (climbers, issues) after coordinate ascent: issue by issue to the option
    that serves its aim best, up to so many times around. Exact for a weighted sum of additive
    utilities."""
    rows = rows.copy()
    for _ in range(sweeps):
        moved = False
        for issue in rng.permutation(len(judge.widths)).tolist():
            options = _tried(judge, rows[:, issue], issue, rng)
            found = judge.varied(rows, issue, options)
            scores = aims.scores(found)
            scores[:, 0] += _MOVED  # the option that is there now, so that equals do not move
            best = scores.argmax(axis=1)
            moved = moved or bool(best.any())
            each = np.arange(len(rows))
            rows[each, issue] = options[each, best]
        if not moved:
            break
    return rows


def _tried(judge: Judge, now: Rows, issue: int, rng: np.random.Generator) -> IntArray:
    """The options that climbers try on an issue, (climbers, m), those that they are at first: all
    or, of many, the neighbours, others at doubling distances, and a few at random."""
    width = int(judge.widths[issue])
    if width <= judge.most_tried:
        return np.column_stack([now, np.broadcast_to(np.arange(width), (len(now), width))])
    steps = 2 ** np.arange(int(width).bit_length())
    around = now[:, None] + np.concatenate([[0], steps, -steps])
    some = rng.integers(0, width, (len(now), max(judge.most_tried - around.shape[1], 8)))
    return np.hstack([np.clip(around, 0, width - 1), some])


def anneal(judge: Judge, aims: Aims, rows: Rows, steps: int, rng: np.random.Generator) -> Rows:
    """Each climber's best row (climbers, issues) of a walk by single random changes, worse ones
    ever less likely to be kept (Kirkpatrick, Gelatt & Vecchi 1983)."""
    rows, each = rows.copy(), np.arange(len(rows))
    score = _alone(aims, judge(rows))
    best, best_score = rows.copy(), score.copy()
    for temperature in np.geomspace(_HOT, _COLD, steps):
        issues = rng.integers(0, len(judge.widths), len(rows))
        changed = rows.copy()
        changed[each, issues] = rng.integers(0, judge.widths[issues])
        there = _alone(aims, judge(changed))
        with np.errstate(over="ignore"):
            taken = rng.random(len(rows)) < np.exp((there - score) / temperature)
        rows[taken], score[taken] = changed[taken], there[taken]
        better = score > best_score
        best[better], best_score[better] = rows[better], score[better]
    return best


def _alone(aims: Aims, worth: Worth) -> FloatArray:
    return aims.scores(Worth(worth.utilities[:, None, :], worth.kept[:, None]))[:, 0]
