"""What a seat answers when it is asked is what its figures say."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from negotiation.engine import interviews
from negotiation.engine.messages import Act, Offer
from negotiation.engine.plain import plain
from negotiation.engine.session import Session
from negotiation.engine.table import Table
from tests.engine.tables import service_table
from tests.engine.talks import finished, worth


@pytest.fixture(scope="module")
def session() -> Session:
    return finished(service_table())


@pytest.fixture(scope="module")
def agreed(session: Session) -> Offer:
    return next(said.offer for said in reversed(session.messages) if said.offer is not None)


def forbidding(table: Table, fact: str) -> Table:
    facts = tuple(
        replace(each, disclosure="never") if each.name == fact else each for each in table.facts
    )
    return replace(table, facts=facts)


def test_a_seat_tells_what_it_knows_from_where_and_how_sure_it_is(session: Session) -> None:
    answer = interviews.knowledge(session, "performance", "load")
    assert "1.1 ± 0.05" in answer.text
    assert "Source: Load test (measured)" in answer.text
    assert answer.figures["own"]["mean"] == 1.1
    assert not answer.refused


def test_what_others_told_is_named_with_who_and_where(session: Session) -> None:
    told = [said for said in session.messages if said.act is Act.INFORM and said.evidence]
    assert told, "this table asks and answers"
    said = told[0]
    assert said.evidence is not None
    hearer = said.recipients[0] if said.recipients else "cost"
    answer = interviews.knowledge(session, hearer, said.evidence.fact)
    assert f"in #{said.seq}" in answer.text
    assert {"seq": said.seq, "sender": said.sender} in answer.figures["heard"]


def test_what_a_seat_only_assumes_is_called_so(session: Session) -> None:
    answer = interviews.knowledge(session, "carbon", "backup")
    assert "no figure of my own" in answer.text
    assert "I assume 6,000 $ a month, without any doubt." in answer.text


def test_what_may_never_be_told_is_not() -> None:
    session = Session(forbidding(service_table(), "load"), seed=1)
    answer = interviews.knowledge(session, "performance", "load")
    assert answer.refused
    assert "I may not tell" in answer.text
    assert "1.1" not in answer.text
    assert answer.figures == {}


def test_gains_and_losses_are_the_differences_of_its_utility(
    session: Session, agreed: Offer
) -> None:
    table = session.table
    tried = 0
    for issue in table.space.issues:
        for option in issue.options:
            other = {**agreed, issue.name: option}
            if option == agreed[issue.name] or table.row_of(table.space.index_of(other)) is None:
                continue
            tried += 1
            before, after = worth(session, agreed), worth(session, other)
            for seat in table.seats:
                answer = interviews.instead(session, seat.name, agreed, {issue.name: option})
                figures = answer.figures
                gain = sum(reason["gain"] for reason in figures["reasons"])
                assert figures["utility"] - figures["before"] == pytest.approx(gain)
                assert gain == pytest.approx(after[seat.name] - before[seat.name])
                assert ("better for me" in answer.text) == (
                    gain > 1e-9 and "I would" in answer.text
                )
    assert tried > 10


def test_what_breaks_a_rule_is_answered_with_the_rule(session: Session, agreed: Offer) -> None:
    answer = interviews.instead(session, "cost", agreed, {"region": "us-east"})
    assert "would not be lawful here" in answer.text
    assert "“Data stays in the European Union”" in answer.text


def test_a_seat_names_what_counts_and_where_the_agreement_stands(
    session: Session, agreed: Offer
) -> None:
    for seat in session.table.seats:
        answer = interviews.priorities(session, seat.name, agreed)
        figures = answer.figures
        surplus = (figures["utility"] - figures["limit"]) / (figures["best"] - figures["limit"])
        assert figures["surplus"] == pytest.approx(surplus)
        first = max(seat.preferences.objectives, key=lambda each: each.weight)
        assert f"{100 * seat.preferences.shares[first.subject]:.0f} %" in answer.text
        percents = re.findall(r"It is (\d+) % of the way", answer.text)
        assert percents == [f"{100 * surplus:.0f}"] or "below my limit" in answer.text


def test_a_seat_says_in_which_message_it_agreed(session: Session, agreed: Offer) -> None:
    by_seq = {said.seq: said for said in session.messages}
    for seat in session.table.seats:
        answer = interviews.motive(session, seat.name, agreed)
        seq = answer.figures["agreed_in"]
        if seq is None:
            assert "I did not agree to exactly this." in answer.text
        else:
            assert (by_seq[seq].sender, by_seq[seq].offer) == (seat.name, agreed)
            assert f"I agreed in #{seq}." in answer.text


def test_what_a_person_made_of_it_was_accepted_by_nobody(session: Session, agreed: Offer) -> None:
    lawful = (session.table.offer(row) for row in range(len(session.table.lawful)))
    offered = [said.offer for said in session.messages]
    other = next(offer for offer in lawful if offer not in offered)
    answer = interviews.motive(session, "cost", other)
    assert answer.figures["agreed_in"] is None
    assert "I did not agree to exactly this." in answer.text


def test_answers_are_plain_json(session: Session, agreed: Offer) -> None:
    for answer in (
        interviews.knowledge(session, "cost", "backup"),
        interviews.instead(session, "cost", agreed, {"spot": 0 if agreed["spot"] else 25}),
        interviews.priorities(session, "cost", agreed),
        interviews.motive(session, "cost", agreed),
    ):
        assert plain(answer.figures) == answer.figures
