"""What every agreement has behind it, and what no table does, whatever its protocol and rules."""

from __future__ import annotations

from dataclasses import replace
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.engine.endings import IMPOSED, Agreement, NoAgreement
from negotiation.engine.messages import MEDIATOR, Act
from negotiation.engine.session import Session
from negotiation.engine.space import OutcomeSpace
from negotiation.engine.table import Table
from negotiation.engine.utility import Measure
from tests.engine.random_tables import every_kind, random_table, tables, with_rules
from tests.engine.talks import finished, worth
from tests.engine.test_properties import OFFERING, often, seeds

draws = st.integers(0, 2**32)


def clear(session: Session) -> set[str]:
    """Who expects at least its limit from what was agreed."""
    assert isinstance(session.ending, Agreement)
    found = worth(session, session.ending.offer)
    limits = {seat.name: seat.preferences.reservation for seat in session.table.seats}
    return {name for name, utility in found.items() if utility >= limits[name] - 1e-9}


@often
@given(draws, seeds)
def test_an_agreement_has_enough_consents_and_those_of_every_veto(draw: int, seed: int) -> None:
    session = finished(every_kind(draw), seed=seed)
    ending, table = session.ending, session.table
    if not isinstance(ending, Agreement) or ending.by in IMPOSED:
        return
    consenting = clear(session)
    if ending.by == "consent":
        consenting &= {
            message.sender
            for message in session.messages
            if message.offer == ending.offer and message.act in {*OFFERING, Act.ACCEPT}
        }
    assert len(consenting) >= len(table.seats) - table.dissent
    assert {seat.name for seat in table.seats if seat.veto} <= consenting


@often
@given(draws, seeds)
def test_an_agreement_names_exactly_the_seats_below_their_limits(draw: int, seed: int) -> None:
    session = finished(every_kind(draw), seed=seed)
    if isinstance(session.ending, Agreement):
        names = [seat.name for seat in session.table.seats]
        assert set(session.ending.below) == set(names) - clear(session)


@often
@given(draws, seeds)
def test_nobody_offers_or_accepts_below_its_limit_or_what_is_forbidden(
    draw: int, seed: int
) -> None:
    session = Session(every_kind(draw), seed=seed)
    table = session.table
    while (message := session.next()) is not None:
        if message.offer is not None:
            index = table.space.index_of(message.offer)
            assert all(mask[index] for mask in table.masks)
        if message.act in {*OFFERING, Act.ACCEPT}:
            assert message.offer is not None
            limit = table.seat[message.sender].preferences.reservation
            assert worth(session, message.offer)[message.sender] >= limit - 1e-9
        session.apply(message)


@often
@given(draws, seeds)
def test_what_is_imposed_breaks_no_veto_and_is_the_mediators_last_word(
    draw: int, seed: int
) -> None:
    session = finished(every_kind(draw), seed=seed)
    ending, last = session.ending, session.messages[-1]
    if isinstance(ending, Agreement) and ending.by != "consent":
        vetoes = {seat.name for seat in session.table.seats if seat.veto}
        assert not vetoes & set(ending.below)
        assert (last.act, last.sender, last.offer) == (Act.SYSTEM, MEDIATOR, ending.offer)
        for name in ending.below:
            assert session.table.seat[name].title in last.text


@often
@given(tables(), seeds, draws)
def test_rules_for_the_end_change_nothing_that_is_agreed(
    table: Table, seed: int, draw: int
) -> None:
    ruled = replace(with_rules(table, draw=draw), questions=None)
    plain, other = finished(table, seed=seed), finished(ruled, seed=seed)
    assert [m.to_dict() for m in plain.messages[:-1]] == [m.to_dict() for m in other.messages[:-1]]
    if isinstance(plain.ending, Agreement):
        assert other.ending == plain.ending


@often
@given(draws, seeds)
def test_a_negotiation_ends_within_its_rounds_and_questions(draw: int, seed: int) -> None:
    table = every_kind(draw)
    session = finished(table, seed=seed)
    assert isinstance(session.ending, (Agreement, NoAgreement))
    assert session.round <= table.rounds
    asked = [message for message in session.messages if message.act is Act.ASK]
    assert table.questions is not None
    assert len(asked) <= table.questions
    assert len({(each.sender, each.question.fact) for each in asked if each.question}) == len(asked)
    said = {(each.sender, each.round, each.offer is None) for each in asked}
    assert len(said) == len(asked), "at most one question of a seat in a round"
    # A turn or an answer of each seat in each round, with a question, its answer and a challenge.
    assert len(session.messages) <= (table.rounds + 1) * (len(table.seats) + 1) * 4


@often
@given(draws, st.randoms(use_true_random=False))
def test_utilities_do_not_depend_on_the_order_of_issues(draw: int, random: object) -> None:
    table = every_kind(draw)
    issues = list(table.space.issues)
    random.shuffle(issues)  # type: ignore[attr-defined]
    space = OutcomeSpace(tuple(issues))
    before = [table.space.index_of(space.offer_at(index)) for index in range(space.size)]

    def moved(measure: Measure) -> Measure:
        return replace(measure, evaluate=lambda facts: measure.evaluate(facts)[before])

    other = replace(table, space=space, measures=tuple(moved(each) for each in table.measures))
    here, there = Session(table, seed=1), Session(other, seed=1)
    assert len(table.lawful) == len(other.lawful)
    for row in range(len(other.lawful)):
        same = table.row_of(table.space.index_of(other.offer(row)))
        assert same is not None
        assert np.allclose(there.utilities[row], here.utilities[same])


@pytest.mark.parametrize("seats", [3, 4])
def test_a_negotiation_among_a_few_reads_in_about_a_dozen_messages(seats: int) -> None:
    lengths = [
        len(finished(random_table(draw=draw, seats=seats), seed=draw).messages)
        for draw in range(150)
    ]
    assert median(lengths) <= 12
    assert np.quantile(lengths, 0.95) <= 16
