"""One negotiation: ask for the `next` message, `apply` it, until there is an `ending`.

The transcript is the state. `next` is a function of the table, the seed and the messages applied
so far, so a session that is replayed from any prefix goes on exactly as the first one did.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation.engine import explain, rules
from negotiation.engine.endings import Agreement
from negotiation.engine.faults import Faulty
from negotiation.engine.messages import MEDIATOR, Act, Change, Message
from negotiation.engine.protocols import alternating, mediated, text
from negotiation.engine.questions import silent
from negotiation.engine.reasons import reasons
from negotiation.engine.state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from negotiation.engine.endings import NoAgreement
    from negotiation.engine.intents import Intent
    from negotiation.engine.messages import Move, Offer
    from negotiation.engine.outlook import Outlook
    from negotiation.engine.space import FloatArray
    from negotiation.engine.standings import Standing
    from negotiation.engine.strategies.players import Strategy
    from negotiation.engine.table import Table


def _no_time() -> float:
    return 0.0


_PROTOCOLS = {"mediated": mediated, "alternating": alternating, "text": text}


class Session:
    """A table, a seed and the messages so far.

    It stays consistent whatever is applied: a message that cannot stand raises IllegalMove and
    changes nothing. Making one costs one pass over the lawful offers for each seat.
    """

    def __init__(
        self,
        table: Table,
        *,
        seed: int,
        negotiators: Mapping[str, Strategy] | None = None,
        clock: Callable[[], float] | None = None,
        patience: float = inf,
    ) -> None:
        """`negotiators` bargain for seats in place of the strategies that these declare. With a
        `clock`, in seconds, a strategy that takes longer than `patience` loses its turn."""
        self.seed = seed
        self._protocol = _PROTOCOLS[table.protocol]
        self._state = State(table, seed, negotiators or {}, clock or _no_time, patience)
        self._messages: list[Message] = []
        self._expected: Intent | None = None

    @classmethod
    def replay(
        cls,
        table: Table,
        *,
        seed: int,
        messages: Iterable[Message],
        negotiators: Mapping[str, Strategy] | None = None,
        clock: Callable[[], float] | None = None,
        patience: float = inf,
    ) -> Session:
        """The session after `messages`; raises IllegalMove if one cannot stand."""
        session = cls(table, seed=seed, negotiators=negotiators, clock=clock, patience=patience)
        for message in messages:
            session.apply(message)
        return session

    @property
    def table(self) -> Table:
        """What is negotiated now: a person may have asked for more since the beginning."""
        return self._state.table

    @property
    def messages(self) -> tuple[Message, ...]:
        """What was applied: everything said, unless `step` or `run` left out the words."""
        return tuple(self._messages)

    @property
    def moves(self) -> Sequence[Move]:
        """Everything said so far, without its words."""
        return self._state.moves

    @property
    def round(self) -> int:
        """The newest round that anybody spoke in, from 1."""
        return self._state.round

    @property
    def ending(self) -> Agreement | NoAgreement | None:
        """None as long as the negotiation goes on."""
        return self._state.ending

    @property
    def reopened(self) -> tuple[int, ...]:
        """The messages, by number, with which people withdrew an agreement to ask for more."""
        return tuple(self._state.reopened)

    @property
    def outlooks(self) -> Mapping[str, Outlook]:
        """What each seat expects under its present beliefs."""
        return self._state.outlooks

    @property
    def utilities(self) -> FloatArray:
        """Each seat's expected utility of each lawful offer now, shape (rows, seats)."""
        return self._state.utilities

    def decided_on(self, offer: Offer) -> Agreement:
        """The end in `offer` as it would be if a person decided so now; changes nothing.

        Raises NotInSpace for what is no offer here, BreaksConstraint for one that is not lawful.
        """
        return self._state.agreement(self._state.lawful_row(offer), by="person")

    def next(self) -> Message | None:
        """What is said next by the seats' strategies or the mediator; None when it is over."""
        if self.ending is not None:
            return None
        return self._message(self._intent())

    def apply(self, message: Message) -> None:
        """Counts a message in; raises IllegalMove, and changes nothing, if it cannot stand."""
        rules.check(self._state, message, latest=self._latest_round)
        if message.act is Act.SYSTEM and message.sender == MEDIATOR:
            self._close(message)
        self._state.absorb(message)
        self._messages.append(message)
        self._expected = None

    def step(self) -> Move | None:
        """Goes one move on, without putting it into words; None when it is over.

        The moves are those that `next` would have said.
        """
        if self.ending is not None:
            return None
        intent = self._intent()
        if intent.ending is not None:
            self._state.ending = intent.ending
        self._state.absorb(self._draft(intent))
        self._expected = None
        return self._state.moves[-1]

    def run(self, *, until: float = inf) -> None:
        """Goes on to the end, or to `until` moves in all, without putting anything into words.

        For alternating offers that takes about a microsecond a move, unless there is a clock.
        """
        while self.ending is None and len(self.moves) < until:
            if self._plays_freely():
                alternating.run(self._state, until)
                self._expected = None
            if len(self.moves) < until:
                self.step()

    def _plays_freely(self) -> bool:
        """Whether offers and acceptances are all that follows, and nobody looks at the clock."""
        timed = self._state.patience < inf
        return self.table.protocol == "alternating" and not timed and silent(self._state)

    def _intent(self) -> Intent:
        if self._expected is None:
            self._expected = self._protocol.next_intent(self._state)
        return self._expected

    def _latest_round(self) -> int:
        latest: int = self._protocol.latest_round(self._state, self._intent())
        return latest

    def _close(self, message: Message) -> None:
        ending = None if self.ending else self._intent().ending
        if ending is None:
            raise rules.IllegalMove("The mediator cannot close a negotiation that can go on.")
        if message.offer != (ending.offer if isinstance(ending, Agreement) else None):
            raise rules.IllegalMove("That is not what the rules of this table decide.")
        self._state.ending = ending

    def _message(self, intent: Intent) -> Message:
        fields = {} if intent.row is None else self._offer_fields(intent, intent.row)
        draft = replace(self._draft(intent), **fields)
        return replace(draft, text=explain.text(self._state, intent, draft))

    def _draft(self, intent: Intent) -> Message:
        """The message of an intent without reasons and words."""
        return Message(
            seq=self._state.head + 1,
            round=intent.round,
            sender=intent.sender,
            act=intent.act,
            text="",
            recipients=intent.recipients,
            in_reply_to=intent.in_reply_to,
            offer=None if intent.row is None else self.table.offer(intent.row),
            question=intent.question,
            evidence=intent.evidence,
            decided_by=intent.decided_by,
        )

    def _offer_fields(self, intent: Intent, row: int) -> dict[str, Any]:
        state = self._state
        closes = intent.act is Act.SYSTEM
        targets = state.limits if closes else self._targets(intent.round)
        offer = self.table.offer(row)
        fields: dict[str, Any] = {
            "votes": state.votes(row, targets),
            "private": self._private(row, targets),
        }
        if intent.sender == MEDIATOR:
            nearest = state.nearest(row)
            fields["against"] = nearest.seq if nearest else None
            fields["changed"] = self._changes(nearest, offer)
            fields["confidence"] = min(each.confidence(row) for each in state.outlooks.values())
            return fields
        outlook, against = state.outlooks[intent.sender], self._against(intent)
        fields["confidence"] = outlook.confidence(row)
        fields["changed"] = self._changes(state.standing.get(intent.sender), offer)
        fields["against"] = against.seq if against else None
        fields["reasons"] = reasons(outlook, row, against.row if against else None)
        return fields

    def _targets(self, round_: int) -> FloatArray:
        """What each seat asks for; its limit where a strategy fails."""
        try:
            targets: FloatArray = self._protocol.targets(self._state, round_)
        except Faulty:
            return self._state.limits
        return targets

    def _against(self, intent: Intent) -> Standing | None:
        """What an offer is held against: the seat's own last one; for the first one an equal one,
        else the newest on the table."""
        standing = self._state.standing
        if intent.sender in standing or intent.act is not Act.PROPOSE:
            return standing.get(intent.sender)
        return max(
            standing.values(), key=lambda own: (own.row == intent.row, own.seq), default=None
        )

    def _private(self, row: int, targets: FloatArray) -> dict[str, dict[str, float]]:
        state = self._state
        return {
            "utilities": dict(zip(state.names, state.utilities[row].tolist(), strict=True)),
            "surplus": {name: state.outlooks[name].surplus(row) for name in state.names},
            "targets": dict(zip(state.names, np.asarray(targets).tolist(), strict=True)),
        }

    def _changes(self, own: Standing | None, offer: Offer) -> tuple[Change, ...]:
        before = self.table.offer(own.row) if own else offer
        return tuple(
            Change(issue=issue, before=before[issue], after=option)
            for issue, option in offer.items()
            if before[issue] != option
        )
