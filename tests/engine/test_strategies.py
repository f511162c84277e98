"""What each strategy does, alone and against another."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.engine.endings import Agreement
from negotiation.engine.messages import Act
from negotiation.engine.outlook import Outlook
from negotiation.engine.session import Session
from negotiation.engine.space import Issue, OutcomeSpace
from negotiation.engine.strategies import LINEAR, STRATEGIES
from negotiation.engine.strategies.players import Player, Strategy, View
from negotiation.engine.table import Seat, Table
from negotiation.engine.utility import Objective, Preferences, TableValue
from tests.engine.random_tables import random_table
from tests.engine.tables import pie_table
from tests.engine.talks import finished

NAMES = ("boulware", "conceder", "hybrid", "linear", "micro", "nice-tft", "tft", "tradeoff")


def opposed_table(*strategies: str, rounds: int = 200, reservation: float = 0.2) -> Table:
    """Seats that weigh four issues differently, so that there is much to gain by trading."""
    rng = np.random.default_rng(5)
    issues = tuple(Issue(f"issue{n}", f"Issue {n}", tuple(range(5))) for n in range(4))

    def seat(number: int, strategy: str) -> Seat:
        rising = number % 2 == 0
        objectives = tuple(
            Objective(
                issue.name,
                float(weight),
                TableValue({o: (o if rising else 4 - o) / 4 for o in range(5)}),
                issue.label,
            )
            for issue, weight in zip(issues, rng.dirichlet(np.ones(4)), strict=True)
        )
        preferences = Preferences(objectives, reservation)
        name = f"seat{number}"
        return Seat(name=name, title=name, preferences=preferences, strategy=STRATEGIES[strategy])

    return Table(
        title="Opposed",
        space=OutcomeSpace(issues),
        seats=tuple(seat(number, strategy) for number, strategy in enumerate(strategies)),
        protocol="alternating",
        rounds=rounds,
    )


def own_utilities(session: Session, seat: str) -> list[float]:
    utilities = session.outlooks[seat].utilities
    return [utilities[move.row] for move in session.moves if move.sender == seat and move.offered]


def played(table: Table, *, seed: int = 1) -> Session:
    session = Session(table, seed=seed)
    session.run()
    return session


def test_every_strategy_is_found_by_its_name() -> None:
    assert tuple(sorted(STRATEGIES)) == NAMES


@pytest.mark.parametrize("strategy", NAMES)
def test_every_strategy_opens_with_its_best_offer(strategy: str) -> None:
    session = played(opposed_table(strategy, "linear"))
    assert own_utilities(session, "seat0")[0] == pytest.approx(session.outlooks["seat0"].best)


@pytest.mark.parametrize("strategy", NAMES)
@pytest.mark.parametrize("other", NAMES)
def test_every_pair_of_strategies_finds_an_agreement(strategy: str, other: str) -> None:
    session = played(opposed_table(strategy, other, rounds=2_000))
    assert isinstance(session.ending, Agreement)
    assert all(move.decided_by == "strategy" for move in session.moves)


@pytest.mark.parametrize("strategy", NAMES)
def test_every_strategy_agrees_among_four(strategy: str) -> None:
    session = played(opposed_table(*[strategy] * 4, rounds=2_000, reservation=0.05))
    assert isinstance(session.ending, Agreement)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 4), st.integers(1, 40))
def test_with_words_or_without_a_talk_is_the_same(draw: int, seats: int, rounds: int) -> None:
    rng = np.random.default_rng(draw)
    table = random_table(draw=draw, seats=seats, kind="alternating")
    table = replace(
        table,
        seats=tuple(
            replace(seat, strategy=STRATEGIES[NAMES[rng.integers(len(NAMES))]])
            for seat in table.seats
        ),
        rounds=rounds,
    )
    worded, stepped, run = finished(table), Session(table, seed=1), played(table)
    while stepped.step() is not None:
        pass
    assert list(worded.moves) == list(stepped.moves) == list(run.moves)
    assert worded.ending == stepped.ending == run.ending
    assert [message.offer for message in worded.messages] == [move.offer for move in run.moves]


def test_a_talk_without_words_can_go_on_with_them() -> None:
    table = opposed_table("boulware", "micro")
    worded = finished(table)
    session = Session(table, seed=1)
    for _ in range(7):
        session.step()
    assert session.next() == worded.messages[7]


def test_a_boulware_seat_holds_out_longer_than_a_conceder() -> None:
    shares = {
        name: np.mean(own_utilities(played(opposed_table(name, "boulware")), "seat0")[:20])
        for name in ("boulware", "linear", "conceder")
    }
    assert shares["boulware"] > shares["linear"] > shares["conceder"]


def test_micro_gives_one_new_offer_for_each_new_one() -> None:
    session = played(opposed_table("micro", "boulware"))
    own, theirs = set[int](), set[int]()
    for move in session.moves:
        if not move.offered:
            continue
        if move.sender == "seat1":
            theirs.add(move.row)
        elif move.row not in own:
            assert len(own) <= len(theirs)
            own.add(move.row)
    assert len(own) > 1


def test_micro_goes_down_its_own_ladder() -> None:
    session = played(opposed_table("micro", "micro"))
    seen: list[float] = []
    for utility in own_utilities(session, "seat0"):
        if utility not in seen:
            seen.append(utility)
    assert all(before > after for before, after in pairwise(seen))


def test_a_naive_seat_gives_nothing_to_who_gives_nothing() -> None:
    session = played(opposed_table("tft", "boulware"))
    early = own_utilities(session, "seat0")[1:10]
    assert min(early) == max(early) >= 0.9


def test_a_nice_seat_comes_as_far_as_the_other_does() -> None:
    generous = own_utilities(played(opposed_table("nice-tft", "conceder")), "seat0")
    stubborn = own_utilities(played(opposed_table("nice-tft", "boulware")), "seat0")
    many = min(len(generous), len(stubborn), 10)
    assert np.mean(generous[:many]) < np.mean(stubborn[:many])


@pytest.mark.parametrize("strategy", ["tradeoff", "hybrid", "nice-tft"])
def test_who_chooses_among_equals_pleases_the_other_more(strategy: str) -> None:
    session = played(opposed_table(strategy, "linear"))
    rows = [m.row for m in session.moves if m.sender == "seat0" and m.offered][1:]
    own, other = (session.outlooks[seat].utilities for seat in ("seat0", "seat1"))
    usual = [float(other[np.abs(own - own[row]) <= 0.02].mean()) for row in rows]
    assert np.mean(other[rows]) > np.mean(usual)


def test_a_trade_off_stays_as_good_for_the_seat_itself() -> None:
    linear = own_utilities(played(opposed_table("linear", "boulware")), "seat0")
    trading = own_utilities(played(opposed_table("tradeoff", "boulware")), "seat0")
    many = min(len(linear), len(trading))
    assert np.allclose(linear[:many], trading[:many], atol=0.03)


@pytest.mark.parametrize("strategy", NAMES)
def test_a_seat_that_is_replayed_goes_on_where_it_was(strategy: str) -> None:
    """What a player does follows from what it knows, not from when it was made."""
    table = opposed_table(strategy, "linear")
    session = finished(table)
    half = len(session.messages) // 2
    later = Session.replay(table, seed=1, messages=session.messages[:half])
    assert later.next() == session.messages[half]


@pytest.mark.parametrize("strategy", NAMES)
def test_a_demand_at_a_mediated_table_falls_to_the_limit(strategy: str) -> None:
    demands = [STRATEGIES[strategy].demand(step / 10) for step in range(11)]
    assert demands[0] == 1
    assert demands[-1] == 0
    assert demands == sorted(demands, reverse=True)


def test_the_order_of_speaking_is_drawn_from_the_seed() -> None:
    first = {played(pie_table(), seed=seed).moves[0].sender for seed in range(20)}
    assert first == {"anna", "ben"}


def test_a_long_talk_is_played_to_its_deadline() -> None:
    session = played(opposed_table("boulware", "boulware", rounds=3_000, reservation=0.9))
    assert session.round == 3_000
    assert session.moves[-1].act is Act.SYSTEM
    assert [move.seq for move in session.moves] == list(range(1, len(session.moves) + 1))


def test_a_seat_sees_nothing_of_the_others_but_what_they_said() -> None:
    seen: list[View] = []

    class Looking(Strategy):
        def player(self, view: View) -> Player:
            seen.append(view)
            return LINEAR.player(view)

    table = pie_table()
    anna = replace(table.seat["anna"], strategy=Looking())
    finished(replace(table, seats=(anna, table.seat["ben"])))
    shown = [getattr(seen[0], name) for name in dir(seen[0]) if not name.startswith("_")]
    assert seen[0].record in shown
    assert not any(isinstance(each, (Outlook, Table, Seat, Preferences)) for each in shown)
