"""What a strategy is, and what it may look at: its own seat, and what everybody has said.

A strategy makes a player for one seat of one negotiation. What a player does follows from its
view and the turn alone; what it keeps for itself only saves work, so that a player made anew in
the middle of a negotiation goes on exactly as the old one would have.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.messages import REMARKS, Act
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from negotiation.engine.messages import Move
    from negotiation.engine.outlook import Outlook
    from negotiation.engine.space import IntArray, Issue, Places

NOTHING = -1
"""Stands for the row of an offer where there is none."""

_WIDTH = 0.02
_CHOICES = 512
_MIX = 2_654_435_761  # Knuth's multiplicative hash


class Record:
    """The rows that each seat has offered so far, seats by their place at the table.

    One record serves all players of a negotiation, so that reading a move costs the same however
    many of them listen. `length` counts all that was said, `distinct` the different rows of a
    seat, `quiet` the moves since a seat last offered a row for the first time or told something.
    """

    def __init__(self, moves: Sequence[Move], names: Sequence[str]) -> None:
        self._moves = moves
        self._place = {name: place for place, name in enumerate(names)}
        self.length = self.quiet = 0
        self._seen: list[set[int]] = [set() for _ in names]
        self.offers: list[list[int]] = [[] for _ in names]
        self.distinct = [0] * len(names)

    def read(self) -> Record:
        """The record once everything said so far is counted in."""
        for number in range(self.length, len(self._moves)):
            move = self._moves[number]
            if move.act not in REMARKS:
                self.quiet = 0 if move.act is Act.INFORM else self.quiet + 1
            if move.offered and (place := self._place.get(move.sender)) is not None:
                self.offers[place].append(move.row)
                self._seen[place].add(move.row)
                if len(self._seen[place]) > self.distinct[place]:
                    self.distinct[place] += 1
                    self.quiet = 0
        self.length = len(self._moves)
        return self

    def stir(self) -> None:
        """Something new was said that is no move: the table is not quiet."""
        self.read().quiet = 0

    def renumber(self, now: Callable[[int], int]) -> None:
        """Counts everything said so far under other rows, NOTHING for what has none any more; a
        table that changes is not quiet."""
        for place, offers in enumerate(self.read().offers):
            self.offers[place] = [row for old in offers if (row := now(old)) != NOTHING]
            self._seen[place] = set(self.offers[place])
            self.distinct[place] = len(self._seen[place])
        self.quiet = 0


class View:
    """What one seat sees, and nothing of the others but what they said.

    It speaks at turns `first`, `first` + `seats`, … of `turns` in all, and after these where the
    table was reopened; `conceded` is the least it had asked for then.
    """

    def __init__(
        self,
        outlook: Outlook,
        record: Record,
        *,
        place: int,
        first: int,
        seats: int,
        turns: int,
        seed: int,
        conceded: float = inf,
    ) -> None:
        self._outlook = outlook
        self.record = record
        self.place = place
        self.first = first
        self.seats = seats
        self.turns = turns
        self.seed = seed
        self.conceded = conceded

    @cached_property
    def others(self) -> list[int]:
        return [place for place in range(self.seats) if place != self.place]

    @property
    def issues(self) -> tuple[Issue, ...]:
        return self._outlook.table.space.issues

    def places(self) -> list[Places]:
        """For each issue the place of every row's option, shape (rows,)."""
        return [self._outlook.table.places(issue.name) for issue in self.issues]

    @cached_property
    def utilities(self) -> Sequence[float]:
        """The seat's own expected utility of every row."""
        return self._outlook.utilities.data

    @property
    def rising(self) -> IntArray:
        """Rows by rising own utility, equal ones by row."""
        return self._outlook.rising

    @cached_property
    def reservation(self) -> float:
        """The utility below which no agreement is better for the seat."""
        return self._outlook.reservation

    @property
    def best(self) -> float:
        """The largest utility that a row gives the seat; 0 without rows."""
        return self._outlook.best

    @property
    def room(self) -> float:
        """How far the best is above the limit, at least 0, in utility."""
        return max(self.best - self.reservation, 0.0)

    def target(self, demand: float) -> float:
        """The utility that a share of the way from the limit to the best asks for."""
        return self._outlook.target(demand)

    @cached_property
    def steps(self) -> Sequence[float]:
        """The utilities of `rising`, in its order."""
        return self._outlook.utilities[self.rising].data

    def time(self, turn: int) -> float:
        """Relative time: 0 at the first turn, 1 at the last that was planned and after it."""
        return min(turn / (self.turns - 1), 1.0)

    @property
    def passed(self) -> int:
        """How many rows are worth more than what the seat had conceded."""
        return len(self.steps) - bisect_right(self.steps, self.conceded + TOLERANCE)

    def least(self, target: float) -> int:
        """The row of the smallest utility that reaches `target`; NOTHING if none does."""
        place = bisect_left(self.steps, target - TOLERANCE)
        return int(self.rising[place]) if place < len(self.steps) else NOTHING

    def about(self, target: float) -> IntArray:
        """Rows that are worth `target` or a little more: a sample of at most 512, least first.

        "A little" is 2 % of the way from the limit to the best; there is always the least that
        reaches the target, if anything does.
        """
        first = bisect_left(self.steps, target - TOLERANCE)
        last = bisect_left(self.steps, target + _WIDTH * self.room + TOLERANCE)
        rows = self.rising[first : max(last, first + 1)]
        if len(rows) <= _CHOICES:
            return rows
        return rows[np.linspace(0, len(rows) - 1, _CHOICES).astype(np.int64)]

    def heard(self) -> list[list[int]]:
        """The rows that each of the others has offered, in the order of `others`."""
        offers = self.record.read().offers
        return [offers[place] for place in self.others]

    def pick(self, turn: int, many: int) -> int:
        """A number below `many`, drawn from the seed for this seat and turn."""
        mixed = (self.seed * 31 + self.place * 17 + turn + 1) * _MIX % 2**32
        return mixed * many >> 32


class Player(ABC):
    """A strategy at work for one seat."""

    def __init__(self, view: View) -> None:
        self.view = view

    @abstractmethod
    def offer(self, turn: int, /) -> int:
        """The row that the seat would offer at `turn`; NOTHING if none reaches its limit."""

    def asks(self, turn: int, /) -> float:
        """The smallest utility that the seat accepts at `turn`.

        What its own next offer is worth (AC_next, Baarslag, Hindriks & Jonker 2013).
        """
        row = self.offer(turn)
        return self.view.utilities[row] if row != NOTHING else float("inf")

    def move(self, turn: int, named: int, /) -> int:
        """The row that the seat offers at `turn`. To answer the row `named` that another seat has
        offered with the same row is to accept it."""
        if named != NOTHING and self.view.utilities[named] >= self.asks(turn) - TOLERANCE:
            return named
        return self.offer(turn)


class Yielding(Player):
    """Plays as another player does, but never asks for more than its seat had conceded.

    Where nothing is worth as little as that and reaches the limit, it asks for the least that does.
    """

    def __init__(self, view: View, player: Player) -> None:
        super().__init__(view)
        self._player = player
        least = bisect_left(view.steps, view.reservation - TOLERANCE)
        place = max(len(view.steps) - view.passed - 1, least)
        self._row = int(view.rising[place]) if place < len(view.steps) else NOTHING
        self._most = view.utilities[self._row] if self._row != NOTHING else inf

    def offer(self, turn: int) -> int:
        return self._held(self._player.offer(turn))

    def asks(self, turn: int) -> float:
        return min(self._player.asks(turn), self._most)

    def move(self, turn: int, named: int) -> int:
        row = self._player.move(turn, named)
        if named != NOTHING and self.view.utilities[named] >= self._most - TOLERANCE:
            return named
        return row if row == named else self._held(row)

    def _held(self, row: int) -> int:
        known = row.__class__ is int and 0 <= row < len(self.view.utilities)
        return self._row if known and self.view.utilities[row] > self._most + TOLERANCE else row


class Deliberate(Player):
    """A player whose choice is worth remembering until somebody speaks."""

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self._made_at: tuple[int, int] | None = None
        self._row = NOTHING

    def offer(self, turn: int, /) -> int:
        now = (turn, self.view.record.read().length)
        if now != self._made_at:
            self._made_at, self._row = now, self.choose(turn)
        return self._row

    @abstractmethod
    def choose(self, turn: int) -> int:
        """The row to offer at `turn`; NOTHING if none reaches the limit."""


class Strategy(ABC):
    """A way to bargain: without any state, so one object serves every seat and negotiation."""

    def demand(self, time: float) -> float:
        """The share of the way from its limit to its best that a seat asks for at a mediated
        table: 1 at relative time 0, 0 at relative time 1. Evenly falling, unless it says else."""
        return 1.0 - min(max(time, 0.0), 1.0)

    @abstractmethod
    def player(self, view: View) -> Player:
        """Who bargains for a seat in alternating offers."""
