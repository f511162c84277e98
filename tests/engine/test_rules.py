"""Illegal moves are refused with a sentence, and nothing changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from negotiation.engine.endings import NoAgreement
from negotiation.engine.messages import Act, Evidence, Message, Question
from negotiation.engine.rules import IllegalMove
from negotiation.engine.session import Session
from tests.engine.tables import service_table
from tests.engine.talks import after, worth

if TYPE_CHECKING:
    from collections.abc import Callable

LAWFUL = {
    "region": "eu-west",
    "type": "m4",
    "purchase": "spot",
    "spot": 50,
    "failover": "eu-central",
}


def said(**fields: Any) -> Message:
    return Message(
        **{"seq": 1, "round": 1, "sender": "cost", "act": Act.PROPOSE, "text": "", **fields}
    )


def ask(**fields: Any) -> Question:
    asked = {"fact": "load", "to": "performance", "assumed_mean": 1, "assumed_sd": 1, "value": 0}
    return Question(**{**asked, **fields})


def tell(**fields: Any) -> Evidence:
    evidence = {"fact": "backup", "mean": 6_000, "sd": 600, "source": "List", "root": "list"}
    return Evidence(**{**evidence, **fields})


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (said(seq=2, offer=LAWFUL), "cannot follow"),
        (said(seq=0, offer=LAWFUL), "cannot follow"),
        (said(round=0, offer=LAWFUL), "this is round 1"),
        (said(round=31, offer=LAWFUL), "this is round 1 of 30"),
        (said(sender="stranger", offer=LAWFUL), "no seat"),
        (said(), "one option for every issue"),
        (said(offer={"region": "eu-west"}), "exactly these issues"),
        (said(offer={**LAWFUL, "type": "m99"}), "not an option"),
        (said(offer={**LAWFUL, "region": "us-east"}), "hard constraint"),
        (said(sender="carbon", offer={**LAWFUL, "region": "eu-central"}), "below the limit"),
        (said(act=Act.ACCEPT, in_reply_to=1), "no such offer"),
        (said(act=Act.WITHDRAW), "no meaning"),
        (said(act=Act.CHALLENGE, in_reply_to=1), "Only a claim that surprises"),
        (said(act=Act.MEDIATE, sender="mediator"), "one option for every issue"),
        (said(act=Act.ASK), "names a fact"),
        (said(act=Act.ASK, question=ask(fact="weather")), "no fact"),
        (said(act=Act.ASK, question=ask(to="compliance")), "has not declared"),
        (said(act=Act.ASK, question=ask(to="cost")), "has not declared"),
        (said(act=Act.INFORM), "about a fact"),
        (said(act=Act.INFORM, evidence=tell(sd=float("nan"))), "standard deviation"),
        (said(act=Act.INFORM, evidence=tell(mean=float("inf"))), "standard deviation"),
        (said(act=Act.INFORM, evidence=tell(sd=-1)), "standard deviation"),
        (said(act=Act.INFORM, evidence=tell(age_days=-1)), "age of 0"),
        (said(act=Act.INFORM, evidence=tell(fact="load")), "may not be told"),
        (said(act=Act.INFORM, evidence=tell(), recipients=("nobody",)), "no seat"),
    ],
)
def test_an_illegal_message_is_refused_and_nothing_changes(message: Message, why: str) -> None:
    session = Session(service_table(), seed=1)
    expected = session.next()
    with pytest.raises(IllegalMove, match=why):
        session.apply(message)
    assert session.messages == ()
    assert session.next() == expected


def test_a_fact_that_is_never_shared_is_neither_asked_nor_told() -> None:
    table = service_table()
    secret = replace(table, facts=tuple(replace(fact, disclosure="never") for fact in table.facts))
    session = Session(secret, seed=1)
    with pytest.raises(IllegalMove, match="not shared"):
        session.apply(said(act=Act.ASK, question=ask()))
    with pytest.raises(IllegalMove, match="may not be told"):
        session.apply(said(act=Act.INFORM, evidence=tell(), recipients=("cost",)))
    while (message := session.next()) is not None:
        assert message.act is not Act.ASK
        session.apply(message)


def test_a_lawful_offer_above_the_limit_may_come_from_anybody() -> None:
    session = Session(service_table(), seed=1)
    session.apply(said(offer=LAWFUL, decided_by="llm"))
    following = session.next()
    assert following is not None
    assert following.sender != "cost"
    with pytest.raises(IllegalMove, match="already spoken"):
        session.apply(said(seq=2, offer=LAWFUL))


@pytest.mark.parametrize(
    ("forge", "why"),
    [
        (lambda answer: replace(answer, in_reply_to=1), "no such offer"),
        (lambda answer: replace(answer, offer=LAWFUL), "not the offer"),
        (lambda answer: replace(answer, act=Act.PROPOSE), "answered first"),
    ],
)
def test_an_answer_is_about_the_offer_that_was_named(
    forge: Callable[[Message], Message], why: str
) -> None:
    session, answer = after(service_table(), Act.ACCEPT)
    with pytest.raises(IllegalMove, match=why):
        session.apply(forge(answer))
    session.apply(answer)
    with pytest.raises(IllegalMove, match="already"):
        session.apply(replace(answer, seq=answer.seq + 1))


def test_a_second_question_waits_for_the_first_answer() -> None:
    session, question = after(service_table(), Act.ASK)
    session.apply(question)
    with pytest.raises(IllegalMove, match="still open"):
        session.apply(
            said(
                seq=question.seq + 1,
                act=Act.ASK,
                question=ask(fact="backup", to="reliability"),
            )
        )


def test_nothing_but_notes_may_follow_the_end() -> None:
    session = Session(service_table(), seed=1)
    while (message := session.next()) is not None:
        session.apply(message)
    with pytest.raises(IllegalMove, match="over"):
        session.apply(said(seq=len(session.messages) + 1, round=30, offer=LAWFUL))


def test_a_round_that_cannot_be_reached_yet_is_refused() -> None:
    session = Session(service_table(), seed=1)
    with pytest.raises(IllegalMove, match="the latest is round 2"):
        session.apply(said(round=3, offer=LAWFUL))
    session.apply(said(round=2, offer=LAWFUL))
    assert session.round == 2


def test_rounds_in_which_nobody_has_anything_to_say_may_be_skipped() -> None:
    session = Session(service_table(), seed=1)
    jumps = []
    while (message := session.next()) is not None:
        jumps.append(message.round - session.round)
        session.apply(message)
    assert max(jumps) > 1


def test_alternating_offers_keep_their_rounds() -> None:
    session = Session(replace(service_table(), protocol="alternating"), seed=1)
    message = session.next()
    assert message is not None
    with pytest.raises(IllegalMove, match="the latest is round 1"):
        session.apply(replace(message, round=2))


def test_a_remark_moves_nothing_not_even_the_round() -> None:
    session = Session(service_table(), seed=1)
    expected = session.next()
    session.apply(said(act=Act.EXPLAIN, round=2, text="Are you sure?"))
    assert session.round == 1
    following = session.next()
    assert expected is not None
    assert following == replace(expected, seq=2)


def test_consent_does_not_outlive_what_it_rested_on() -> None:
    session, answer = after(service_table(), Act.ACCEPT)
    session.apply(answer)
    late = tell(fact="work", mean=110, sd=0.1, root="probe", kind="measured")
    offer = answer.offer
    assert offer is not None
    session.apply(said(seq=answer.seq + 1, round=answer.round, act=Act.INFORM, evidence=late))
    limit = session.table.seat["performance"].preferences.reservation
    assert worth(session, offer)["performance"] < limit
    while (message := session.next()) is not None:
        session.apply(message)
    assert isinstance(session.ending, NoAgreement)
