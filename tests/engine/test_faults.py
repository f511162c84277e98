"""A seat whose strategy fails loses its turn, is recorded, and falls back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from negotiation.engine.endings import Agreement
from negotiation.engine.messages import Act, Message
from negotiation.engine.session import Session
from negotiation.engine.strategies import LINEAR
from negotiation.engine.strategies.players import Player, Strategy
from tests.engine.tables import pie_table, service_table
from tests.engine.talks import finished

if TYPE_CHECKING:
    from collections.abc import Callable

    from negotiation.engine.strategies.players import View
    from negotiation.engine.table import Table

    Answer = Callable[[int, int], int]


class Scripted(Strategy):
    """Plays like LINEAR, but answers each turn as `answer` says."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def demand(self, time: float) -> float:
        return float(self._answer(int(time * 10), 0))

    def player(self, view: View) -> Player:
        return _Player(view, self._answer)


class _Player(Player):
    def __init__(self, view: View, answer: Answer) -> None:
        super().__init__(view)
        self._answer, self._usual = answer, LINEAR.player(view)

    def offer(self, turn: int) -> int:
        return self._answer(turn, self._usual.offer(turn))


def raises(turn: int, usual: int) -> int:
    return usual if turn < 6 else usual // 0


def not_an_offer(turn: int, usual: int) -> int:
    return usual if turn < 6 else "everything"  # type: ignore[return-value]


def not_plain(turn: int, usual: int) -> int:
    return usual if turn < 6 else np.int64(usual)  # type: ignore[return-value]


def outside(turn: int, usual: int) -> int:
    return usual if turn < 6 else 10_000


def nothing(turn: int, usual: int) -> int:
    return usual if turn < 6 else -1


def below_the_limit(turn: int, usual: int) -> int:
    return usual if turn < 6 else 0


FAULTS: dict[Answer, str] = {
    raises: "my strategy raised ZeroDivisionError",
    not_an_offer: "my strategy raised TypeError",
    not_plain: "my move is no offer",
    outside: "my strategy raised IndexError",
    nothing: "I named an offer that does not exist",
    below_the_limit: "my offer is below my own limit",
}


def table_with(answer: Answer) -> Table:
    table = pie_table()
    anna = replace(table.seat["anna"], strategy=Scripted(answer))
    return replace(table, seats=(anna, table.seat["ben"]))


@pytest.mark.parametrize("answer", FAULTS)
def test_a_seat_that_fails_loses_its_turn_and_falls_back(
    answer: Answer,
) -> None:
    session = finished(table_with(answer))
    (hold,) = [message for message in session.messages if message.act is Act.HOLD]
    assert hold.sender == "anna"
    assert hold.decided_by == f"fallback: {FAULTS[answer]}"
    assert FAULTS[answer] in hold.text
    following = session.messages[hold.seq]
    assert following.sender == "ben"
    assert isinstance(session.ending, Agreement)
    assert session.ending == finished(pie_table()).ending


@pytest.mark.parametrize("answer", FAULTS)
def test_a_failure_is_the_same_without_words(answer: Answer) -> None:
    table = table_with(answer)
    run = Session(table, seed=1)
    run.run()
    assert list(run.moves) == list(finished(table).moves)


@pytest.mark.parametrize("answer", FAULTS)
def test_a_failure_is_replayed_at_every_message(answer: Answer) -> None:
    table = table_with(answer)
    session = finished(table)
    for head in range(len(session.messages)):
        later = Session.replay(table, seed=1, messages=session.messages[:head])
        assert later.next() == session.messages[head]


def test_a_seat_whose_strategy_cannot_even_begin_falls_back() -> None:
    class Broken(Strategy):
        def player(self, view: View) -> Player:
            raise LookupError(view.place)

    table = pie_table()
    anna = replace(table.seat["anna"], strategy=Broken())
    session = finished(replace(table, seats=(anna, table.seat["ben"])))
    assert isinstance(session.ending, Agreement)
    assert "LookupError" in next(m.text for m in session.messages if m.act is Act.HOLD)


@pytest.mark.parametrize("share", [2, -1, float("nan"), "all"])
def test_an_impossible_demand_costs_a_turn_at_a_mediated_table(share: float) -> None:
    class Odd(Strategy):
        def demand(self, time: float) -> float:
            return share if time > 0.2 else 1 - time

        def player(self, view: View) -> Player:
            return LINEAR.player(view)

    table = service_table()
    first, *others = table.seats
    session = finished(replace(table, seats=(replace(first, strategy=Odd()), *others)))
    (hold,) = [message for message in session.messages if message.act is Act.HOLD]
    assert hold.sender == first.name
    assert isinstance(session.ending, Agreement)


def test_a_negotiator_that_fails_is_followed_by_the_declared_strategy() -> None:
    session = Session(pie_table(), seed=1, negotiators={"anna": Scripted(raises)})
    session.run()
    assert isinstance(session.ending, Agreement)
    assert session.ending == finished(pie_table()).ending
    assert sum(move.act is Act.HOLD for move in session.moves) == 1


def test_a_negotiator_takes_the_place_of_the_declared_strategy() -> None:
    stubborn = Scripted(lambda _turn, _usual: 100)
    session = Session(pie_table(), seed=1, negotiators={"anna": stubborn})
    session.run()
    offered = {move.row for move in session.moves if move.sender == "anna" and move.offered}
    assert offered == {100}


def test_a_seat_that_stalls_loses_its_turn() -> None:
    now = [0.0]

    def slow(turn: int, usual: int) -> int:
        now[0] += 5.0 if turn == 6 else 0.01
        return usual

    def talk() -> Session:
        now[0] = 0.0
        return Session(
            pie_table(),
            seed=1,
            negotiators={"anna": Scripted(slow), "ben": Scripted(slow)},
            clock=lambda: now[0],
            patience=1.0,
        )

    session = talk()
    session.run()
    (hold,) = [move for move in session.moves if move.act is Act.HOLD]
    assert hold.decided_by == "fallback: my strategy took 10.0 of 1 seconds"
    assert isinstance(session.ending, Agreement)


def test_a_seat_cannot_claim_the_failure_of_another() -> None:
    session = Session(pie_table(), seed=1)
    first = session.next()
    assert first is not None
    other = next(name for name in ("anna", "ben") if name != first.sender)
    forged = Message(
        seq=1, round=1, sender=other, act=Act.HOLD, text="", decided_by="fallback: I said so"
    )
    with pytest.raises(ValueError, match="turn"):
        session.apply(forged)
    assert session.next() == first
