"""Asking an agent from the card, and what it answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from approvals.differences import differences_since
from approvals.parts import own_verdicts
from approvals.parts.questions import asked_context
from approvals.services import questions
from approvals.views.access import deciders
from approvals.views.cards import card, find
from approvals.views.forms import QuestionForm
from approvals.views.preconditions import Missing, seen_by
from negotiation.views.access import person, watchers
from negotiation.views.forms import first_error
from negotiation.views.statuses import CONFLICT, FORBIDDEN, NO_CONTENT, UNPROCESSABLE

if TYPE_CHECKING:
    from django.http import HttpRequest

    from negotiation.engine.messages import Option
    from negotiation.models import Decision

_OPTION = "option-"


@require_safe
@watchers
def answers(request: HttpRequest, pk: int) -> HttpResponse:
    """The list on the card, which re-reads itself."""
    decision = find(request, pk)
    context = asked_context(decision)
    unchanged = request.GET.get("seen") == context["seen_questions"]
    if unchanged or own_verdicts.withheld(decision, person(request), timezone.now()):
        return HttpResponse(status=NO_CONTENT)
    return render(request, "approvals/_questions.html", context)


@require_POST
@deciders
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    decision = find(request, pk)
    form = QuestionForm(request.POST)
    if not form.is_valid():
        return card(request, decision, refusal=first_error(form), status=UNPROCESSABLE)
    said = form.cleaned_data
    try:
        seen = seen_by(request)
        questions.ask(
            decision_id=pk,
            by=person(request),
            seen_hash=seen.package_hash,
            key=seen.key,
            seat=said["seat"],
            kind=said["kind"],
            subject=said["subject"],
            changes=_changes(request, decision),
            now=timezone.now(),
        )
    except Missing as refusal:
        return card(request, decision, refusal=str(refusal), status=refusal.status)
    except questions.MayNotAsk as refusal:
        return card(request, decision, refusal=str(refusal), status=FORBIDDEN)
    except questions.BadQuestion as refusal:
        return card(request, decision, refusal=str(refusal), status=UNPROCESSABLE)
    except questions.NotWaiting as refusal:
        changed = differences_since(decision, seen.package_hash)
        return card(request, decision, refusal=str(refusal), differences=changed, status=CONFLICT)
    messages.success(request, "Asked. The clock stands still until the answer is here.")
    return redirect("approval", pk=pk)


def _changes(request: HttpRequest, decision: Decision) -> dict[str, Option]:
    """The options that are meant instead, each sent as its place among the issue's options."""
    chosen: dict[str, Any] = {
        name.removeprefix(_OPTION): place
        for name, place in request.POST.items()
        if name.startswith(_OPTION) and place
    }
    issues = {
        each.name: each for each in decision.negotiation.version.compiled().table.space.issues
    }
    changes: dict[str, Option] = {}
    for name, place in chosen.items():
        options = issues[name].options if name in issues else ()
        if not (place.isascii() and place.isdecimal() and int(place[:9]) < len(options)):
            raise questions.BadQuestion("There is no such option here. Choose one of the lists.")
        changes[name] = options[int(place[:9])]
    return changes
