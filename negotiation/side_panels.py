"""The panel beside a transcript: the picture, the standing offers, who told whom what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from negotiation.engine.messages import Act
from negotiation.lexicon import Face, Lexicon, lexicon_for
from negotiation.pictures import picture
from negotiation.presentation import shown_evidence, state_context, terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import QuerySet

    from negotiation.models import Message, Negotiation


def beside(said: QuerySet[Message]) -> QuerySet[Message]:
    """What the panel beside the transcript is made of: offers and evidence."""
    return said.exclude(body__offer=None, body__evidence=None).defer("text")


def side_context(negotiation: Negotiation, messages: Sequence[Message]) -> dict[str, Any]:
    """For `_state.html`, `_picture.html` and `_standing.html`: what is `beside`, or more.

    For a moment that is past, `negotiation` is the table as it was (head, round, status,
    agreement, summary) and `messages` end there: nothing else of the table may be read here.
    """
    lexicon = lexicon_for(negotiation.version)
    offers = [message for message in messages if message.body.get("offer")]
    last = {message.sender: message for message in offers}
    return {
        **state_context(negotiation),
        **picture(negotiation, lexicon, messages),
        "standing": [
            {
                "face": lexicon.face(name),
                "message": message,
                "terms": terms(lexicon, message.body["offer"]),
            }
            for name, message in last.items()
        ],
        "agreed": terms(lexicon, negotiation.agreement or {}),
        "ends": seat_ends(lexicon, negotiation.summary),
        "confidence": negotiation.summary.get("confidence"),
        "told": _told(lexicon, messages),
    }


class SeatEnd(NamedTuple):
    """How a seat came out: surplus 0 at its limit, 1 at its best."""

    face: Face
    surplus: float
    confidence: float | None

    @property
    def bar(self) -> float:
        return round(min(max(self.surplus, 0), 1) * 100, 1)


def seat_ends(lexicon: Lexicon, summary: Mapping[str, Any]) -> list[SeatEnd]:
    surplus = summary.get("surplus") or {}
    confidence = summary.get("confidences") or {}
    return [
        SeatEnd(face, surplus[name], confidence.get(name))
        for name, face in lexicon.seats.items()
        if isinstance(surplus.get(name), int | float)
    ]


def _told(lexicon: Lexicon, messages: Iterable[Message]) -> list[dict[str, Any]]:
    """Who told whom what, in the order it was said."""
    return [
        {
            "seq": message.seq,
            "face": lexicon.face(message.sender),
            "to": [lexicon.face(name) for name in message.body.get("recipients") or ()],
            "evidence": shown_evidence(lexicon, message.body["evidence"]),
        }
        for message in messages
        if message.act == Act.INFORM and message.body.get("evidence")
    ]
