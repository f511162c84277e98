from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from negotiation.engine.endings import Agreement, NoAgreement
from negotiation.engine.messages import MEDIATOR, Act, Message
from negotiation.engine.rules import IllegalMove
from negotiation.engine.session import Session
from negotiation.engine.solutions import fairest
from negotiation.engine.space import Constraint, Issue, OutcomeSpace
from negotiation.engine.table import Seat, Table
from negotiation.engine.utility import Objective, Preferences, TableValue
from tests.engine.tables import pie_table, service_table
from tests.engine.talks import after, finished

DAYS = ("mo", "tu", "we")


def dinner(*wishes: tuple[float, float, float], dissent: int = 0, veto: int | None = None) -> Table:
    """Seats choose a day; each gives a value to Monday, Tuesday and Wednesday and needs 0.5."""
    return Table(
        title="Dinner",
        space=OutcomeSpace((Issue("day", "Day", DAYS),)),
        seats=tuple(
            Seat(
                name=f"seat{n}",
                title=f"Seat {n}",
                preferences=Preferences(
                    (Objective("day", 1, TableValue(dict(zip(DAYS, values, strict=True))), "Day"),),
                    0.5,
                ),
                veto=n == veto,
            )
            for n, values in enumerate(wishes)
        ),
        dissent=dissent,
    )


def test_five_seats_agree_in_a_dozen_or_so_messages_near_the_fairest_offer() -> None:
    session = finished(service_table())
    assert isinstance(session.ending, Agreement)
    assert 12 <= len(session.messages) <= 20
    assert session.messages[-1].act is Act.ACCEPT


def test_every_seat_opens_with_its_best_lawful_offer() -> None:
    session = finished(service_table())
    for outlook in session.outlooks.values():
        opening = next(m for m in session.messages if m.sender == outlook.seat.name and m.offer)
        assert opening.act is Act.PROPOSE
    first = next(m for m in session.messages if m.act is Act.PROPOSE)
    assert first.private["surplus"][first.sender] == pytest.approx(1)


def test_a_revision_wins_over_more_seats_than_any_offer_before() -> None:
    session = Session(service_table(), seed=1)
    most = 0
    while (message := session.next()) is not None:
        if message.act is Act.REVISE:
            assert sum(message.votes.values()) > most
        elif message.act is Act.PROPOSE:
            most = max(most, sum(message.votes.values()))
        session.apply(message)


def test_the_mediator_names_the_largest_product_and_each_other_seat_answers() -> None:
    session = finished(dinner((1, 0.8, 0), (0, 0.8, 1)))
    named, *answers = session.messages[-3:]
    assert named.act is Act.MEDIATE
    assert named.sender == MEDIATOR
    assert named.offer == {"day": "tu"}
    assert {answer.sender for answer in answers} == {"seat0", "seat1"}
    assert all(answer.in_reply_to == named.seq for answer in answers)


def test_a_seat_whose_own_offer_is_named_need_not_accept_it() -> None:
    session = finished(dinner((1, 0.6, 0), (0.9, 0.6, 1)))
    named = next(m for m in session.messages if m.act is Act.MEDIATE)
    assert named.offer == {"day": "mo"}
    assert "Seat 0’s #" in named.text
    assert [m.sender for m in session.messages[named.seq :]] == ["seat1"]


def test_limits_that_no_offer_clears_together_end_without_agreement_and_are_named() -> None:
    session = finished(dinner((1, 0, 0), (0, 1, 0), (0.6, 0.6, 1)))
    assert isinstance(session.ending, NoAgreement)
    assert {conflict.name for conflict in session.ending.conflicts} == {"seat0", "seat1"}
    assert "Seat 0 and Seat 1" in session.messages[-1].text
    assert session.messages[-1].act is Act.SYSTEM


def test_a_dissenter_is_overruled_where_the_table_allows_it() -> None:
    wishes = ((1, 0, 0), (1, 0, 0.6), (0, 1, 0))
    assert isinstance(finished(dinner(*wishes)).ending, NoAgreement)
    session = finished(dinner(*wishes, dissent=1))
    assert isinstance(session.ending, Agreement)
    assert session.ending.offer == {"day": "mo"}
    assert [m.sender for m in session.messages if m.act is Act.REJECT] == ["seat2"]


def test_a_veto_cannot_be_overruled() -> None:
    wishes = ((1, 0, 0), (1, 0, 0.6), (0, 1, 0))
    assert isinstance(finished(dinner(*wishes, dissent=1, veto=2)).ending, NoAgreement)


def test_an_empty_lawful_set_ends_at_once_and_names_the_rules() -> None:
    def nowhere(day: str) -> Constraint:
        return Constraint(f"not {day}", f"Never on {day}", lambda lookup: lookup("day") != day)

    harmless = Constraint("any", "Any day", lambda _: np.ones(3, dtype=np.bool_))
    rules = (harmless, *(nowhere(day) for day in DAYS))
    session = finished(replace(dinner((1, 1, 1), (1, 1, 1)), constraints=rules))
    assert [message.act for message in session.messages] == [Act.SYSTEM]
    assert isinstance(session.ending, NoAgreement)
    assert [conflict.name for conflict in session.ending.conflicts] == [
        "not mo",
        "not tu",
        "not we",
    ]


def test_an_offer_that_a_needed_seat_rejects_is_not_named_again() -> None:
    session, named = after(dinner((1, 0.8, 0), (0, 0.8, 1)), Act.MEDIATE)
    session.apply(named)
    answer = session.next()
    assert answer is not None
    session.apply(replace(answer, act=Act.REJECT, decided_by="llm"))
    other = session.next()
    assert other is not None
    session.apply(other)
    assert not isinstance(session.ending, Agreement)
    while (message := session.next()) is not None:
        session.apply(message)
        assert message.offer != named.offer
    assert isinstance(session.ending, NoAgreement)


def test_questions_are_put_to_who_knows_and_answered_at_once() -> None:
    session, question = after(service_table(), Act.ASK)
    assert question.question is not None
    asked, fact = question.question.to, question.question.fact
    assert fact in session.table.seat[asked].knows
    before = session.outlooks[question.sender].beliefs[fact]
    session.apply(question)
    answer = session.next()
    assert answer is not None
    assert (answer.act, answer.sender, answer.in_reply_to) == (Act.INFORM, asked, question.seq)
    session.apply(answer)
    assert session.outlooks[question.sender].beliefs[fact].sd < before.sd


def test_a_private_answer_reaches_only_who_asked() -> None:
    session, question = after(service_table(), Act.ASK)
    assert question.question is not None
    fact = question.question.fact
    assert session.table.fact[fact].disclosure == "on_request"
    bystander = next(
        n for n in session.outlooks if n not in {question.sender, question.question.to}
    )
    before = session.outlooks[bystander].beliefs[fact]
    session.apply(question)
    answer = session.next()
    assert answer is not None
    assert answer.recipients == (question.sender,)
    session.apply(answer)
    assert session.outlooks[bystander].beliefs[fact] == before


def test_of_equal_products_the_dominating_offer_is_fairest() -> None:
    utilities = np.array([[0.2, 0.4], [0.2, 0.5], [0.1, 0.3]])
    assert fairest(utilities, np.array([0.2, 0.2]), np.arange(3)) == 1


def test_an_offer_that_only_rounding_makes_equal_gives_way_to_the_better_one() -> None:
    utilities = np.array([[1.0, 1e-17], [1.0, 2e-17], [1.0, 0.0]])
    assert fairest(utilities, np.array([0.0, 0.5]), np.arange(3)) == 1


def test_the_mediated_protocol_serves_two_seats_as_well() -> None:
    session = finished(pie_table(kind="mediated"))
    assert isinstance(session.ending, Agreement)
    assert session.ending.offer == {"share": 50}


def test_the_seed_only_changes_who_speaks_when() -> None:
    table = service_table()
    orders = {tuple(m.sender for m in finished(table, seed=seed).messages) for seed in range(4)}
    assert len(orders) > 1


@pytest.mark.parametrize("act", [Act.MEDIATE, Act.SYSTEM])
def test_only_the_mediator_names_and_nobody_closes_early(act: Act) -> None:
    session, named = after(dinner((1, 0.8, 0), (0, 0.8, 1)), Act.MEDIATE)
    forged = replace(named, act=act, sender="seat0" if act is Act.MEDIATE else MEDIATOR)
    with pytest.raises(IllegalMove):
        session.apply(forged)
    assert session.messages[-1].seq == named.seq - 1


def test_a_system_note_after_the_end_changes_nothing() -> None:
    session = finished(dinner((1, 0.8, 0), (0, 0.8, 1)))
    ending = session.ending
    session.apply(
        Message(
            seq=len(session.messages) + 1,
            round=1,
            sender="system",
            act=Act.SYSTEM,
            text="Executed.",
        )
    )
    assert session.ending is ending
