"""What holds at every table."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from negotiation.engine.analysis import summarise
from negotiation.engine.endings import Agreement, NoAgreement
from negotiation.engine.messages import Act, Message
from negotiation.engine.session import Session
from negotiation.engine.space import Issue, OutcomeSpace
from negotiation.engine.utility import Preferences
from tests.engine.random_tables import tables
from tests.engine.talks import finished

if TYPE_CHECKING:
    from random import Random

    from negotiation.engine.table import Table

often = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
every_table = st.one_of(tables(), tables(dissent=1), tables("alternating"))
seeds = st.integers(-(2**63), 2**63 - 1)
OFFERING = {Act.PROPOSE, Act.REVISE}


@often
@given(every_table, seeds)
def test_every_negotiation_ends_and_counts_its_messages(table: Table, seed: int) -> None:
    session = finished(table, seed=seed)
    assert isinstance(session.ending, (Agreement, NoAgreement))
    assert session.next() is None
    assert [message.seq for message in session.messages] == list(
        range(1, len(session.messages) + 1)
    )


@often
@given(every_table, seeds)
def test_messages_survive_json_unchanged(table: Table, seed: int) -> None:
    for message in finished(table, seed=seed).messages:
        text = json.dumps(message.to_dict(), allow_nan=False)
        assert Message.from_dict(json.loads(text)) == message


@often
@given(st.one_of(tables(), tables(dissent=1)), seeds)
def test_a_mediated_agreement_is_on_the_frontier(table: Table, seed: int) -> None:
    session = finished(table, seed=seed)
    if isinstance(session.ending, Agreement):
        assert summarise(session).pareto


@often
@given(tables(), seeds)
def test_a_unanimous_mediated_agreement_is_nearly_the_fairest(table: Table, seed: int) -> None:
    session = finished(table, seed=seed)
    if isinstance(session.ending, Agreement):
        assert (summarise(session).nash_ratio or 0) >= 0.98


@often
@given(tables(), seeds)
def test_without_agreement_no_lawful_offer_clears_every_limit(table: Table, seed: int) -> None:
    session = finished(table, seed=seed)
    if isinstance(session.ending, NoAgreement):
        names = [seat.name for seat in table.seats]
        utilities = np.column_stack([session.outlooks[name].utilities for name in names])
        limits = [seat.preferences.reservation for seat in table.seats]
        assert not (utilities >= limits).all(axis=1).any()
        assert session.ending.conflicts


@often
@given(tables())
def test_contributions_add_up_to_the_utility(table: Table) -> None:
    for outlook in Session(table, seed=1).outlooks.values():
        for row in range(min(len(table.lawful), 20)):
            parts = [
                outlook.contribution(objective, row)
                for objective in outlook.seat.preferences.objectives
            ]
            assert sum(parts) == pytest.approx(outlook.utilities[row], abs=1e-12)


@often
@given(tables(), st.randoms(use_true_random=False))
def test_utilities_do_not_depend_on_the_order_of_objectives(table: Table, random: Random) -> None:
    def shuffled(preferences: Preferences) -> Preferences:
        objectives = list(preferences.objectives)
        random.shuffle(objectives)
        return Preferences(tuple(objectives), preferences.reservation)

    seats = tuple(replace(seat, preferences=shuffled(seat.preferences)) for seat in table.seats)
    other = replace(table, seats=seats)
    for name, outlook in Session(table, seed=1).outlooks.items():
        assert np.allclose(outlook.utilities, Session(other, seed=1).outlooks[name].utilities)


@often
@given(tables())
def test_a_remark_of_a_person_changes_nothing_but_the_number(table: Table) -> None:
    quiet, disturbed = finished(table), Session(table, seed=1)
    while (message := disturbed.next()) is not None:
        remark = Message(
            seq=message.seq,
            round=message.round,
            sender="person:olga",
            act=Act.INTERVENE,
            text="Mind the freeze.",
        )
        disturbed.apply(remark)
        following = disturbed.next()
        assert following is not None
        disturbed.apply(following)
    assert disturbed.ending == quiet.ending
    said = [message for message in disturbed.messages if message.act is not Act.INTERVENE]
    assert [(m.sender, m.act, m.offer) for m in said] == [
        (m.sender, m.act, m.offer) for m in quiet.messages
    ]


@given(st.integers(0, 2**32), st.integers(1, 4))
def test_numbering_of_offers_goes_both_ways(draw: int, issues: int) -> None:
    rng = np.random.default_rng(draw)
    space = OutcomeSpace(
        tuple(
            Issue(f"issue{number}", "Issue", tuple(range(int(rng.integers(1, 7)))))
            for number in range(issues)
        )
    )
    for index in rng.integers(0, space.size, 10).tolist():
        offer = space.offer_at(index)
        assert space.index_of(offer) == index
        for issue in space.issues:
            place = space.option_indices(issue.name, np.array([index]))[0]
            assert issue.options[place] == offer[issue.name]
