"""One decision: the card that a reviewer reads, and how every verdict on it is answered."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from approvals.differences import Change, differences_since
from approvals.parts import own_verdicts
from approvals.parts.inboxes import Shown
from approvals.presentation import card_context, plain_context, verdict_context
from approvals.services import looks, notifications, reviews
from approvals.services.calls import KeyReused
from approvals.views.access import deciders
from approvals.views.inboxes import inbox, moved_on, wants
from approvals.views.preconditions import Missing, etag, new_key, seen_by
from negotiation.converters import row_id
from negotiation.models import Decision
from negotiation.views.access import operators, person, wants_fragment, watchers
from negotiation.views.forms import ReasonForm, first_error
from negotiation.views.statuses import CONFLICT, FORBIDDEN, NO_CONTENT, UNPROCESSABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http import HttpRequest

    from approvals.models import Review


@watchers
def approval(request: HttpRequest, pk: int) -> HttpResponse:
    decision = find(request, pk)
    user, now = person(request), timezone.now()
    if not wants_fragment(request) or wants(request, "detail"):
        looks.note(decision, user, now)
        notifications.looked_at(user=user, decision=decision, now=now)
        return card(request, decision)
    if own_verdicts.withheld(decision, user, now):
        return HttpResponse(status=NO_CONTENT)
    verdict = verdict_context(decision, user, now)
    if request.GET.get("seen") == verdict["seen"]:
        return HttpResponse(status=NO_CONTENT)
    # What came back or was amended is another case than the one on the page: it is read anew before
    # it is decided. Votes change no revision.
    other = decision.returned > 0 or decision.offer is not None
    read = request.GET.get("seen", "").startswith(f"{decision.revision}.")
    again = verdict["open"] and other and not read
    shown = Shown.asked(request.GET)
    live = {"again": again, "meanwhile": _meanwhile(decision, read), "kept": shown.query()}
    return render(request, "approvals/_verdict.html", {**verdict, **live, "oob": True})


def _meanwhile(decision: Decision, read: bool) -> Review | None:
    """The verdict that took it from the desk of whoever had it open."""
    if read or decision.status == Decision.Status.PARKED:
        return None
    said = decision.reviews.select_related("reviewer", "on_behalf_of")
    return said.filter(returned=decision.returned).order_by("id").last()


@require_POST
@deciders
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    form = ReasonForm(request.POST)
    form.fields["reason"].required = False
    done = "Approved. It is being carried out now."
    return decide(request, pk, form, reviews.approve, done, for_user=_voice(request))


@require_POST
@deciders
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    form = ReasonForm(request.POST)
    done = "Rejected. Nothing will be carried out."
    return decide(request, pk, form, reviews.reject, done, for_user=_voice(request))


@require_POST
@operators
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    done = "Withdrawn. Nothing will be carried out."
    return decide(request, pk, ReasonForm(request.POST), reviews.withdraw, done)


def decide(
    request: HttpRequest,
    pk: int,
    form: ReasonForm,
    verdict: Callable[..., Review],
    done: str,
    **more: Any,
) -> HttpResponse:
    """Calls a verdict of `approvals.services.reviews` with what was seen and a key, and answers
    on the card: `done`, or why it was not."""
    decision = find(request, pk)
    if not form.is_valid():
        return card(request, decision, refusal=first_error(form), status=UNPROCESSABLE)
    try:
        seen = seen_by(request)
        verdict(
            decision_id=pk,
            by=person(request),
            seen_hash=seen.package_hash,
            seen_revision=seen.revision,
            key=seen.key,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
            **more,
        )
    except Missing as refusal:
        return card(request, decision, refusal=str(refusal), status=refusal.status)
    except KeyReused as refusal:
        return card(request, decision, refusal=str(refusal), status=UNPROCESSABLE)
    except (reviews.MayNotApprove, reviews.NotAllowed) as refusal:
        return card(request, decision, refusal=str(refusal), status=FORBIDDEN)
    except reviews.NotParked as refusal:
        return card(
            request,
            refusal.decision,
            refusal=str(refusal),
            differences=differences_since(refusal.decision, seen.package_hash),
            status=CONFLICT,
        )
    decision.refresh_from_db()
    voted = decision.status == Decision.Status.PARKED
    return moved_on(request, decision, _still_to_come(decision) if voted else done)


def after_own_verdict(
    view: Callable[[HttpRequest, int], HttpResponse],
) -> Callable[[HttpRequest, int], HttpResponse]:
    """A page that shows others' opinion of a decision: first comes one's own, where that is asked
    for."""

    @wraps(view)
    def guarded(request: HttpRequest, pk: int) -> HttpResponse:
        decision = find(request, pk)
        if own_verdicts.withheld(decision, person(request), timezone.now()):
            return card(request, decision, refusal=looks.FIRST, status=FORBIDDEN)
        return view(request, pk)

    return guarded


def _voice(request: HttpRequest) -> User | None:
    """For whom somebody decides who stands in; None for themselves."""
    number = request.POST.get("voice", "")
    if not number:
        return None
    return get_object_or_404(User, pk=row_id(number))


def _still_to_come(decision: Decision) -> str:
    left = decision.votes_missing
    who = "person" if left == 1 else "people"
    return (
        f"Your approval counts. {left} more {who} must approve this package"
        f"{', one of them senior' if decision.senior_missing else ''}."
    )


def card(
    request: HttpRequest,
    decision: Decision,
    *,
    refusal: str = "",
    differences: Sequence[Change] = (),
    status: int = 200,
) -> HttpResponse:
    user, now = person(request), timezone.now()
    withheld = own_verdicts.withheld(decision, user, now)
    context = {
        **(plain_context(decision, user, now) if withheld else card_context(decision, user, now)),
        "refusal": refusal,
        "differences": differences,
        # Whatever is refused, nothing that was typed is lost.
        "typed": request.POST.get("reason", ""),
        "key": new_key(),
    }
    case = "approvals/_plain.html" if withheld else "approvals/_case.html"
    response = inbox(request, case, context, Shown.asked(request.GET), status=status)
    response["ETag"] = etag(decision)
    return response


def find(request: HttpRequest, pk: int) -> Decision:
    decisions = Decision.objects.visible_to(request.user).select_related(
        "negotiation__version__scenario", "cleared_by", "claimed_by"
    )
    return get_object_or_404(decisions, pk=pk)
