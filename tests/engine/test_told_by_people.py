"""A person tells the seats something: they believe it as they believe each other, and go on."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.engine.beliefs import fuse
from negotiation.engine.interviews import knowledge
from negotiation.engine.messages import Act, Message
from negotiation.engine.rules import IllegalMove
from negotiation.engine.session import Session
from negotiation.engine.table import Kind
from tests.engine.random_tables import every_kind
from tests.engine.requests import asked, at_most, told
from tests.engine.tables import service_table
from tests.engine.talks import finished, go_on

KINDS: list[Kind] = ["mediated", "alternating", "text"]


def begun(said: int, kind: Kind = "mediated") -> Session:
    session = Session(replace(service_table(), protocol=kind), seed=1)
    for _ in range(said):
        message = session.next()
        assert message is not None
        session.apply(message)
    return session


def test_every_seat_fuses_it_as_it_fuses_what_a_seat_says() -> None:
    session = begun(2)
    held = {name: each.beliefs["eviction"] for name, each in session.outlooks.items()}
    message = told(session, "eviction", 0.12, 0.02)
    session.apply(message)
    assert message.evidence is not None
    fact = session.table.fact["eviction"]
    for name, outlook in session.outlooks.items():
        assert outlook.beliefs["eviction"] == fuse(held[name], message.evidence, fact=fact)
    assert session.outlooks["reliability"].beliefs["eviction"].mean < 0.2


@pytest.mark.parametrize("kind", KINDS)
def test_it_changes_the_offers_that_follow(kind: Kind) -> None:
    plain, with_news = begun(4, kind), begun(4, kind)
    with_news.apply(told(with_news, "backup", 30_000, 100))
    with_news.apply(told(with_news, "work", 20, 1, root="profile"))
    go_on(plain)
    go_on(with_news)
    later = [move.offer for move in with_news.moves[6:] if move.offer]
    assert later != [move.offer for move in plain.moves[4:] if move.offer]


def test_a_source_is_counted_once_also_when_a_person_repeats_it() -> None:
    session = begun(0)
    session.apply(told(session, "backup", 6_500, 300, root="standby-prices"))
    beliefs = {name: dict(each.beliefs) for name, each in session.outlooks.items()}
    session.apply(told(session, "backup", 6_500, 300, root="standby-prices", by="otto"))
    assert {name: dict(each.beliefs) for name, each in session.outlooks.items()} == beliefs


def test_nobody_challenges_a_person() -> None:
    session = begun(3)
    session.apply(told(session, "eviction", 0.99, 0.001))
    following = session.next()
    assert following is not None
    assert following.act is not Act.CHALLENGE
    go_on(session)
    assert session.ending is not None


def test_a_claim_that_was_to_be_challenged_still_is() -> None:
    session = begun(0)
    claim = told(session, "backup", 60_000, 600, root="standby-prices")
    session.apply(replace(claim, act=Act.INFORM, sender="reliability"))
    session.apply(told(session, "work", 44, 1))
    challenge = session.next()
    assert challenge is not None
    assert (challenge.act, challenge.sender, challenge.in_reply_to) == (Act.CHALLENGE, "cost", 1)


def test_a_table_that_is_told_something_is_not_quiet() -> None:
    session = begun(6)
    record = session._state.record
    record.read().quiet = 9
    session.apply(told(session, "work", 44, 1))
    assert record.read().quiet == 0


def test_seats_say_in_interviews_who_told_them() -> None:
    session = begun(2)
    session.apply(told(session, "backup", 6_500, 300))
    assert "by olga in #3" in knowledge(session, "cost", "backup").text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"fact": "weather"}, "about a fact of this table"),
        ({"mean": float("nan")}, "a number with a standard deviation"),
        ({"mean": 1e200}, "a number with a standard deviation"),
        ({"sd": -1.0}, "a number with a standard deviation"),
        ({"fact": "load"}, "Load is not for everybody"),
        ({"age_days": -1.0}, "an age of 0 days or more"),
    ],
)
def test_what_may_not_be_told_changes_nothing(fields: dict[str, float], sentence: str) -> None:
    session = begun(2)
    before = dict(session.outlooks)
    claim = {"fact": "backup", "mean": 6_500.0, "sd": 300.0} | fields
    with pytest.raises(IllegalMove, match=sentence):
        session.apply(told(session, **claim))  # type: ignore[arg-type]
    assert dict(session.outlooks) == before
    assert len(session.messages) == 2


def test_only_a_person_tells_everybody_out_of_turn_and_only_while_they_talk() -> None:
    session = begun(2)
    message = told(session, "backup", 6_500, 300)
    with pytest.raises(IllegalMove, match="Only a person"):
        session.apply(replace(message, sender="cost"))
    with pytest.raises(IllegalMove, match="all seats or none"):
        session.apply(replace(message, recipients=("cost",)))
    over = finished(service_table())
    with pytest.raises(IllegalMove, match="is over"):
        over.apply(told(over, "backup", 6_500, 300))


@settings(max_examples=80, deadline=None)
@given(draw=st.integers(0, 2**32), said=st.integers(0, 12))
def test_a_table_that_people_step_into_says_the_same_from_every_prefix(
    draw: int, said: int
) -> None:
    rng, table = np.random.default_rng(draw), every_kind(draw)
    session = Session(table, seed=draw % 1000)
    for _ in range(said):
        if (message := session.next()) is not None:
            session.apply(message)
    if session.ending is None:
        _step_in(session, rng)
    go_on(session)
    written = [json.dumps(message.to_dict()) for message in session.messages]
    people = [each.seq for each in session.messages if each.act is Act.INTERVENE]
    for kill in {max(people, default=0), len(written)}:
        stored = [Message.from_dict(json.loads(text)) for text in written[:kill]]
        again = Session.replay(table, seed=draw % 1000, messages=stored)
        go_on(again)
        assert [json.dumps(each.to_dict()) for each in again.messages] == written
        assert again.ending == session.ending


def _step_in(session: Session, rng: np.random.Generator) -> None:
    """Evidence about every public fact, and a constraint."""
    for fact in session.table.facts:
        if fact.disclosure == "public":
            spread = float(rng.uniform(0, 0.4))
            session.apply(told(session, fact.name, float(rng.normal(1, 2)), spread))
    session.apply(asked(session, at_most(session.table.measures[0].name, rng.uniform(20, 90))))
