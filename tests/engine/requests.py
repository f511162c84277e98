"""What people ask of a table that has agreed, or that is still talking."""

from __future__ import annotations

from typing import Any

from negotiation.engine.endings import Agreement
from negotiation.engine.messages import Act, Evidence, Message
from negotiation.engine.requirements import Requirement
from negotiation.engine.session import Session


def asked(session: Session, *requirements: Requirement, by: str = "maya") -> Message:
    return Message(
        seq=session.moves[-1].seq + 1 if session.moves else 1,
        round=session.round,
        sender=f"person:{by}",
        act=Act.INTERVENE,
        text="Sent it back.",
        requirements=requirements,
        decided_by="human",
    )


def told(
    session: Session, fact: str, mean: float, sd: float, *, by: str = "olga", **fields: Any
) -> Message:
    """What a person tells all seats."""
    claim = {"source": "Invoice", "root": "invoice", "kind": "measured"} | fields
    return Message(
        seq=session.moves[-1].seq + 1 if session.moves else 1,
        round=session.round,
        sender=f"person:{by}",
        act=Act.INTERVENE,
        text="Told all seats.",
        evidence=Evidence(fact=fact, mean=mean, sd=sd, **claim),
        decided_by="human",
    )


def at_most(subject: str, limit: float) -> Requirement:
    return Requirement(subject=subject, test="at_most", limit=limit)


def figure(session: Session, subject: str) -> float:
    """What the agreement means for a measure, as everybody at the table was told."""
    ending, table = session.ending, session.table
    assert isinstance(ending, Agreement)
    told: dict[str, Evidence] = {}
    for message in session.messages:
        claim = message.told
        if claim and not message.recipients:
            told[claim.fact] = min(told.get(claim.fact, claim), claim, key=lambda each: each.sd)
    facts = {name: told[name].mean if name in told else f.nominal for name, f in table.fact.items()}
    return float(table.measure[subject].evaluate(facts)[table.space.index_of(ending.offer)])
