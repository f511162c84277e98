"""The operator's home: every table, what it is doing, and how far it has come.

The same address answers with the page or, to the page's own script, with the list alone. That
names the rows it shows: they are sent again wherever they would stand now, so that nothing moves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import F
from django.shortcuts import render
from django.utils import timezone

from negotiation.converters import row_id
from negotiation.filters import (
    GROUPS,
    SINCE,
    Filters,
    chosen,
    counted,
    described,
    narrowed,
)
from negotiation.models import Negotiation, SavedView, Stop
from negotiation.rosters import rosters
from negotiation.standstills import Standstills
from negotiation.views.access import person, wants_fragment, watchers
from negotiation.views.first_steps import first_steps
from negotiation.views.floor_rows import floor_rows
from negotiation.views.forms import StartForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from negotiation.filters import Counts
    from negotiation.rosters import Roster

PER_PAGE = 50


class Chip(NamedTuple):
    """A filter with its number; `link` switches it on, or off where it is on."""

    key: str
    word: str
    icon: str
    tone: str
    n: int
    link: str
    current: bool


@watchers
def floor(request: HttpRequest) -> HttpResponse:
    context = listing(request)
    if wants_fragment(request):
        return render(request, "negotiation/_floor_list.html", {**context, "oob": True})
    return render(request, "negotiation/floor.html", {**context, **beside(request, StartForm())})


def beside(request: HttpRequest, form: StartForm) -> dict[str, Any]:
    """What stands on the page beside the list."""
    return {"start_form": form, "first_steps": first_steps(request)}


def listing(request: HttpRequest) -> dict[str, Any]:
    """The list, its filters and their numbers, as the address says."""
    now, filters = timezone.now(), Filters.of(request.GET.dict())
    versions = rosters()
    stops = list(Stop.objects.visible_to(request.user).live().select_related("by"))
    standstills = Standstills(now, stops, versions)
    tables = narrowed(Negotiation.objects.visible_to(request.user), filters, versions, now)
    user = person(request)
    found = described(tables, user, standstills)
    counts = counted(found, filters)
    pages = max(-(-counts.matching // PER_PAGE), 1)
    page = min(_number(request.GET.get("page")), pages)
    rows, new = _read(chosen(found, filters, user, standstills), page, _shown(request))
    return {
        "address": _page_of(filters, page),
        "filters": filters,
        "counts": counts,
        "chips": _chips(filters, counts),
        "switches": _switches(filters, counts),
        "all_link": filters.but(state=""),
        "rows": floor_rows(rows, standstills),
        "new": new,
        "page": page,
        "pages": pages,
        "newer": _page_of(filters, page - 1) if page > 1 else "",
        "older": _page_of(filters, page + 1) if page < pages else "",
        "saved_views": _saved_views(request, filters),
        "global_stop": next((stop for stop in stops if stop.scope == Stop.Scope.GLOBAL), None),
        **_choices(filters, versions),
    }


def _read(
    matching: QuerySet[Any], page: int, shown: Sequence[int]
) -> tuple[list[Negotiation], int]:
    """The page's rows; or those shown, as far as they match, and how many would be new."""
    on_page = matching.order_by("-pk")[(page - 1) * PER_PAGE : page * PER_PAGE]
    new = 0
    wanted: QuerySet[Any] = on_page
    if shown:
        present = set(on_page.values_list("pk", flat=True))
        new = len(present - set(shown)) if page == 1 else 0
        wanted = matching.filter(pk__in=shown).order_by("-pk")
    whole = wanted.annotate(effects=F("decision__features__effects"))
    whole = whole.select_related("version__scenario", "decision")
    deferred = ("package", "judgement", "features", "tier", "offer")
    return list(whole.defer("version__document", *(f"decision__{name}" for name in deferred))), new


def _chips(filters: Filters, counts: Counts) -> list[Chip]:
    return [
        Chip(
            *group[:4],
            counts.groups[group.key],
            filters.but(state="" if group.key == filters.state else group.key),
            group.key == filters.state,
        )
        for group in GROUPS
    ]


def _switches(filters: Filters, counts: Counts) -> list[Chip]:
    stuck = filters.but(stuck=not filters.stuck)
    mine = filters.but(mine=not filters.mine)
    return [
        Chip("stuck", "Stuck", "exclamation-triangle", "amber", counts.stuck, stuck, filters.stuck),
        Chip("mine", "Opened by me", "user-circle", "slate", counts.mine, mine, filters.mine),
    ]


def _number(said: str | None) -> int:
    said = said or ""
    return max(int(said), 1) if said.isascii() and said.isdigit() and len(said) < 9 else 1


def _shown(request: HttpRequest) -> list[int]:
    """The rows that the page has, at most two pages of them."""
    said = request.GET.get("shown", "")[: 2 * PER_PAGE * 20].split(".")
    numbers = [number for number in map(row_id, said) if number is not None]
    return numbers[: 2 * PER_PAGE]


def _page_of(filters: Filters, page: int) -> str:
    address = filters.but()
    if page == 1:
        return address
    return f"{address}{'&' if filters.query else '?'}page={page}"


def _choices(filters: Filters, versions: Sequence[Roster]) -> dict[str, Any]:
    """What the lists of the filters offer, and what is on of all that no chip shows: its kind, its
    value, and the address without it. What is chosen is always among what is offered."""
    scenarios = {roster.slug: roster.title for roster in versions}
    agents = {name: title for roster in versions for name, title in roster.seats}
    scenarios.setdefault(filters.scenario, filters.scenario)
    agents.setdefault(filters.agent, filters.agent)
    since = {key: words for key, (words, _) in SINCE.items()}
    since.setdefault(filters.since, filters.since and f"Since {filters.since}")
    found = (
        ("Search", filters.q, filters.but(q="")),
        ("Scenario", scenarios[filters.scenario], filters.but(scenario="")),
        ("Agent", agents[filters.agent], filters.but(agent="")),
        ("Opened", since[filters.since], filters.but(since="")),
    )
    return {
        "on": [each for each in found if each[1]],
        "startable": sorted((each for each in versions if each.current), key=lambda e: e.title),
        "scenario_choices": _offered(scenarios),
        "agent_choices": _offered(agents),
        "since_choices": [(key, words) for key, words in since.items() if key],
    }


def _offered(words: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(((key, word) for key, word in words.items() if key), key=lambda it: it[1].lower())


def _saved_views(request: HttpRequest, filters: Filters) -> dict[str, Any]:
    kept = list(SavedView.objects.visible_to(request.user))
    current = next((view for view in kept if view.query == filters.query), None)
    return {"all": kept, "current": current, "may_save": bool(filters.query) and current is None}
