"""Breaking the glass, looking at it afterwards, and answering a spot check."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from approvals.differences import differences_since
from approvals.models import GlassReview
from approvals.services import emergencies
from approvals.services.calls import KeyReused
from approvals.services.reviews import NotParked
from approvals.views.cards import card, find
from approvals.views.preconditions import Missing, seen_by
from negotiation.models import SpotCheck
from negotiation.roles import may_break_glass, may_look_back
from negotiation.services import glass, spot_checks
from negotiation.views.access import only, person, reviewers
from negotiation.views.forms import LONGEST_REASON, first_error
from negotiation.views.statuses import CONFLICT, FORBIDDEN, UNPROCESSABLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

breakers = only(may_break_glass, "Only seniors and admins break the glass.")
lookers_back = only(may_look_back, "Only managers and admins look at a broken glass afterwards.")

_TOO_LONG = {"max_length": f"Keep it under {LONGEST_REASON} characters."}


class BreakGlassForm(forms.Form):
    """Why it cannot wait, and the package's short hash as a confirmation."""

    glass_reason = forms.CharField(
        max_length=LONGEST_REASON,
        error_messages={"required": str(emergencies.ReasonTooShort.__doc__)} | _TOO_LONG,
    )
    typed = forms.CharField(
        max_length=64, error_messages={"required": str(emergencies.NotConfirmed.__doc__)}
    )


class GlassReviewForm(forms.Form):
    verdict = forms.TypedChoiceField(
        choices=GlassReview.Verdict,
        coerce=GlassReview.Verdict,
        error_messages={"required": "Say whether it was justified."},
    )
    note = forms.CharField(
        max_length=LONGEST_REASON,
        error_messages={"required": str(emergencies.NoteMissing.__doc__)} | _TOO_LONG,
    )


class SpotCheckForm(forms.Form):
    verdict = forms.TypedChoiceField(
        choices=SpotCheck.Verdict,
        coerce=SpotCheck.Verdict,
        error_messages={"required": "Say whether it is right."},
    )
    note = forms.CharField(required=False, max_length=LONGEST_REASON, error_messages=_TOO_LONG)


@require_POST
@breakers
def break_glass(request: HttpRequest, pk: int) -> HttpResponse:
    decision, form = find(request, pk), BreakGlassForm(request.POST)
    if not form.is_valid():
        return card(request, decision, refusal=first_error(form), status=UNPROCESSABLE)
    try:
        seen = seen_by(request)
        emergencies.break_glass(
            decision_id=pk,
            by=person(request),
            seen_hash=seen.package_hash,
            seen_revision=seen.revision,
            typed=form.cleaned_data["typed"],
            reason=form.cleaned_data["glass_reason"],
            key=seen.key,
            now=timezone.now(),
        )
    except Missing as refusal:
        return card(request, decision, refusal=str(refusal), status=refusal.status)
    except NotParked as refusal:
        return card(
            request,
            refusal.decision,
            refusal=str(refusal),
            differences=differences_since(refusal.decision, seen.package_hash),
            status=CONFLICT,
        )
    except (
        emergencies.ReasonTooShort,
        emergencies.NotConfirmed,
        glass.NotBreakable,
        KeyReused,
    ) as refusal:
        return card(request, decision, refusal=str(refusal), status=UNPROCESSABLE)
    messages.warning(
        request, "The glass is broken: it is being carried out now. Another person looks at it."
    )
    return redirect("approval", pk=pk)


@require_POST
@lookers_back
def look_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Says whether a broken glass was justified."""
    review = get_object_or_404(GlassReview.objects.visible_to(request.user), pk=pk)
    note = partial(emergencies.look_back, review_id=pk)
    return _noted(request, review.decision_id, GlassReviewForm(request.POST), note)


@require_POST
@reviewers
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Says whether what was drawn for a spot check is right."""
    drawn = get_object_or_404(SpotCheck.objects.visible_to(request.user), pk=pk)
    note = partial(spot_checks.answer, check_id=pk)
    return _noted(request, drawn.decision_id, SpotCheckForm(request.POST), note)


def _noted(
    request: HttpRequest, pk: int, form: forms.Form, note: Callable[..., object]
) -> HttpResponse:
    """What somebody found afterwards, answered on the card."""
    decision = find(request, pk)
    if not form.is_valid():
        return card(request, decision, refusal=first_error(form), status=UNPROCESSABLE)
    try:
        note(by=person(request), now=timezone.now(), **form.cleaned_data)
    except (emergencies.MayNotReview, spot_checks.NotAllowed) as refusal:
        return card(request, decision, refusal=str(refusal), status=FORBIDDEN)
    except spot_checks.NoteMissing as refusal:
        return card(request, decision, refusal=str(refusal), status=UNPROCESSABLE)
    except (emergencies.AlreadyReviewed, spot_checks.AlreadyChecked) as refusal:
        return card(request, decision, refusal=str(refusal), status=CONFLICT)
    messages.success(request, "Noted. It is kept with the decision.")
    return redirect("approval", pk=pk)
