"""A transcript as a file: JSON lines as the engine wrote them, or a table for a spreadsheet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from negotiation.lexicon import lexicon_for
from negotiation.sheets import sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from negotiation.models import Message, Negotiation

AT_ONCE = 500
COLUMNS = (
    *("message", "step", "at", "agent", "act", "to", "replies to", "text", "confidence"),
    *("would accept", "not enough yet", "fact", "value", "standard deviation", "source", "kind"),
    *("observed on", "decided by"),
)


def plain(negotiation: Negotiation, message: Message, *, private: bool) -> dict[str, Any]:
    """Everything that was said; what an offer is worth to each seat only with `private`."""
    body = {name: value for name, value in message.body.items() if private or name != "private"}
    return {
        "negotiation": negotiation.pk,
        "seq": message.seq,
        "round": message.round,
        "sender": message.sender,
        "act": message.act,
        "text": message.text,
        "created_at": message.created_at.isoformat(),
        **body,
    }


def json_lines(negotiation: Negotiation, *, private: bool) -> Iterator[str]:
    """One message in a line, some hundred lines at once."""

    def line(message: Message) -> str:
        return json.dumps(plain(negotiation, message, private=private)) + "\n"

    yield from _pieces(negotiation, line)


def csv_lines(negotiation: Negotiation, *, private: bool) -> Iterator[str]:
    """The same as a table; no cell is a formula."""
    lexicon = lexicon_for(negotiation.version)
    issues = list(negotiation.version.document.get("issues") or ())
    names = [issue["name"] for issue in issues]
    seats = list(lexicon.seats) if private else []
    worth = [f"worth to {lexicon.face(seat).title}" for seat in seats]
    yield sheet([[*COLUMNS, *(lexicon.words.label(name) for name in names), *worth]])

    def line(message: Message) -> str:
        offer = message.body.get("offer") or {}
        utilities = (message.body.get("private") or {}).get("utilities") or {}
        terms = [lexicon.words.value(name, offer[name]) if name in offer else "" for name in names]
        return sheet([[*_cells(message), *terms, *(utilities.get(seat, "") for seat in seats)]])

    yield from _pieces(negotiation, line)


def _cells(message: Message) -> list[Any]:
    body = message.body
    votes, evidence = body.get("votes") or {}, body.get("evidence") or {}
    return [
        *(message.seq, message.round, message.created_at.isoformat(), message.sender, message.act),
        *(" ".join(body.get("recipients") or ()), body.get("in_reply_to"), message.text),
        body.get("confidence"),
        " ".join(name for name, yes in votes.items() if yes),
        " ".join(name for name, yes in votes.items() if not yes),
        *(evidence.get(name) for name in ("fact", "mean", "sd", "source", "kind", "observed_on")),
        body.get("decided_by"),
    ]


def _pieces(negotiation: Negotiation, line: Callable[[Message], str]) -> Iterator[str]:
    """Read piece by piece, up to what stood when it began: no cursor stays open in between."""
    said, last = negotiation.messages.filter(seq__lte=negotiation.head).order_by("seq"), 0
    while rows := list(said.filter(seq__gt=last)[:AT_ONCE]):
        last = rows[-1].seq
        yield "".join(line(row) for row in rows)
