from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from negotiation.engine.endings import Agreement, NoAgreement
from negotiation.engine.messages import Act
from negotiation.engine.rules import IllegalMove
from negotiation.engine.session import Session
from negotiation.engine.strategies import BOULWARE, CONCEDER, LINEAR, STRATEGIES, TimeDependent
from negotiation.engine.table import BadTable, Table
from tests.engine.tables import pie_table, service_table
from tests.engine.talks import finished, go_on


def test_equal_seats_meet_near_the_middle() -> None:
    session = finished(pie_table())
    assert isinstance(session.ending, Agreement)
    assert abs(float(session.ending.offer["share"]) - 50) <= 2


def test_seats_take_turns() -> None:
    senders = [message.sender for message in finished(pie_table()).messages]
    assert all(first != second for first, second in pairwise(senders))


def test_who_holds_out_gets_more() -> None:
    table = pie_table()
    seats = (
        replace(table.seat["anna"], strategy=BOULWARE),
        replace(table.seat["ben"], strategy=CONCEDER),
    )
    session = finished(replace(table, seats=seats))
    assert isinstance(session.ending, Agreement)
    assert float(session.ending.offer["share"]) > 60


def test_nobody_accepts_less_than_it_would_offer_next() -> None:
    session = Session(pie_table(), seed=3)
    while (message := session.next()) is not None:
        if message.act is Act.ACCEPT:
            assert message.private["utilities"][message.sender] >= (
                message.private["targets"][message.sender] - 1e-9
            )
        session.apply(message)
    assert session.messages[-1].act is Act.ACCEPT


def test_more_than_two_seats_all_have_to_accept() -> None:
    table = replace(service_table(rounds=200), protocol="alternating")
    session = finished(table)
    assert isinstance(session.ending, Agreement)
    assert [message.act for message in session.messages[-4:]] == [Act.ACCEPT] * 4


def test_incompatible_limits_end_with_their_conflict() -> None:
    table = pie_table(rounds=10)
    seats = tuple(
        replace(seat, preferences=replace(seat.preferences, reservation=0.6))
        for seat in table.seats
    )
    session = finished(replace(table, seats=seats))
    assert isinstance(session.ending, NoAgreement)
    assert {conflict.name for conflict in session.ending.conflicts} == {"anna", "ben"}


def test_speaking_out_of_turn_is_refused() -> None:
    session = Session(pie_table(), seed=1)
    message = session.next()
    assert message is not None
    other = "ben" if message.sender == "anna" else "anna"
    with pytest.raises(IllegalMove, match="turn"):
        session.apply(replace(message, sender=other, offer={"share": 50}))


def test_alternating_offers_need_everybody() -> None:
    with pytest.raises(BadTable, match="consent"):
        replace(pie_table(), dissent=1)


@pytest.mark.parametrize("strategy", STRATEGIES.values())
def test_a_demand_falls_from_everything_to_the_limit(strategy: TimeDependent) -> None:
    demands = [strategy.demand(step / 10) for step in range(11)]
    assert demands[0] == 1
    assert demands[-1] == 0
    assert demands == sorted(demands, reverse=True)


def test_boulware_holds_out_and_conceder_gives_in() -> None:
    assert BOULWARE.demand(0.5) > LINEAR.demand(0.5) == 0.5 > CONCEDER.demand(0.5)


def test_a_seat_that_repeats_its_offer_says_that_it_stays_with_it_and_nothing_twice() -> None:
    session = finished(pie_table(rounds=200, strategy=BOULWARE))
    said = [message.text for message in session.messages]
    staying = [message for message in session.messages if "I stay with my #" in message.text]
    assert staying
    assert all(message.act is Act.REVISE and not message.changed for message in staying)
    assert len(set(said)) == len(said)
    assert not any("costs me nothing" in text for text in said)


def stuck_table(quiet_rounds: int | None) -> Table:
    """Neither seat has a clock, and their limits leave nothing to share."""
    table = pie_table(rounds=400, strategy=STRATEGIES["micro"])
    seats = tuple(
        replace(seat, preferences=replace(seat.preferences, reservation=0.9))
        for seat in table.seats
    )
    return replace(table, seats=seats, quiet_rounds=quiet_rounds)


def test_a_talk_without_anything_new_ends_before_its_deadline() -> None:
    assert finished(stuck_table(None)).round == 400
    session = finished(stuck_table(5))
    assert isinstance(session.ending, NoAgreement)
    assert "reaches the limits of Anna and Ben together" in session.ending.reason
    offered = [(move.sender, move.row) for move in session.moves if move.offered]
    assert session.round < 30
    assert len(set(offered[:-10])) == len(set(offered))
    assert len(set(offered[:-12])) < len(set(offered))


def test_a_quiet_talk_that_could_have_met_says_so() -> None:
    table = pie_table(rounds=400, strategy=STRATEGIES["micro"])
    anna = replace(table.seat["anna"], strategy=STRATEGIES["boulware"])
    session = finished(replace(table, seats=(anna, table.seat["ben"]), quiet_rounds=2))
    assert isinstance(session.ending, NoAgreement)
    assert session.ending.reason == "Nobody had anything new to offer, and the seats had not met."


def test_a_quiet_talk_ends_alike_without_words() -> None:
    table = stuck_table(5)
    session = Session(table, seed=1)
    session.run()
    assert list(session.moves) == list(finished(table).moves)


def test_a_table_waits_for_at_least_one_quiet_round() -> None:
    with pytest.raises(BadTable, match="one round has to be quiet"):
        stuck_table(0)


@pytest.mark.parametrize("strategy", ["micro", "boulware", "nice-tft"])
@pytest.mark.parametrize("until", [0, 1, 2, 7, 30])
def test_a_run_that_pauses_says_the_same_as_one_that_does_not(strategy: str, until: int) -> None:
    table = pie_table(rounds=40, strategy=STRATEGIES[strategy])
    whole = finished(table)
    session = Session(table, seed=1)
    session.run(until=until)

    assert len(session.moves) == min(until, len(whole.moves))
    go_on(session)
    assert list(session.moves) == list(whole.moves)
    assert session.messages == whole.messages[min(until, len(whole.moves)) :]
    assert session.ending == whole.ending
