"""Where questions are few, the mediator sees to it that they are asked where they help most."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from negotiation.engine.beliefs import Belief, Fact
from negotiation.engine.endings import Agreement, NoAgreement
from negotiation.engine.messages import Act, Evidence
from negotiation.engine.space import Issue, OutcomeSpace
from negotiation.engine.table import Seat, Table
from negotiation.engine.utility import LinearValue, Measure, Objective, Preferences, TableValue
from tests.engine.random_instances import random_instance
from tests.engine.talks import finished


def two_unknowns(questions: int | None) -> Table:
    """The guest doubts the fare of the train a little and of the plane a lot, but the host would
    never go by plane: only the train can be agreed, and only if it is cheaper than thought."""
    space = OutcomeSpace((Issue("way", "Way", ("train", "plane")),))
    facts = (
        Fact("train", "Fare of the train", "$", 60),
        Fact("plane", "Fare of the plane", "$", 60),
    )

    def fare(figures: object) -> object:
        return np.array([figures["train"], figures["plane"]])  # type: ignore[index]

    cost = Measure("cost", "Fare", "$", fare, frozenset({"train", "plane"}))  # type: ignore[arg-type]
    cheap = Objective("cost", 1, LinearValue(100, 0), "Fare", "$")
    slow = Objective("way", 1, TableValue({"train": 1.0, "plane": 0.0}), "Way")

    def known(fact: str, mean: float) -> Evidence:
        return Evidence(
            fact=fact, mean=mean, sd=1, source="Timetable", root=fact, kind="documented"
        )

    guest = Seat(
        name="guest",
        title="Guest",
        preferences=Preferences((cheap,), 0.5),
        beliefs={"train": Belief(55, 10), "plane": Belief(50, 40)},
    )
    host = Seat(
        name="host",
        title="Host",
        preferences=Preferences((slow,), 0.5),
        knows={"train": known("train", 45), "plane": known("plane", 20)},
    )
    return Table(
        title="A trip",
        space=space,
        seats=(guest, host),
        measures=(cost,),
        facts=facts,
        questions=questions,
    )


def test_the_only_question_is_about_what_can_still_be_agreed() -> None:
    session = finished(two_unknowns(1))
    asked = [message.question.fact for message in session.messages if message.question]
    assert asked == ["train"]
    assert isinstance(session.ending, Agreement)
    assert session.ending.offer == {"way": "train"}
    assert isinstance(finished(two_unknowns(0)).ending, NoAgreement)


def test_nobody_asks_what_can_change_nothing() -> None:
    table = two_unknowns(6)
    guest, host = table.seats
    sure = replace(guest, beliefs={"train": Belief(20, 2), "plane": Belief(50, 40)})
    session = finished(replace(table, seats=(sure, host)))
    assert isinstance(session.ending, Agreement)
    assert not [message for message in session.messages if message.act is Act.ASK]


def test_a_seat_asks_at_most_once_in_a_round_and_never_the_same_again() -> None:
    for draw in range(40):
        table = replace(random_instance(draw).table, questions=6)
        asked = [message for message in finished(table).messages if message.act is Act.ASK]
        assert len({(each.sender, each.round) for each in asked}) == len(asked)
        facts = {(each.sender, each.question.fact) for each in asked if each.question}
        assert len(facts) == len(asked)
