"""What was said at one table: parts of it for the page, one message, and the whole as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from negotiation import roles, transcripts
from negotiation.downloads import download
from negotiation.views.access import watchers
from negotiation.views.negotiations import find
from negotiation.windows import LONGEST_NUMBER, window_context

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

FILES = {
    "ndjson": (transcripts.json_lines, "application/x-ndjson"),
    "csv": (transcripts.csv_lines, "text/csv; charset=utf-8"),
}


@require_safe
@watchers
def messages(request: HttpRequest, pk: int) -> HttpResponse:
    """The messages around, before or after one, and which of all match what is searched for."""
    context = window_context(find(request, pk), request.GET)
    return render(request, "negotiation/_messages.html", context)


@require_safe
@watchers
def message(request: HttpRequest, pk: int, seq: int) -> HttpResponse:
    """One message as JSON."""
    table = find(request, pk)
    if len(str(seq)) > LONGEST_NUMBER:
        raise Http404
    said = get_object_or_404(table.messages, seq=seq)
    private = roles.may_export(request.user)
    data = transcripts.plain(table, said, private=private)
    return JsonResponse(data, json_dumps_params={"indent": 2})


@require_safe
@watchers
def transcript(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """The whole as a file, read while it is sent."""
    table = find(request, pk)
    lines, content_type = FILES[kind]
    pieces = lines(table, private=roles.may_export(request.user))
    name = f"parley-negotiation-{table.pk}.{kind}"
    return download(request, pieces, name=name, content_type=content_type)
