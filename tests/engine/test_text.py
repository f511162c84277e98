"""The annealed single negotiating text: few messages, on the frontier, near the Nash point."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from negotiation.engine.endings import Agreement, NoAgreement
from negotiation.engine.frontier import undominated
from negotiation.engine.messages import MEDIATOR, Act, Message
from negotiation.engine.pools import pooled_table
from negotiation.engine.session import Session
from negotiation.engine.utility import TOLERANCE
from tests.engine.large_spaces import LIMIT, interacting, nash, table_of
from tests.engine.random_tables import random_table
from tests.engine.tables import pie_table, service_table
from tests.engine.talks import finished

if TYPE_CHECKING:
    from negotiation.engine.table import Table


def _pooled(seed: int, *, seats: int = 4, limit: float = LIMIT) -> Table:
    space, parties = interacting(seed, issues=10, seats=seats, limit=limit)
    return pooled_table(table_of(parties, "text"), space, seed)


def _agreed_row(session: Session) -> int:
    assert isinstance(session.ending, Agreement)
    row = session.table.row_of(session.table.space.index_of(session.ending.offer))
    assert row is not None
    return row


def _share_of_nash(session: Session) -> float:
    row = _agreed_row(session)
    return nash(session.utilities[[row]]) / nash(session.utilities)


def test_a_text_for_four_seats_takes_a_dozen_messages() -> None:
    session = finished(_pooled(1))
    acts = [message.act for message in session.messages]
    assert acts[:4] == [Act.PROPOSE] * 4
    assert acts[-4:] == [Act.ACCEPT] * 4
    assert set(acts[4:-4]) == {Act.MEDIATE}
    assert len(acts) <= 12


def test_in_interacting_spaces_the_text_is_on_the_frontier_and_near_the_nash_point() -> None:
    pools = [finished(_pooled(seed, seats=2 + seed % 3)) for seed in range(6)]
    spaces = [_enumerated(seed) for seed in range(6)]
    talks = [talk for talk in (*pools, *spaces) if talk.utilities.min(axis=1).max() > LIMIT]
    assert len(talks) > 8
    for talk in talks:
        assert undominated(talk.utilities, _agreed_row(talk))
    assert np.mean([_share_of_nash(talk) for talk in talks]) >= 0.95


def _enumerated(seed: int) -> Session:
    space, parties = interacting(seed, issues=5, seats=3)
    return finished(table_of(parties, "text")(space))


def test_openings_are_each_seats_best() -> None:
    session = finished(_pooled(3))
    for message in session.messages[:4]:
        place = session.table.space.index_of(message.offer or {})
        column = session.utilities[:, [s.name for s in session.table.seats].index(message.sender)]
        assert column[session.table.row_of(place)] == pytest.approx(column.max())


def test_what_the_mediator_reads_out_nobody_answers() -> None:
    session = finished(_pooled(1))
    readings = [m for m in session.messages if m.act is Act.MEDIATE and m.in_reply_to is not None]
    assert readings
    assert all(message.text.startswith("My text is now: ") for message in readings)
    answered = {m.in_reply_to for m in session.messages if m.act is Act.ACCEPT}
    assert answered.isdisjoint(message.seq for message in readings)


def test_votes_beside_a_text_say_who_would_settle_for_it() -> None:
    session = finished(_pooled(1))
    for message in session.messages:
        if message.act is Act.MEDIATE:
            private = message.private
            for name, yes in message.votes.items():
                reached = private["utilities"][name] >= private["targets"][name] - TOLERANCE
                assert yes == reached


@pytest.mark.parametrize("draw", range(12))
def test_no_text_is_below_a_limit_and_none_is_forbidden(draw: int) -> None:
    table = replace(random_table(draw=draw, seats=2 + draw % 4), protocol="text")
    session = Session(table, seed=draw)
    while (message := session.next()) is not None:
        if message.offer is not None:
            row = table.row_of(table.space.index_of(message.offer))
            assert row is not None
            if message.sender == MEDIATOR:
                limits = [seat.preferences.reservation for seat in table.seats]
                assert (session.utilities[row] >= np.array(limits) - TOLERANCE).all()
        session.apply(message)


def test_a_killed_talk_goes_on_with_the_same_bytes() -> None:
    for table in (replace(service_table(), protocol="text"), _pooled(2)):
        whole = finished(table)
        for kept in range(len(whole.messages)):
            again = Session.replay(table, seed=whole.seed, messages=whole.messages[:kept])
            assert again.next() == whole.messages[kept]


def test_seats_ask_and_learn_before_the_text_is_agreed() -> None:
    session = finished(replace(service_table(), protocol="text"))
    acts = [message.act for message in session.messages]
    assert acts[:2] == [Act.ASK, Act.INFORM]
    assert isinstance(session.ending, Agreement)


def test_without_a_lawful_offer_above_all_limits_there_is_no_agreement() -> None:
    session = finished(_pooled(1, limit=5.0))
    assert isinstance(session.ending, NoAgreement)
    assert session.messages[-1].act is Act.SYSTEM


def test_the_mediator_gives_up_after_three_refusals() -> None:
    table = replace(pie_table(rounds=8), protocol="text")
    session = Session(table, seed=1)
    while (message := session.next()) is not None:
        session.apply(replace(message, act=Act.REJECT) if message.act is Act.ACCEPT else message)
    assert isinstance(session.ending, NoAgreement)
    named = [m for m in session.messages if m.act is Act.MEDIATE and m.in_reply_to is None]
    assert len(named) == len({_share(message) for message in named}) == 3


def _share(message: Message) -> object:
    return (message.offer or {})["share"]


def test_a_quorum_may_overrule_a_seat_but_not_one_with_a_veto() -> None:
    table = replace(_pooled(4, seats=3), dissent=1)
    _, keen, _ = table.seats
    stubborn = replace(keen, preferences=replace(keen.preferences, reservation=9.0))
    seats = (table.seats[0], stubborn, table.seats[2])
    assert isinstance(finished(replace(table, seats=seats)).ending, Agreement)
    seats = (table.seats[0], replace(stubborn, veto=True), table.seats[2])
    assert isinstance(finished(replace(table, seats=seats)).ending, NoAgreement)
