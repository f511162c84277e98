"""What happened at one table, message by message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from negotiation.moments import moment_context, ticks
from negotiation.presentation import message_context
from negotiation.views.access import watchers
from negotiation.views.negotiations import find
from negotiation.windows import Place, number, window

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from negotiation.models import Negotiation

SHOWN = 30


@require_safe
@watchers
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    """The page, at the moment that the address names; without one at the beginning."""
    table = find(request, pk)
    context = moment_context(table, _asked(request, table))
    said = table.messages.filter(seq__lte=table.head)
    shown = window(said, Place(before=context["seq"] + 1), SHOWN)
    return render(
        request,
        "negotiation/replay.html",
        {
            **context,
            "table": table,
            "ticks": ticks(said.values_list("seq", "act"), table.head),
            "items": [message_context(table, message) for message in shown.messages],
        },
    )


@require_safe
@watchers
def moment(request: HttpRequest, pk: int) -> HttpResponse:
    """The state and the panel beside the transcript after one message."""
    table = find(request, pk)
    context = moment_context(table, _asked(request, table))
    return render(request, "negotiation/_moment.html", context)


def _asked(request: HttpRequest, table: Negotiation) -> int:
    asked = number(request.GET.get("at", ""))
    return min(table.head, 1 if asked is None else asked)
