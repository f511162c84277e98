"""Long transcripts that the browser tests look at."""

from __future__ import annotations

from itertools import cycle
from typing import Any

from negotiation.engine.messages import Act
from negotiation.models import Message, Negotiation, ScenarioVersion
from tests import factories

SPEAKERS = ("cost", "carbon", "performance")
ACTS = (Act.PROPOSE, Act.REVISE, Act.EXPLAIN)


def talk(version: ScenarioVersion, length: int, **fields: Any) -> Negotiation:
    """A table at which so much was said; nothing happens to it by itself."""
    table = factories.negotiation(version=version, **fields)
    speak(table, length)
    return table


def speak(table: Negotiation, more: int) -> None:
    """Says more at the table, as a worker would: rows and head."""
    first, offer = table.head + 1, table.version.document["today"]
    turns = zip(range(first, first + more), cycle(SPEAKERS), cycle(ACTS), strict=False)
    Message.objects.bulk_create(_said(table, *turn, offer) for turn in turns)
    table.head += more
    Negotiation.objects.filter(pk=table.pk).update(head=table.head, round=min(table.head, 10))


def _said(table: Negotiation, seq: int, sender: str, act: Act, offer: dict[str, Any]) -> Message:
    word = "Hamina" if seq % 10 == 0 else "Frankfurt"
    move = factories.move(
        seq,
        sender=sender,
        act=act,
        text=f"Words number {seq} about {word}.",
        offer=None if act is Act.EXPLAIN else offer,
    )
    return Message.from_move(table, move, table.opened_at)
