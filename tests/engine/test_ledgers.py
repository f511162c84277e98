"""What each agent gave away, and to whom."""

from __future__ import annotations

from dataclasses import replace

from negotiation.engine.ledgers import Entry, ledgers
from negotiation.engine.messages import Act
from tests.engine.random_tables import every_kind
from tests.engine.tables import service_table
from tests.engine.talks import after, finished


def test_a_question_says_what_is_assumed_and_an_answer_is_told_to_everybody_else() -> None:
    table = service_table()
    public = tuple(replace(fact, disclosure="public") for fact in table.facts)
    session, question = after(replace(table, facts=public), Act.ASK)
    session.apply(question)
    reply = session.next()
    assert reply is not None
    assert question.question is not None
    names = [seat.name for seat in table.seats]
    found = ledgers([*session.messages, reply], names)
    fact, asked = question.question.fact, (reply.sender,)
    assert found[question.sender] == (Entry(question.seq, fact, "assumed", asked, again=False),)
    everybody = tuple(name for name in names if name != reply.sender)
    assert found[reply.sender] == (Entry(reply.seq, fact, "known", everybody, again=False),)


def test_what_is_told_on_request_is_disclosed_to_who_asked_only() -> None:
    table = service_table()
    private = tuple(replace(fact, disclosure="on_request") for fact in table.facts)
    session = finished(replace(table, facts=private))
    found = ledgers(session.messages, [seat.name for seat in table.seats])
    answers = [entry for entries in found.values() for entry in entries if entry.kind == "known"]
    assert answers
    for entry in answers:
        question = session.messages[entry.seq - 2]
        assert question.act is Act.ASK
        assert entry.to == (question.sender,)


def test_what_is_never_shared_is_in_no_ledger_and_every_disclosure_is() -> None:
    for draw in range(60):
        session = finished(every_kind(draw), seed=draw)
        found = ledgers(session.messages, [seat.name for seat in session.table.seats])
        entries = [entry for each in found.values() for entry in each]
        kept = {fact.name for fact in session.table.facts if fact.disclosure == "never"}
        assert not kept & {entry.fact for entry in entries}
        telling = {Act.ASK, Act.INFORM, Act.CHALLENGE}
        said = [message.seq for message in session.messages if message.act in telling]
        assert sorted(entry.seq for entry in entries) == said


def test_what_all_of_them_had_heard_is_marked() -> None:
    session = finished(service_table())
    told = next(message for message in session.messages if message.act is Act.INFORM)
    twice = [*session.messages, replace(told, seq=len(session.messages) + 1)]
    entries = ledgers(twice, [seat.name for seat in session.table.seats])[told.sender]
    assert [entry.again for entry in entries] == [False, True]
