"""Taking a decision on one's desk for a while, and letting go of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from approvals.services import claims
from approvals.views.access import deciders
from approvals.views.cards import card, find
from negotiation.views.access import person
from negotiation.views.statuses import CONFLICT, FORBIDDEN

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_POST
@deciders
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    decision = find(request, pk)
    try:
        claims.claim(decision_id=pk, by=person(request), now=timezone.now())
    except claims.Claimed as refusal:
        return card(request, decision, refusal=str(refusal), status=CONFLICT)
    except claims.MayNotClaim as refusal:
        return card(request, decision, refusal=str(refusal), status=FORBIDDEN)
    return redirect("approval", pk=pk)


@require_POST
@deciders
def release(request: HttpRequest, pk: int) -> HttpResponse:
    find(request, pk)
    claims.release(decision_id=pk, by=person(request), now=timezone.now())
    return redirect("approval", pk=pk)
