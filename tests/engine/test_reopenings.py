"""A person asks for something more, and the table goes on from where it stood."""

from __future__ import annotations

from dataclasses import replace

import pytest

from negotiation.engine.analysis import summarise
from negotiation.engine.endings import Agreement, NoAgreement
from negotiation.engine.messages import Act
from negotiation.engine.pools import pooled_table
from negotiation.engine.requirements import Requirement
from negotiation.engine.rules import IllegalMove
from negotiation.engine.session import Session
from negotiation.engine.table import Kind, Table
from tests.engine.large_spaces import additive, table_of
from tests.engine.requests import asked, at_most, figure
from tests.engine.tables import service_table
from tests.engine.talks import finished, go_on

KINDS: list[Kind] = ["mediated", "alternating", "text"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_that_is_sent_back_agrees_on_what_was_asked_for(kind: Kind) -> None:
    session = finished(replace(service_table(), protocol=kind))
    first, before, said = session.ending, figure(session, "cost"), len(session.moves)
    session.apply(asked(session, at_most("cost", before * 0.9)))
    withdrawn = session.ending
    assert withdrawn is None
    go_on(session)
    assert isinstance(first, Agreement)
    assert isinstance(session.ending, Agreement)
    assert session.ending.offer != first.offer
    assert figure(session, "cost") <= before * 0.9 * (1 + 1e-9)
    assert not session.ending.below
    assert len(session.moves) > said + 1
    assert session.moves[said - 1].offer == first.offer or kind == "text"


@pytest.mark.parametrize("kind", KINDS)
def test_it_goes_on_from_where_it_stood(kind: Kind) -> None:
    session = finished(replace(service_table(), protocol=kind))
    told = {name: dict(each.beliefs) for name, each in session.outlooks.items()}
    asked_of = {(each.sender, each.question.fact) for each in session.messages if each.question}
    round_, said = session.round, session.messages
    session.apply(asked(session, at_most("cost", figure(session, "cost") * 0.9)))
    assert {name: dict(each.beliefs) for name, each in session.outlooks.items()} == told
    go_on(session)
    later = session.messages[len(said) + 1 :]
    assert session.messages[: len(said)] == said
    assert all(message.round >= round_ for message in later)
    assert not any(
        (each.sender, each.question.fact) in asked_of
        for each in later
        if each.act is Act.ASK and each.question
    ), "nothing is asked twice"


def test_standing_offers_that_keep_what_is_asked_for_still_stand() -> None:
    session = finished(service_table())
    last = {move.sender: move.offer for move in session.moves if move.offered}
    gone = {name for name, offer in last.items() if offer and offer["region"] != "eu-central"}
    assert 0 < len(gone) < len(last)
    said = len(session.moves)
    only = Requirement(subject="region", test="equals", limit="eu-central")
    session.apply(asked(session, only))
    go_on(session)
    later = session.messages[said:]
    assert {each.sender for each in later if each.act is Act.PROPOSE} <= gone
    named = next(each for each in later if each.act is Act.MEDIATE)
    assert named.against is not None
    assert named.against <= said, "it is held against an offer from before"


def test_what_nothing_meets_ends_without_an_agreement_and_names_who_asked() -> None:
    session = finished(service_table())
    session.apply(asked(session, at_most("p95", 20.0)))
    go_on(session)
    ending = session.ending
    assert isinstance(ending, NoAgreement)
    assert "the requirement of maya" in ending.reason
    assert "p95 is at most 20 ms" in ending.reason
    (conflict,) = ending.conflicts
    assert (conflict.kind, conflict.name) == ("constraint", "the requirement of maya")
    assert conflict.relaxed is not None
    with pytest.raises(IllegalMove, match="without an agreement"):
        session.apply(asked(session, at_most("p95", 30.0)))


def test_what_the_seats_cannot_live_with_ends_with_their_limits_beside_it() -> None:
    session = finished(service_table())
    session.apply(asked(session, at_most("cost", 12_000)))
    go_on(session)
    ending = session.ending
    assert isinstance(ending, NoAgreement)
    kinds = {conflict.kind for conflict in ending.conflicts}
    assert kinds == {"constraint", "reservation"}
    assert "the requirement of maya" in ending.reason


@pytest.mark.parametrize("kind", KINDS)
def test_it_may_be_sent_back_twice(kind: Kind) -> None:
    session = finished(replace(service_table(), protocol=kind))
    limit = figure(session, "cost")
    for factor, by in ((0.95, "maya"), (0.9, "noah")):
        session.apply(asked(session, at_most("cost", limit * factor), by=by))
        go_on(session)
        assert figure(session, "cost") <= limit * factor
    assert [each.author for each in session.table.constraints[-2:]] == ["maya", "noah"]
    assert summarise(session).to_dict()["agreement"] == session.ending.offer  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("said", [0, 1, 5, 12])
def test_a_person_may_ask_for_more_while_they_are_talking(kind: Kind, said: int) -> None:
    session = Session(replace(service_table(), protocol=kind), seed=1)
    for _ in range(said):
        message = session.next()
        assert message is not None
        session.apply(message)
    session.apply(asked(session, at_most("cost", 33_000)))
    go_on(session)
    assert figure(session, "cost") <= 33_000 * (1 + 1e-9)


def test_an_offer_that_is_being_answered_is_dropped_if_it_does_not_keep_it() -> None:
    session = Session(service_table(), seed=1)
    while (message := session.next()) is not None and message.act is not Act.MEDIATE:
        session.apply(message)
    assert message is not None
    session.apply(message)
    assert message.offer is not None
    other = Requirement(subject="region", test="not_in", limit=(message.offer["region"],))
    session.apply(asked(session, other))
    following = session.next()
    assert following is not None
    assert following.in_reply_to != message.seq
    go_on(session)
    if isinstance(session.ending, Agreement):
        assert session.ending.offer["region"] != message.offer["region"]


def test_what_was_agreed_already_may_be_agreed_again() -> None:
    session = finished(service_table())
    first = session.ending
    session.apply(asked(session, at_most("cost", 1e9)))
    go_on(session)
    assert isinstance(session.ending, Agreement)
    assert isinstance(first, Agreement)
    assert session.ending.offer == first.offer


def test_after_the_planned_deadline_all_ask_for_their_limits_only() -> None:
    table = replace(service_table(rounds=4), resolution=("vote",))
    session = finished(table)
    assert isinstance(session.ending, Agreement)
    while session.round < 4:
        session = finished(replace(table, rounds=session.round))
    session.apply(asked(session, at_most("cost", 33_000)))
    assert session.table.rounds == session.round + 3
    go_on(session)
    closing = [each for each in session.messages if each.round > 4 and each.private]
    assert isinstance(session.ending, Agreement)
    assert session.ending.by != "vote"
    for message in closing:
        targets = message.private["targets"]
        assert list(targets.values()) == pytest.approx(session.table.limits.tolist())


def test_offers_that_were_ruled_out_still_count_as_concessions() -> None:
    session = finished(service_table())
    before = summarise(session).concessions
    session.apply(asked(session, at_most("cost", 33_000)))
    after = summarise(session).concessions
    assert {name: each.offers for name, each in after.items()} == {
        name: each.offers for name, each in before.items()
    }
    assert {name: each.steps for name, each in after.items()} == {
        name: each.steps for name, each in before.items()
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_over_a_pool_goes_on_over_what_is_left_of_the_pool(kind: Kind) -> None:
    space, seats, _ = additive(1, issues=30)
    session = finished(pooled_table(table_of(seats, kind), space, 1), seed=1)
    first = session.ending
    assert isinstance(first, Agreement)
    assert session.table.space.pooled
    name, option = next(iter(first.offer.items()))
    session.apply(asked(session, Requirement(subject=name, test="not_in", limit=(option,))))
    go_on(session)
    assert isinstance(session.ending, Agreement)
    assert session.ending.offer[name] != option
    again = Session.replay(first_table(session), seed=1, messages=session.messages)
    assert again.ending == session.ending


def first_table(session: Session) -> Table:
    """The table as it was before anybody asked for more."""
    return session.moves[0].table


def test_who_asks_for_what_cannot_be_had_is_not_asked_again() -> None:
    table = replace(service_table(), resolution=("mediate", "ask", "vote", "status_quo"))
    session = finished(table)
    session.apply(asked(session, at_most("cost", 12_000)))
    go_on(session)
    ending = session.ending
    assert isinstance(ending, NoAgreement), "and no vote decides where a person would have been"
    assert (ending.asks, ending.candidates, ending.status_quo) == (False, (), True)
