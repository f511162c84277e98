"""The panel beside a transcript: the picture, the standing offers, who told whom what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.urls import NoReverseMatch, reverse

from negotiation.lexicon import Face, Lexicon, lexicon_for
from negotiation.pictures import pictures
from negotiation.presentation import state_context, terms
from negotiation.tellings import SHOWN, tellings
from negotiation.timelines import timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from negotiation.models import Negotiation


def side_context(negotiation: Negotiation, pair: tuple[str, str] | None = None) -> dict[str, Any]:
    """For `_state.html`, `_picture.html` and `_standing.html`.

    For a moment that is past, `negotiation` is the table as it was (head, round, status,
    agreement, summary): nothing else of it is read here, and of its messages those up to its head.
    """
    lexicon, line = lexicon_for(negotiation.version), timeline(negotiation)
    return {
        **state_context(negotiation),
        **pictures(negotiation, lexicon, line, pair),
        "standing": [
            {
                "face": lexicon.face(name),
                "seq": offered.seq,
                "terms": terms(lexicon, offered.offer),
                "home": _home(lexicon, name),
            }
            for name, offered in line.standing.items()
        ],
        "agreed": terms(lexicon, negotiation.agreement or {}),
        "ends": seat_ends(lexicon, negotiation.summary),
        "confidence": negotiation.summary.get("confidence"),
        "told": tellings(lexicon, line),
        "told_before": max(len(line.knowledge.hearings) - SHOWN, 0),
    }


def _home(lexicon: Lexicon, name: str) -> str:
    """The agent's own page, where there is one."""
    if name not in lexicon.seats:
        return ""
    try:
        return reverse("agent", args=[name])
    except NoReverseMatch:
        return ""


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
