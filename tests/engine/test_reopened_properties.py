"""Whatever a person asks for of whatever table, and whoever bargains there."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from negotiation.engine.endings import Agreement, NoAgreement
from negotiation.engine.messages import Message
from negotiation.engine.requirements import Requirement
from negotiation.engine.session import Session
from negotiation.engine.strategies import STRATEGIES
from negotiation.engine.strategies.players import Strategy
from negotiation.engine.table import Table
from negotiation.engine.utility import TOLERANCE
from tests.engine.random_tables import every_kind
from tests.engine.requests import asked, at_most
from tests.engine.tables import pie_table
from tests.engine.talks import finished, go_on, worth


def bargaining(strategy: Strategy) -> Table:
    table = pie_table(rounds=40)
    return replace(table, seats=tuple(replace(seat, strategy=strategy) for seat in table.seats))


def least_asked(session: Session) -> dict[str, float]:
    """The least that each seat asked for, in its offers and in what it accepted."""
    least = dict.fromkeys(session.outlooks, 1.0)
    for move in session.moves:
        if move.offer and move.sender in least:
            least[move.sender] = min(least[move.sender], worth(session, move.offer)[move.sender])
    return least


@pytest.mark.parametrize("strategy", STRATEGIES.values(), ids=STRATEGIES)
def test_no_strategy_asks_for_more_again_than_it_did(strategy: Strategy) -> None:
    session = Session(bargaining(strategy), seed=3)
    session.run(until=70)
    # Without what it settled for, the offer that is next to it may be the least it can live with.
    least = {name: max(asked, 0.26) for name, asked in least_asked(session).items()}
    said, last = len(session.moves), session.moves[-1].offer
    assert last is not None
    session.apply(
        asked(session, Requirement(subject="share", test="not_in", limit=(last["share"],)))
    )
    go_on(session)
    for move in session.moves[said:]:
        if move.offer and move.offered:
            assert worth(session, move.offer)[move.sender] <= least[move.sender] + TOLERANCE


def requirement_for(session: Session, rng: np.random.Generator) -> Requirement:
    """Something that leaves out some offers, often what was agreed."""
    table = session.table
    if rng.random() < 0.5:
        issue = table.space.issues[rng.integers(len(table.space.issues))]
        some = [option for option in issue.options if rng.random() < 0.6] or [issue.options[0]]
        return Requirement(subject=issue.name, test="in", limit=tuple(some))
    measure = table.measures[rng.integers(len(table.measures))]
    return at_most(measure.name, float(rng.uniform(20, 90)))


def could_live_with(session: Session) -> np.ndarray:
    """Rows that clear the limits of enough seats and were not refused."""
    enough = session._state.suffices(session._state.clears(session.table.limits))
    assert enough.shape == (len(session.table.lawful),)
    return np.asarray(enough)


@settings(max_examples=300, deadline=None)
@given(draw=st.integers(0, 2**32), times=st.integers(1, 2))
def test_whatever_is_asked_for_is_kept_or_cannot_be_had(draw: int, times: int) -> None:
    rng = np.random.default_rng(draw)
    session = finished(every_kind(draw), seed=draw % 1000)
    assume(isinstance(session.ending, Agreement))
    for _ in range(times):
        if not isinstance(session.ending, Agreement):
            break
        round_ = session.round
        session.apply(asked(session, requirement_for(session, rng)))
        go_on(session)
        assert round_ <= session.round <= session.table.rounds
    ending, table = session.ending, session.table
    imposed = isinstance(ending, Agreement) and ending.by in {"precedence", "vote"}
    if isinstance(ending, Agreement):
        assert table.broken(table.space.index_of(ending.offer)) == ()
    if isinstance(ending, NoAgreement) or imposed:
        assert not could_live_with(session).any(), "there was something to agree on"


@settings(max_examples=80, deadline=None)
@given(draw=st.integers(0, 2**32))
def test_a_reopened_table_that_is_killed_anywhere_says_the_same(draw: int) -> None:
    rng = np.random.default_rng(draw)
    table, seed = every_kind(draw), draw % 1000
    session = finished(table, seed=seed)
    assume(isinstance(session.ending, Agreement))
    session.apply(asked(session, requirement_for(session, rng)))
    go_on(session)
    said = [json.dumps(message.to_dict()) for message in session.messages]
    reopened = next(i for i, each in enumerate(session.messages) if each.requirements)
    for kill in range(reopened + 1, len(said) + 1):
        stored = [Message.from_dict(json.loads(text)) for text in said[:kill]]
        again = Session.replay(table, seed=seed, messages=stored)
        go_on(again)
        assert [json.dumps(message.to_dict()) for message in again.messages] == said


@settings(max_examples=60, deadline=None)
@given(draw=st.integers(0, 2**32))
def test_a_reopened_table_moves_the_same_without_words(draw: int) -> None:
    rng = np.random.default_rng(draw)
    table: Table = replace(every_kind(draw), protocol="alternating", dissent=0)
    session = finished(table, seed=1)
    assume(isinstance(session.ending, Agreement))
    message = asked(session, requirement_for(session, rng))
    silent = Session.replay(table, seed=1, messages=[*session.messages, message])
    session.apply(message)
    go_on(session)
    silent.run()
    assert [tuple(move)[:7] for move in silent.moves] == [tuple(move)[:7] for move in session.moves]
    assert silent.ending == session.ending
