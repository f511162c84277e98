"""Who decides for whom: the list, a new one, and the end of one. Out of office is one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from approvals.models import Delegation
from approvals.services import delegations
from approvals.views.forms import ALL, AWAY, DelegationForm
from negotiation.clocks import to_the_minute
from negotiation.models import Scenario
from negotiation.roles import may_edit_rules, may_review
from negotiation.views.access import person, watchers
from negotiation.views.forms import first_error
from negotiation.views.statuses import UNPROCESSABLE

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse

    from approvals.models.delegations import DelegationQuerySet

OLD_ONES = 50


@require_safe
@watchers
def overview(request: HttpRequest) -> HttpResponse:
    return _page(request, DelegationForm(by=person(request)))


@require_POST
@watchers
def give(request: HttpRequest) -> HttpResponse:
    user, now = person(request), timezone.now()
    form = DelegationForm(request.POST, by=user)
    if not form.is_valid():
        return _page(request, form, refusal=first_error(form), status=UNPROCESSABLE)
    said = form.cleaned_data
    try:
        given = delegations.give(
            giver=user,
            receiver=said["receiver"],
            begins=said["begins"],
            ends=said["ends"],
            reason=said["reason"],
            now=now,
            **said["about"],
        )
    except delegations.BadDelegation as refusal:
        return _page(request, form, refusal=str(refusal), status=UNPROCESSABLE)
    name = given.receiver.get_username()
    messages.success(request, f"{name} decides for you until {to_the_minute(given.ends)}.")
    if given.decision_id is not None:
        return redirect("approval", pk=given.decision_id)
    return redirect("delegations")


@require_POST
@watchers
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    if not _visible(person(request)).filter(pk=pk).exists():
        raise Http404
    ended = delegations.revoke(delegation_id=pk, by=person(request), now=timezone.now())
    messages.success(request, "Revoked." if ended else "It counted no longer.")
    return redirect("delegations")


def _visible(user: User) -> DelegationQuerySet:
    """One's own in both directions; everybody's for admins."""
    if may_edit_rules(user):
        return Delegation.objects.all()
    return Delegation.objects.filter(Q(giver=user) | Q(receiver=user))


def _page(
    request: HttpRequest, form: DelegationForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    user, now = person(request), timezone.now()
    known = _visible(user).select_related("giver", "receiver", "scenario", "decision__negotiation")
    context = {
        "form": form,
        "refusal": refusal,
        "standing": list(known.standing(now)),
        "over": list(known.exclude(pk__in=known.standing(now).values("pk"))[:OLD_ONES]),
        "gives": may_review(user),
        "candidates": delegations.candidates(user),
        "abouts": _abouts(form),
    }
    return render(request, "approvals/delegations.html", context, status=status)


def _abouts(form: DelegationForm) -> list[tuple[str, str]]:
    """What can be delegated here; what the card of a decision asked for is kept as well."""
    found = [(AWAY, "Everything: I am out of office"), (ALL, "Everything, beside me")]
    found += [(f"scenario:{one.pk}", one.title) for one in Scenario.objects.order_by("title")]
    chosen = str(form.data.get("about", ""))[:40]
    if chosen.startswith("decision:"):
        found.append((chosen, f"This {chosen.replace(':', ' ')}"))
    return found
