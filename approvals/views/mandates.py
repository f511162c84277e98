"""What people approve beforehand: the list, the form to give a mandate, and revoking one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from negotiation import wishes
from negotiation.engine.requirements import BadRequirement
from negotiation.models import Mandate, Scenario
from negotiation.roles import may_revoke
from negotiation.services import mandates as services
from negotiation.views.access import only, person, reviewers, watchers
from negotiation.views.forms import LONGEST_REASON
from negotiation.views.statuses import UNPROCESSABLE

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from negotiation.wishes import Wishes

PAST = 50
LASTS = timedelta(days=30)
FIRST = {"max_count": 10, "max_harm": 0.1}


revokers = only(may_revoke, "Only managers and admins revoke a mandate.")


class MandateForm(forms.Form):
    """How often, for how much expected harm in all, until when, and why."""

    max_count = forms.IntegerField(
        min_value=1,
        max_value=services.MOST_USES,
        error_messages={
            "required": "Say how often it may be used.",
            "invalid": "Write a whole number, like 10.",
        },
    )
    max_harm = forms.FloatField(
        min_value=0,
        max_value=services.MOST_HARM,
        error_messages={
            "required": "Say how much expected harm it may take in all.",
            "invalid": "Write a number, like 0.1.",
        },
    )
    expires_at = forms.DateTimeField(
        error_messages={
            "required": "Say until when: no mandate is for good.",
            "invalid": "Write the end as a day and a time, like 2026-11-30 18:00.",
        }
    )
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        error_messages={
            "required": "Say why: whoever reads a decision that was cleared by it will ask.",
            "max_length": f"Keep the reason under {LONGEST_REASON} characters.",
        },
    )


@require_safe
@watchers
def mandates(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    given = Mandate.objects.visible_to(request.user).select_related(
        "scenario", "given_by", "revoked_by"
    )
    over = Q(revoked_at__isnull=False) | Q(expires_at__lte=now)
    context = {
        "live": given.live(now),
        "past": given.filter(over)[:PAST],
        "scenarios": Scenario.objects.filter(current__isnull=False).order_by("title"),
        "may_revoke": may_revoke(request.user),
    }
    return render(request, "approvals/mandates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@reviewers
def give(request: HttpRequest, slug: str) -> HttpResponse:
    known = Scenario.objects.filter(current__isnull=False).select_related("current__scenario")
    scenario = get_object_or_404(known, slug=slug)
    if scenario.current is None:
        raise Http404
    asked = wishes.rows_of(scenario.current)
    if request.method != "POST":
        start = FIRST | {"expires_at": timezone.now() + LASTS}
        return _page(request, scenario, asked, MandateForm(initial=start))
    return _give(request, scenario, wishes.typed(asked, request.POST), MandateForm(request.POST))


def _give(
    request: HttpRequest, scenario: Scenario, asked: Wishes, form: MandateForm
) -> HttpResponse:
    if not form.is_valid() or asked.wrong:
        return _page(request, scenario, asked, form, status=UNPROCESSABLE)
    try:
        mandate = services.give(
            scenario=scenario,
            by=person(request),
            requirements=wishes.requirements(asked),
            now=timezone.now(),
            **form.cleaned_data,
        )
    except (services.BadMandate, BadRequirement) as refusal:
        return _page(request, scenario, asked, form, refusal=str(refusal), status=UNPROCESSABLE)
    messages.success(request, f"Given: mandate {mandate.pk}. You can revoke it at any time.")
    return redirect("mandates")


@require_POST
@revokers
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(Mandate.objects.visible_to(request.user), pk=pk)
    try:
        services.revoke(mandate_id=pk, by=person(request), now=timezone.now())
    except services.AlreadyRevoked as refusal:
        messages.warning(request, f"{refusal} Nothing was changed.")
    else:
        messages.success(
            request, "Revoked. What it had cleared and nobody has begun comes back to people."
        )
    return redirect("mandates")


def _page(
    request: HttpRequest, scenario: Scenario, asked: Wishes, form: MandateForm, **more: Any
) -> HttpResponse:
    status = more.pop("status", 200)
    context = {"scenario": scenario, "wishes": asked, "form": form, **more}
    return render(request, "approvals/mandate_give.html", context, status=status)
