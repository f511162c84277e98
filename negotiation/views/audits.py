"""The audit trail: who did what, when, to which row, and whether it can be believed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from negotiation import sheets, trails
from negotiation.downloads import download
from negotiation.models import AuditEntry, AuditHead, TrailCheck
from negotiation.services import trail_checks
from negotiation.views.access import auditors, person
from negotiation.views.statuses import UNPROCESSABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase


PER_PAGE = 50
MOST_EXPORTED = 100_000
CHUNK = 1_000


@require_safe
@auditors
def audit(request: HttpRequest) -> HttpResponse:
    form = trails.TrailFilter(request.GET)
    rows = AuditEntry.objects.visible_to(request.user)
    found = list(_narrowed(rows, form)[: PER_PAGE + 1]) if form.is_valid() else []
    context: dict[str, Any] = {
        "form": form,
        "kinds": trails.KINDS,
        "rows": trails.rows_of(found[:PER_PAGE]),
        "older": _with(request, before=found[PER_PAGE - 1].number) if _more(found) else "",
        "narrowed": any(name in request.GET for name in trails.LOOKUPS),
        "exported": _with(request, before=""),
        **_mark(request),
    }
    status = 200 if form.is_valid() else UNPROCESSABLE
    return render(request, "negotiation/audit.html", context, status=status)


def _narrowed(rows: QuerySet[AuditEntry], form: trails.TrailFilter) -> QuerySet[AuditEntry]:
    """What a valid form asks for, the newest first."""
    wanted = {name: value for name, value in form.cleaned_data.items() if value}
    conditions = {
        trails.LOOKUPS[name]: f"{value}." if name == "kind" else value
        for name, value in wanted.items()
    }
    return rows.filter(**conditions).order_by("-number")


def _mark(request: HttpRequest) -> dict[str, Any]:
    """For `_trail_mark.html`: what the last check found, and the one that is going on."""
    checks = TrailCheck.objects.visible_to(request.user).select_related("asked_by")
    last = list(checks[:2])
    return {
        "checking": next((check for check in last if check.ended_at is None), None),
        "checked": next((check for check in last if check.ended_at), None),
        "head": AuditHead.objects.first(),
    }


@require_safe
@auditors
def mark(request: HttpRequest) -> HttpResponse:
    """Asked for again and again while a check goes on."""
    return render(request, "negotiation/_trail_mark.html", _mark(request))


def _more(found: list[AuditEntry]) -> bool:
    return len(found) > PER_PAGE


def _with(request: HttpRequest, **changes: object) -> str:
    """The same filter at another place."""
    given = {name: request.GET[name] for name in trails.LOOKUPS if request.GET.get(name)}
    return urlencode({name: value for name, value in (given | changes).items() if value})


@require_POST
@auditors
def check(request: HttpRequest) -> HttpResponse:
    try:
        trail_checks.ask(by=person(request), now=timezone.now())
    except trail_checks.AlreadyAsked as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, "A worker reads the whole trail now. Its result appears here.")
    return redirect("audit")


@require_safe
@auditors
def export(request: HttpRequest) -> HttpResponseBase:
    """What the filter finds, the newest first, as CSV; at most `MOST_EXPORTED` rows."""
    form = trails.TrailFilter(request.GET)
    if not form.is_valid():
        return audit(request)
    found = _narrowed(AuditEntry.objects.visible_to(request.user), form)[:MOST_EXPORTED]
    return download(
        request, _sheet(found), name="audit.csv", content_type="text/csv; charset=utf-8"
    )


def _sheet(found: QuerySet[AuditEntry]) -> Iterator[str]:
    yield sheets.sheet([trails.HEADINGS])
    for entry in found.iterator(chunk_size=CHUNK):
        yield sheets.sheet([trails.columns(entry)])
