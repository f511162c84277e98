"""Where a negotiation stands after the messages so far. Only its session changes it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.endings import Agreement
from negotiation.engine.hearings import doubt_about, learn
from negotiation.engine.messages import FALLBACK, REMARKS, Act, Message, Move
from negotiation.engine.outlook import Outlook
from negotiation.engine.reopenings import narrow
from negotiation.engine.solutions import nash_products
from negotiation.engine.standings import Named, RoundSoFar, Standing
from negotiation.engine.strategies.players import NOTHING, Record
from negotiation.engine.table import BreaksConstraint
from negotiation.engine.texts import course
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from negotiation.engine.endings import NoAgreement, Rule
    from negotiation.engine.messages import Evidence, Option
    from negotiation.engine.space import BoolArray, FloatArray, IntArray
    from negotiation.engine.standings import Doubt
    from negotiation.engine.strategies.players import Player, Strategy
    from negotiation.engine.table import Table


class State:
    """Everything that follows from the table, the seed and the messages absorbed so far.

    A row is an offer's place among the lawful ones. `head` is the newest message's seq, `round`
    the newest round anybody spoke in, `turns` counts offers and answers. `standing`: each seat's
    newest offer; `named`: the offer being answered, `answers` to it so far; `refused`: rows that
    were named and did not find enough consent. `text`: the mediator's newest that nobody answers.
    `question` and `doubt` wait for a reply. `moves` are the messages without their words;
    `failures` counts how often a seat's strategy failed. `told`: what everybody heard of each
    fact. `planned` is the first deadline, `conceded` the least that each seat had asked for when a
    person reopened the table, `excused` how many refusals that were before then do not count,
    `reopened` the messages that withdrew an agreement.
    """

    def __init__(
        self,
        table: Table,
        seed: int,
        negotiators: Mapping[str, Strategy],
        clock: Callable[[], float],
        patience: float,
    ) -> None:
        self.table = table
        self.seed = seed
        self.negotiators = negotiators
        self.clock = clock
        self.patience = patience
        self.moves: list[Move] = []
        self.record = Record(self.moves, self.names)
        self.players: dict[str, Player] = {}
        self.failures: dict[str, int] = {}
        self.head = 0
        self.round = 1
        self.turns = 0
        self.so_far = RoundSoFar()
        self.outlooks = {seat.name: Outlook.first(table, seat) for seat in table.seats}
        self.told: dict[str, Evidence] = {}
        self.planned = table.rounds
        self.conceded: dict[str, float] = {}
        self.excused = 0
        self.reopened: list[int] = []
        self.standing: dict[str, Standing] = {}
        self.question: Message | None = None
        self.doubt: Doubt | None = None
        self.asked: set[tuple[str, str]] = set()  # (seat, fact), once in a negotiation
        self.named: Named | None = None
        self.text: Standing | None = None
        self.answers: dict[str, bool] = {}
        self.refused: set[int] = set()
        self.ending: Agreement | NoAgreement | None = None
        self._orders: dict[int, tuple[str, ...]] = {}

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(seat.name for seat in self.table.seats)

    @property
    def limits(self) -> FloatArray:
        """Reservation values, shape (seats,)."""
        return self.table.limits

    @cached_property
    def utilities(self) -> FloatArray:
        """Each seat's expected utility of each lawful offer, shape (rows, seats).

        Stored seat by seat: sums over the seats of many rows are five times as fast.
        """
        columns = np.stack([self.outlooks[name].utilities for name in self.names])
        columns.flags.writeable = False
        for name, own in zip(self.names, columns, strict=True):
            self.outlooks[name].share(own)
        return columns.T

    @cached_property
    def reach(self) -> tuple[IntArray, float]:
        """Rows that clear the limits of enough seats, and the largest Nash product among them."""
        rows = np.flatnonzero(self.suffices(self.clears(self.limits)))
        best = nash_products(self.utilities, self.limits)[rows].max(initial=0.0)
        return rows, float(best)

    @cached_property
    def course(self) -> IntArray:
        """The row of a single negotiating text after each round, if anything may be agreed."""
        return course(self.table, self.utilities, self.limits, self.reach[0], self.seed)

    @property
    def spent(self) -> bool:
        """Whether as many questions were asked as the table allows in all."""
        return self.table.questions is not None and len(self.asked) >= self.table.questions

    def order(self, round_: int) -> tuple[str, ...]:
        """The seats in the order of this round: drawn from the seed, so that nobody is first."""
        if round_ not in self._orders:
            rng = np.random.default_rng([self.seed % 2**64, round_])
            places = rng.permutation(len(self.names))
            self._orders[round_] = tuple(self.names[place] for place in places)
        return self._orders[round_]

    def clears(self, targets: FloatArray) -> BoolArray:
        """Which lawful offers reach the target of which seat, inclusive; shape (rows, seats).

        An offer that was named and refused reaches nobody's.
        """
        reached: BoolArray = self.utilities >= targets - TOLERANCE
        reached[list(self.refused)] = False
        return reached

    def votes(self, row: int, targets: FloatArray) -> dict[str, bool]:
        """Whether one offer reaches the target of each seat, inclusive."""
        reached = self.utilities[row] >= targets - TOLERANCE
        return dict(zip(self.names, reached.tolist(), strict=True))

    def below(self, row: int) -> tuple[str, ...]:
        """The seats that expect less than their limit from one offer."""
        return tuple(name for name, clear in self.votes(row, self.limits).items() if not clear)

    def agreement(self, row: int, by: Rule = "consent") -> Agreement:
        """The end in one offer, with how sure each seat is of it now."""
        confidence = {name: self.outlooks[name].confidence(row) for name in self.names}
        return Agreement(self.table.offer(row), confidence, by, self.below(row))

    def suffices(self, agreeing: BoolArray) -> BoolArray:
        """Where enough seats agree, veto holders among them; (…, seats) → (…)."""
        enough = agreeing.sum(axis=-1) >= len(self.names) - self.table.dissent
        veto = [place for place, seat in enumerate(self.table.seats) if seat.veto]
        return np.asarray(enough & agreeing[..., veto].all(axis=-1), dtype=np.bool_)

    def row_of(self, offer: Mapping[str, Option]) -> int | None:
        """The row of an offer; None if it is not lawful; raises NotInSpace."""
        return self.table.row_of(self.table.space.index_of(offer))

    def lawful_row(self, offer: Mapping[str, Option]) -> int:
        """The row of a lawful offer; raises NotInSpace and BreaksConstraint."""
        row = self.row_of(offer)
        if row is None:
            raise BreaksConstraint(self.table.broken(self.table.space.index_of(offer)))
        return row

    def nearest(self, row: int) -> Standing | None:
        """The standing offer that differs from `row` on the fewest issues, the oldest of these."""
        offer = self.table.offer(row).items()
        return min(
            self.standing.values(),
            key=lambda own: (len(offer - self.table.offer(own.row).items()), own.seq),
            default=None,
        )

    def time(self, round_: int) -> float:
        """Relative time: 0 in the first round, 1 in the last that was planned and after it."""
        return min((round_ - 1) / (self.planned - 1), 1.0) if self.planned > 1 else 1.0

    def absorb(self, message: Message) -> None:
        """Counts a legal message in."""
        self.head = message.seq
        self.moves.append(self._move(message))
        if message.act in REMARKS:
            self._add(message)
            return
        if message.round > self.round:
            self.round = message.round
            self.so_far = RoundSoFar(before=dict(self.standing))
        match message.act:
            case Act.ASK:
                self._ask(message)
            case Act.INFORM:
                self._inform(message)
            case Act.PROPOSE | Act.REVISE | Act.MEDIATE:
                self._put(message)
            case Act.ACCEPT | Act.REJECT:
                self._answer(message)
            case Act.CHALLENGE:
                self.doubt = None
            case Act.HOLD:
                self._hold(message)

    def _move(self, message: Message) -> Move:
        moved = message.offer is not None and message.act not in REMARKS
        row = self.row_of(message.offer) if moved and message.offer is not None else None
        return message.move(NOTHING if row is None else row, self.table)

    def _add(self, message: Message) -> None:
        """What a person brings: evidence that all seats hear, and what they have to keep."""
        if message.told is not None:
            learn(self, message, message.told)
            self.record.stir()
        if message.requirements:
            narrow(self, message)

    def _hold(self, message: Message) -> None:
        self._spoke(message.sender)
        if message.decided_by.startswith(FALLBACK):
            self.failures[message.sender] = self.failures.get(message.sender, 0) + 1
            self.players.pop(message.sender, None)

    def _ask(self, message: Message) -> None:
        assert message.question is not None
        self.question = message
        self.so_far.asked.add(message.sender)
        self.asked.add((message.sender, message.question.fact))

    def _inform(self, message: Message) -> None:
        evidence = message.evidence
        assert evidence is not None
        if self.question is not None and self.question.seq == message.in_reply_to:
            self.question = None
        self.doubt = doubt_about(self, message, evidence)
        learn(self, message, evidence)

    def forget(self, *figures: str) -> None:
        """Computes them anew when they are next asked for."""
        for figure in figures:
            self.__dict__.pop(figure, None)

    def _put(self, message: Message) -> None:
        row = self.moves[-1].row
        reading = message.act is Act.MEDIATE and message.in_reply_to is not None
        if reading and self.table.protocol == "text":
            self.text = Standing(row, message.seq)
            return
        if message.act is Act.MEDIATE:
            agreeing = self.votes(row, self.limits)
            owners = frozenset(
                name for name, own in self.standing.items() if own.row == row and agreeing[name]
            )
            self._name(Named(row, message.seq, owners))
            return
        self.standing[message.sender] = Standing(row, message.seq)
        self._spoke(message.sender)
        if self.table.protocol == "alternating":
            self._name(Named(row, message.seq, frozenset({message.sender})))

    def _name(self, named: Named) -> None:
        self.named, self.answers = named, {}
        self._settle()

    def _answer(self, message: Message) -> None:
        self.answers[message.sender] = message.act is Act.ACCEPT
        self._spoke(message.sender)
        self._settle()

    def _spoke(self, seat: str) -> None:
        self.so_far.spoke.add(seat)
        self.turns += 1

    def _settle(self) -> None:
        """Ends the negotiation, or drops the named offer, once everybody has answered."""
        assert self.named is not None
        row, owners = self.named.row, self.named.owners
        if owners | self.answers.keys() != set(self.names):
            return
        # What was learnt since may have brought the offer below the limit of who asked for it.
        consent = [name in owners or self.answers.get(name, False) for name in self.names]
        agreeing = np.array(consent) & self.clears(self.limits)[row]
        if self.suffices(agreeing):
            self.ending = self.agreement(row)
        else:
            self.refused.add(row)
            self.named = None
            self.forget("reach", "course")
