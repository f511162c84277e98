"""What is owed to others: the answer to a question, and a word where a claim surprises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.engine.intents import Intent
from negotiation.engine.messages import Act, Question

if TYPE_CHECKING:
    from negotiation.engine.standings import Doubt
    from negotiation.engine.state import State


def answer(state: State, round_: int) -> Intent:
    """The addressee tells what it knows: everybody if the fact is public, else who asked."""
    asked = state.question
    assert asked is not None
    assert asked.question is not None
    fact = state.table.fact[asked.question.fact]
    return Intent(
        act=Act.INFORM,
        sender=asked.question.to,
        round=round_,
        recipients=() if fact.disclosure == "public" else (asked.sender,),
        in_reply_to=asked.seq,
        evidence=state.table.seat[asked.question.to].knows[fact.name],
    )


def challenge(state: State, doubt: Doubt) -> Intent:
    """Who is most surprised by a claim says so, once for each claim; nobody has to reply."""
    return Intent(
        act=Act.CHALLENGE,
        sender=doubt.seat,
        round=state.round,
        recipients=(doubt.sender,) if doubt.private else (),
        in_reply_to=doubt.seq,
        evidence=doubt.evidence,
        question=Question(
            fact=doubt.evidence.fact,
            to=doubt.sender,
            assumed_mean=doubt.held.mean,
            assumed_sd=doubt.held.sd,
            value=0.0,
        ),
    )
