"""Renders what a browser is sent, from the same templates as the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.template.loader import render_to_string

from negotiation.models import Message, Negotiation
from negotiation.presentation import message_context, side_context

if TYPE_CHECKING:
    from collections.abc import Iterable

FRAGMENTS = (
    "negotiation/_state.html",
    "negotiation/_picture.html",
    "negotiation/_standing.html",
)


@dataclass(frozen=True)
class News:
    """What lies above a number: (seq, html) of each message, and the fragments as they are."""

    head: int
    status: str
    items: list[tuple[int, str]]
    fragments: list[str]


def head(negotiation_id: int) -> int:
    """The number of the newest message, 0 before the first."""
    newest = Message.objects.filter(negotiation_id=negotiation_id).order_by("-seq").first()
    return newest.seq if newest else 0


def news(negotiation_id: int, after: int) -> News | None:
    """None when there is no such negotiation."""
    try:
        negotiation = Negotiation.objects.select_related("version__scenario").get(pk=negotiation_id)
    except Negotiation.DoesNotExist:
        return None
    messages = list(negotiation.messages.all())
    fresh = [message for message in messages if message.seq > after]
    side = side_context(negotiation, messages)
    return News(
        # The rows that were read, not the column: a commit in between is the next bell's news.
        head=max((message.seq for message in messages), default=0),
        status=negotiation.status,
        items=_render(negotiation, fresh),
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
