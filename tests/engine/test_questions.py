"""Who asks what, what is answered, and what is challenged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from negotiation.engine.beliefs import Belief, Fact
from negotiation.engine.endings import Agreement, NoAgreement
from negotiation.engine.messages import Act, Evidence, Message, Offer
from negotiation.engine.rules import IllegalMove
from negotiation.engine.session import Session
from negotiation.engine.space import Issue, OutcomeSpace
from negotiation.engine.table import Seat, Table
from negotiation.engine.utility import LinearValue, Measure, Objective, Preferences, TableValue
from tests.engine.tables import service_table
from tests.engine.talks import after, finished


def test_a_question_does_not_depend_on_what_the_others_keep_to_themselves() -> None:
    table = service_table()
    _, question = after(table, Act.ASK)
    others = tuple(
        seat
        if seat.name == question.sender
        else replace(seat, preferences=replace(seat.preferences, reservation=0.05))
        for seat in table.seats
    )
    _, same = after(replace(table, seats=others), Act.ASK)
    assert same == question


def test_an_offer_like_those_of_the_others_makes_a_question_worth_more() -> None:
    """Only the first day is uncertain, and it is what the other one asks for."""
    table = errand(days=4, belief=Belief(11, 3))
    session = Session(table, seed=1)
    values = []
    for _ in range(2):
        question = after_question(session)
        assert question.question is not None
        values.append(question.question.value)
        offer: Offer = {"day": "day0"}
        session = Session(table, seed=1)
        session.apply(Message(seq=1, round=1, sender="host", act=Act.PROPOSE, text="", offer=offer))
    assert values[1] > 1.2 * values[0]


def errand(*, days: int, belief: Belief, disclosure: str = "public") -> Table:
    """The guest pays for every day later more; the host only lives with the first day."""
    names = tuple(f"day{number}" for number in range(days))
    space = OutcomeSpace((Issue("day", "Day", names),))
    times = np.arange(1, days + 1, dtype=np.float64)
    cost = Measure("cost", "Cost", "$", lambda facts: facts["price"] * times, frozenset({"price"}))
    cheap = Objective("cost", 1, LinearValue(20, 0), "Cost", "$")
    first = Objective("day", 1, TableValue({"day0": 1.0}), "Day")
    price = Evidence(
        fact="price", mean=9, sd=0.1, source="Price list", root="list", kind="documented"
    )
    return Table(
        title="Errand",
        space=space,
        seats=(
            Seat(
                name="guest",
                title="Guest",
                preferences=Preferences((cheap,), 0.5),
                beliefs={"price": belief},
            ),
            Seat(
                name="host",
                title="Host",
                preferences=Preferences((first,), 0.5),
                knows={"price": price},
            ),
        ),
        measures=(cost,),
        facts=(Fact("price", "Price", "$", 10, disclosure=disclosure),),  # type: ignore[arg-type]
    )


def after_question(session: Session) -> Message:
    while (message := session.next()) is not None:
        if message.act is Act.ASK:
            return message
        session.apply(message)
    raise AssertionError("Nobody asks.")


def test_before_it_gives_up_the_mediator_has_a_seat_ask_what_could_open_an_agreement() -> None:
    table = errand(days=10, belief=Belief(15, 2.2))
    session = finished(table)
    assert isinstance(session.ending, Agreement)
    assert session.ending.offer == {"day": "day0"}
    silent = finished(errand(days=10, belief=Belief(15, 2.2), disclosure="never"))
    assert isinstance(silent.ending, NoAgreement)


def test_nobody_asks_what_cannot_open_an_agreement() -> None:
    session = finished(errand(days=10, belief=Belief(40, 3)))
    assert isinstance(session.ending, NoAgreement)
    assert all(message.act is not Act.ASK for message in session.messages)


def test_a_seat_may_ask_once_in_its_turn_of_alternating_offers() -> None:
    table = replace(service_table(rounds=200), protocol="alternating")
    session = Session(table, seed=1)
    asked = []
    while (message := session.next()) is not None:
        if message.act is Act.ASK:
            asked.append((message.round, message.sender))
            session.apply(message)
            reply = session.next()
            assert reply is not None
            assert (reply.act, reply.sender) == (Act.INFORM, message.recipients[0])
            message = reply
        session.apply(message)
    assert asked
    assert len(set(asked)) == len(asked)
    assert isinstance(session.ending, Agreement)


def test_in_alternating_offers_nobody_asks_out_of_turn() -> None:
    table = replace(service_table(rounds=200), protocol="alternating")
    session, question = after(table, Act.ASK)
    session = Session(table, seed=1)
    with pytest.raises(IllegalMove, match="turn"):
        session.apply(replace(question, seq=1, round=1))


def told(mean: float, **fields: object) -> Message:
    evidence = Evidence(
        fact="backup", mean=mean, sd=600, source="Hearsay", root=f"said-{mean}", kind="documented"
    )
    claim = Message(
        seq=1, round=1, sender="reliability", act=Act.INFORM, text="", evidence=evidence
    )
    return replace(claim, **fields)  # type: ignore[arg-type]


def test_a_surprising_claim_is_challenged_once_with_both_figures() -> None:
    session = Session(service_table(), seed=1)
    session.apply(told(60_000))
    challenge = session.next()
    assert challenge is not None
    assert (challenge.act, challenge.sender, challenge.in_reply_to) == (Act.CHALLENGE, "cost", 1)
    assert challenge.text == (
        "Price of a standby: You say 60 ± 0.6 k$ a month, I assumed 4,000 ± 5,900 $ a month. "
        "They are far apart, so I give your figure less weight."
    )
    assert challenge.question is not None
    assert (challenge.question.assumed_mean, challenge.question.assumed_sd) == (4_000, 5_900)
    session.apply(challenge)
    with pytest.raises(IllegalMove, match="once"):
        session.apply(replace(challenge, seq=3))
    rest = Session.replay(service_table(), seed=1, messages=session.messages)
    while (message := rest.next()) is not None:
        assert message.act is not Act.CHALLENGE
        rest.apply(message)
    assert rest.ending is not None


def test_only_who_is_surprised_challenges() -> None:
    session = Session(service_table(), seed=1)
    session.apply(told(60_000))
    challenge = session.next()
    assert challenge is not None
    with pytest.raises(IllegalMove, match="surprises"):
        session.apply(replace(challenge, sender="carbon"))


def test_what_was_told_in_private_is_challenged_in_private() -> None:
    session = Session(service_table(), seed=1)
    session.apply(told(60_000, recipients=("cost",)))
    challenge = session.next()
    assert challenge is not None
    assert (challenge.act, challenge.recipients) == (Act.CHALLENGE, ("reliability",))


@pytest.mark.parametrize("claim", [told(6_000), told(60_000, recipients=("carbon",))])
def test_what_does_not_surprise_or_matter_is_not_challenged(claim: Message) -> None:
    session = Session(service_table(), seed=1)
    session.apply(claim)
    following = session.next()
    assert following is not None
    assert following.act is not Act.CHALLENGE


def test_a_question_is_asked_once_and_no_more_than_the_table_allows() -> None:
    session, question = after(service_table(), Act.ASK)
    session.apply(question)
    reply = session.next()
    assert reply is not None
    session.apply(reply)
    with pytest.raises(IllegalMove, match="already asked about"):
        session.apply(replace(question, seq=reply.seq + 1, round=question.round + 1))
    none_left = Session(replace(service_table(), questions=0), seed=1)
    with pytest.raises(IllegalMove, match="All 0 questions"):
        none_left.apply(replace(question, seq=1))
