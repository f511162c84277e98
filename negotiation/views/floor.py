"""The operator's home: every table, what it is doing, and how far it has come."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import render
from django.urls import reverse

from negotiation import charts
from negotiation.lexicon import lexicons
from negotiation.models import Decision, Message, Negotiation, Scenario
from negotiation.pictures import own_surplus
from negotiation.presentation import state_among, state_of, terms
from negotiation.views.access import wants_fragment, watchers
from negotiation.views.forms import StartForm

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.core.paginator import Page
    from django.http import HttpRequest, HttpResponse

PER_PAGE = 50
A_FEW = 5


class Group(NamedTuple):
    """A filter chip: states that one looks for together."""

    key: str
    word: str
    icon: str
    tone: str
    states: tuple[str, ...]


GROUPS = (
    Group("running", "Running", "play", "indigo", ("queued", "running")),
    Group("paused", "Paused", "pause", "slate", ("paused",)),
    Group("parked", "Needs approval", "hand-raised", "amber", ("parked",)),
    Group("agreed", "Agreed", "check-circle", "green", ("agreed", "cleared", "executing")),
    Group("executed", "Executed", "check-badge", "green", ("executed",)),
    Group(
        "closed",
        "Not carried out",
        "minus-circle",
        "slate",
        (
            "no_agreement",
            "stopped",
            "failed",
            "rejected",
            "withdrawn",
            "expired",
            "void",
            "refused",
        ),
    ),
)


@watchers
def floor(request: HttpRequest) -> HttpResponse:
    context = listing(request)
    if wants_fragment(request):
        return render(request, "negotiation/_floor_list.html", {**context, "oob": True})
    return render(request, "negotiation/floor.html", {**context, **start_context(StartForm())})


def start_context(form: StartForm) -> dict[str, Any]:
    return {
        "start_form": form,
        "scenarios": Scenario.objects.filter(current__isnull=False).select_related("current"),
    }


def listing(request: HttpRequest) -> dict[str, Any]:
    tables = Negotiation.objects.visible_to(request.user)
    counts = _counts(tables.values_list("status", "decision__status").annotate(n=Count("id")))
    group = next((group for group in GROUPS if group.key == request.GET.get("state")), None)
    if group:
        of_decision = Q(decision__status__in=group.states)
        talking = Q(decision=None) | Q(decision__status=Decision.Status.SENT_BACK)
        tables = tables.filter(of_decision | talking & Q(status__in=group.states))
    tables = tables.select_related("version__scenario", "decision").defer(
        "version__document", "decision__package", "decision__judgement"
    )
    page = Paginator(tables, PER_PAGE).get_page(request.GET.get("page"))
    return {
        "address": reverse("floor") + (f"?{request.GET.urlencode()}" if request.GET else ""),
        "chips": [(group, counts[group.key]) for group in GROUPS],
        "total": sum(counts.values()),
        "group": group,
        "page": page,
        "rows": _rows(page),
        "pages": {
            "newer": _link(group, page.number - 1) if page.has_previous() else "",
            "older": _link(group, page.number + 1) if page.has_next() else "",
        },
        "may_begin": not counts and Scenario.objects.filter(current__isnull=False).exists(),
        "first_steps": not group and page.paginator.count <= A_FEW,
    }


def _link(group: Group | None, number: int) -> str:
    return "?" + urlencode({"state": group.key, "page": number} if group else {"page": number})


def _counts(found: Iterable[tuple[str, str | None, int]]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for status, decided, n in found:
        state = state_among(status, decided)
        counts[next(group.key for group in GROUPS if state in group.states)] += n
    return counts


def _rows(page: Page[Negotiation]) -> list[dict[str, Any]]:
    words = lexicons(negotiation.version for negotiation in page)
    offers = _offers(page)
    return [
        {
            "negotiation": negotiation,
            "state": state_of(negotiation, _decision(negotiation)),
            "lexicon": words[negotiation.version_id],
            "agreed": terms(words[negotiation.version_id], negotiation.agreement or {}),
            "faces": words[negotiation.version_id].seats.values(),
            "spark": charts.sparkline(
                own_surplus(offers[negotiation.pk]),
                words[negotiation.version_id].seats,
                head=negotiation.head,
                deal=negotiation.summary.get("surplus"),
            ),
        }
        for negotiation in page
    ]


def _decision(negotiation: Negotiation) -> Decision | None:
    return getattr(negotiation, "decision", None)


def _offers(page: Page[Negotiation]) -> dict[int, list[tuple[int, str, Any]]]:
    found: dict[int, list[tuple[int, str, Any]]] = defaultdict(list)
    said = Message.objects.filter(
        negotiation__in=[negotiation.pk for negotiation in page], act__in=("propose", "revise")
    ).values_list("negotiation_id", "seq", "sender", "body__private__surplus")
    for negotiation_id, seq, sender, surplus in said:
        found[negotiation_id].append((seq, sender, surplus))
    return found
