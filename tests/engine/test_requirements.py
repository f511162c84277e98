"""What a person may ask of an agreement, and what has no meaning."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from negotiation.engine.messages import Act, Evidence, Message
from negotiation.engine.requirements import Requirement
from negotiation.engine.rules import IllegalMove
from negotiation.engine.session import Session
from tests.engine.requests import asked, at_most
from tests.engine.tables import pie_table, service_table
from tests.engine.talks import finished


def test_figures_are_looked_at_as_everybody_was_told_them() -> None:
    claim = Evidence(fact="backup", mean=9_000, sd=1, source="Bill", root="bill")
    told = Message(seq=1, round=1, sender="cost", act=Act.INFORM, text="", evidence=claim)
    secret = replace(told, recipients=("cost",))
    lawful = []
    for message in (told, secret):
        session = Session(service_table(), seed=1)
        session.apply(message)
        session.apply(asked(session, at_most("cost", 33_000)))
        lawful.append(len(session.table.lawful))
    assert lawful[0] < lawful[1]


@pytest.mark.parametrize(
    ("requirement", "sentence"),
    [
        (at_most("charm", 3), "no issue and no measure 'charm'"),
        (Requirement(subject="region", test="equals", limit="the moon"), "the moon is no option"),
        (Requirement(subject="region", test="in", limit=("eu-west", "mars")), "mars is no option"),
        (Requirement(subject="region", test="in", limit=()), "at least one option"),
        (Requirement(subject="region", test="in", limit="eu-west"), "does not go with"),
        (Requirement(subject="region", test="equals", limit=("eu-west",)), "does not go with"),
        (Requirement(subject="region", test="at_most", limit=3), "are words"),
        (Requirement(subject="spot", test="equals", limit=True), "True is no option"),
        (Requirement(subject="spot", test="in", limit=(25, 26)), "26 is no option"),
        (Requirement(subject="cost", test="at_most", limit="much"), "with a number"),
        (Requirement(subject="cost", test="at_most", limit=float("nan")), "with a number"),
        (Requirement(subject="cost", test="at_most", limit=True), "with a number"),
        (Requirement(subject="cost", test="in", limit=(1, 2)), "is a figure"),
        (Requirement(subject="cost", test="nearly", limit=2), "is no test"),  # type: ignore[arg-type]
    ],
)
def test_what_has_no_meaning_here_is_refused_and_changes_nothing(
    requirement: Requirement, sentence: str
) -> None:
    session = finished(service_table())
    before, table = session.ending, session.table
    with pytest.raises(IllegalMove, match=sentence):
        session.apply(asked(session, at_most("cost", 1e9), requirement))
    assert session.ending is before
    assert session.table is table


@pytest.mark.parametrize(
    "changes", [{"sender": "cost"}, {"sender": "system"}, {"act": Act.EXPLAIN}, {"act": Act.SYSTEM}]
)
def test_only_a_person_who_steps_in_asks_for_more(changes: dict[str, object]) -> None:
    session = finished(service_table())
    message = asked(session, at_most("cost", 1e9))
    with pytest.raises(IllegalMove, match="Only a person"):
        session.apply(replace(message, **changes))  # type: ignore[arg-type]


def test_a_message_carries_only_so_many_requirements() -> None:
    session = finished(pie_table())
    with pytest.raises(IllegalMove, match="at most 20"):
        session.apply(asked(session, *[at_most("share", 60)] * 21))


def test_a_requirement_survives_the_trip_through_json() -> None:
    some = Requirement(subject="region", test="in", limit=("eu-west", "eu-north"), text="Keep EU.")
    message = asked(finished(pie_table()), some, at_most("cost", 40_000.5))
    assert Message.from_dict(json.loads(json.dumps(message.to_dict()))) == message
    without = {key: value for key, value in message.to_dict().items() if key != "requirements"}
    assert Message.from_dict(without).requirements == ()
