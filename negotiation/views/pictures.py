"""The utility space of two seats that somebody chose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from negotiation.lexicon import lexicon_for
from negotiation.moments import as_it_was
from negotiation.pictures import space_picture
from negotiation.timelines import timeline
from negotiation.views.access import watchers
from negotiation.views.negotiations import find, pair_of
from negotiation.windows import number

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@watchers
def space(request: HttpRequest, pk: int) -> HttpResponse:
    """As it is, or as it was after message `?at=`."""
    table = find(request, pk)
    asked = number(request.GET.get("at", ""))
    if asked is not None and asked < table.head:
        table = as_it_was(table, max(asked, 0))
    picture = space_picture(table, lexicon_for(table.version), timeline(table), pair_of(request))
    return render(request, "negotiation/_space.html", {"space": picture})
