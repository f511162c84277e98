"""The managers' view: what the negotiations of a period came to, as a page, JSON and CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from approvals.parts.overview_figures import figures, rows
from approvals.parts.overview_pictures import pictures
from approvals.parts.overviews import Overview, overview
from approvals.services.periods import PERIODS, period_of
from negotiation import roles, sheets
from negotiation.views.access import only, person, watchers

if TYPE_CHECKING:
    from django.http import HttpRequest

    from approvals.services.periods import Period

exporters = only(roles.may_export, "Only managers and admins take figures out of the house.")


class Choice(NamedTuple):
    """What is asked for in the address; `unknown`: a scenario that there is not."""

    period: Period
    scenario: str
    unknown: str = ""

    @property
    def query(self) -> str:
        return self.with_period(self.period.key)

    def with_period(self, key: str) -> str:
        asked = {"period": key} | ({"scenario": self.scenario} if self.scenario else {})
        return "?" + urlencode(asked)


@require_safe
@watchers
def overview_page(request: HttpRequest) -> HttpResponse:
    choice, seen = _asked(request)
    context = {
        "seen": seen,
        "choice": choice,
        "periods": [(each, choice.with_period(each.key)) for each in PERIODS],
        "pictures": pictures(seen) if seen.total.begun else {},
        "changes": _changes(seen),
        "may_export": roles.may_export(request.user),
        "may_see_reviewers": roles.may_review(request.user) or roles.may_edit_rules(request.user),
    }
    return render(request, "approvals/overview.html", context)


@require_safe
@exporters
def as_json(request: HttpRequest) -> HttpResponse:
    _, seen = _asked(request)
    answer = JsonResponse(figures(seen), json_dumps_params={"indent": 2, "ensure_ascii": False})
    return _attached(answer, f"parley-overview-{seen.period.key}.json")


@require_safe
@exporters
def as_csv(request: HttpRequest) -> HttpResponse:
    _, seen = _asked(request)
    answer = HttpResponse(sheets.sheet(rows(seen)), content_type="text/csv; charset=utf-8")
    return _attached(answer, f"parley-overview-{seen.period.key}.csv")


def _attached(answer: HttpResponse, name: str) -> HttpResponse:
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _asked(request: HttpRequest) -> tuple[Choice, Overview]:
    period = period_of(request.GET.get("period", ""))
    wanted = request.GET.get("scenario", "")
    seen = overview(person(request), period=period, scenario=wanted, now=timezone.now())
    return Choice(period, seen.scenario, wanted if wanted != seen.scenario else ""), seen


def _changes(seen: Overview) -> dict[str, Any]:
    """Against the period before, where it had anything: in points of a percentage, or as counts."""
    if seen.before is None or not seen.before.ended:
        return {}
    return {
        "agreed": _points(seen.total.agreed_share, seen.before.agreed_share),
        "automatic": _points(seen.total.automatic_of_ended, seen.before.automatic_of_ended),
    }


def _points(now: float | None, before: float | None) -> float | None:
    return None if now is None or before is None else round(100 * (now - before))
