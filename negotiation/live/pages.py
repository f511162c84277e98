"""Renders what a browser is sent, from the same templates as the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.template.loader import render_to_string

from negotiation.models import Message, Negotiation
from negotiation.presentation import message_context
from negotiation.side_panels import side_context

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FRAGMENTS = (
    "negotiation/_state.html",
    "negotiation/_picture.html",
    "negotiation/_standing.html",
)


@dataclass(frozen=True)
class News:
    """What lies above a number: new rows, (seq, html) of each, and the fragments as they are."""

    rows: list[Message]
    status: str
    items: list[tuple[int, str]]
    fragments: list[str]


def head(negotiation_id: int) -> int:
    """The number of the newest message, 0 before the first."""
    newest = Message.objects.filter(negotiation_id=negotiation_id).order_by("-seq").first()
    return newest.seq if newest else 0


def news(negotiation_id: int, *, known: Sequence[Message], shown: int) -> News | None:
    """Reads the rows that follow the `known` ones and renders those above `shown`.

    None when there is no such negotiation.
    """
    try:
        negotiation = Negotiation.objects.select_related("version__scenario").get(pk=negotiation_id)
    except Negotiation.DoesNotExist:
        return None
    last = known[-1].seq if known else 0
    rows = list(negotiation.messages.filter(seq__gt=last))
    side = side_context(negotiation, [*known, *rows])
    return News(
        rows=rows,
        status=negotiation.status,
        items=_render(negotiation, (row for row in rows if row.seq > shown)),
        fragments=[render_to_string(template, side) for template in FRAGMENTS],
    )


def rendered(negotiation_id: int, *, after: int, upto: int) -> list[tuple[int, str]]:
    """(seq, html) of the messages `after + 1 … upto`."""
    negotiation = Negotiation.objects.select_related("version__scenario").get(pk=negotiation_id)
    return _render(negotiation, negotiation.messages.filter(seq__gt=after, seq__lte=upto))


def _render(negotiation: Negotiation, messages: Iterable[Message]) -> list[tuple[int, str]]:
    return [
        (
            message.seq,
            render_to_string("negotiation/_message.html", message_context(negotiation, message)),
        )
        for message in messages
    ]
