"""Reads what is new and renders what a browser is sent, from the same templates as the page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db.models import Q
from django.template.loader import render_to_string

from negotiation.models import Message, Negotiation
from negotiation.presentation import message_context
from negotiation.side_panels import side_context

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FRAGMENTS = (
    "negotiation/_state.html",
    "negotiation/_picture.html",
    "negotiation/_standing.html",
)
# So many messages are read and rendered in one go, of all negotiations together.
MOST = 200


@dataclass(frozen=True)
class News:
    """The state, the number of the newest message, and (seq, html) of those above a number."""

    status: str
    head: int
    items: list[tuple[int, str]]


def tables(ids: Iterable[int]) -> dict[int, Negotiation]:
    """The negotiations with what rendering their messages needs."""
    return Negotiation.objects.select_related("version__scenario").in_bulk(ids)


def news(shown: Mapping[int, int], known: Mapping[int, Negotiation]) -> dict[int, News]:
    """What follows the number that each negotiation has `shown`, as much as fits; nothing for one
    that is gone.

    `known` are the tables of `tables`.
    """
    states = states_of(shown)
    behind = [pk for pk, (_, head) in states.items() if head > shown[pk]]
    each = max(1, MOST // max(1, len(behind)))
    ranges = [Q(negotiation_id=pk, seq__gt=shown[pk], seq__lte=shown[pk] + each) for pk in behind]
    rows = Message.objects.filter(reduce(or_, ranges)).order_by("seq") if ranges else []
    items: dict[int, list[tuple[int, str]]] = {pk: [] for pk in states}
    for row in rows:
        items[row.negotiation_id].append((row.seq, _card(known[row.negotiation_id], row)))
    return {pk: News(status, head, items[pk]) for pk, (status, head) in states.items()}


def states_of(ids: Iterable[int]) -> dict[int, tuple[str, int]]:
    """The status and the number of the newest message of each negotiation."""
    found = Negotiation.objects.filter(pk__in=list(ids)).order_by()
    return {pk: (status, head) for pk, status, head in found.values_list("pk", "status", "head")}


def rendered(negotiation_id: int, *, after: int, upto: int) -> list[tuple[int, str]]:
    """(seq, html) of the messages `after + 1 … upto`."""
    table = tables([negotiation_id])[negotiation_id]
    rows = table.messages.filter(seq__gt=after, seq__lte=upto).order_by("seq")
    return [(row.seq, _card(table, row)) for row in rows]


def panel(negotiation_id: int) -> list[str]:
    """What stands beside the transcript, as it is now."""
    side = side_context(tables([negotiation_id])[negotiation_id])
    return [render_to_string(template, side) for template in FRAGMENTS]


def _card(table: Negotiation, message: Message) -> str:
    return render_to_string("negotiation/_message.html", message_context(table, message))
