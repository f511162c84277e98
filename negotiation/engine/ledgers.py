"""Who disclosed what to whom: read from the messages, kept nowhere else.

Weights, limits and utilities are never told. What a seat gives away is what it knows about a fact
(an answer), and what it believes about one (a question and a challenge say what was assumed).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from negotiation.engine.messages import Act

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from negotiation.engine.messages import Message

Kind = Literal["known", "assumed"]
_DISCLOSING: dict[Act, Kind] = {Act.INFORM: "known", Act.ASK: "assumed", Act.CHALLENGE: "assumed"}


@dataclass(frozen=True, slots=True)
class Entry:
    """In message `seq` something about `fact` was told to the seats `to`: what the sender has
    evidence for (`known`), or what it believes (`assumed`). `again`: all of them had heard it."""

    seq: int
    fact: str
    kind: Kind
    to: tuple[str, ...]
    again: bool


def ledgers(messages: Iterable[Message], seats: Sequence[str]) -> dict[str, tuple[Entry, ...]]:
    """For each of the `seats` what it disclosed, in the order of the messages."""
    entries: dict[str, list[Entry]] = {seat: [] for seat in seats}
    heard: set[tuple[str, str, str, str]] = set()
    for message in messages:
        kind, fact = _DISCLOSING.get(message.act), _fact(message)
        if kind is None or fact is None or message.sender not in entries:
            continue
        to = tuple(seat for seat in message.recipients or seats if seat != message.sender)
        told = {(message.sender, fact, kind, seat) for seat in to}
        entries[message.sender].append(Entry(message.seq, fact, kind, to, told <= heard))
        heard |= told
    return {seat: tuple(found) for seat, found in entries.items()}


def _fact(message: Message) -> str | None:
    if message.act is Act.INFORM:
        return message.evidence.fact if message.evidence else None
    return message.question.fact if message.question else None
