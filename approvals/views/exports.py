"""The evidence of one decision as a file, for managers and admins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from approvals.views.cards import after_own_verdict
from negotiation.models import Decision
from negotiation.services.evidence import export
from negotiation.views.access import watchers

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
@watchers
@after_own_verdict
def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    decisions = Decision.objects.exportable_by(request.user)
    decision = get_object_or_404(decisions.select_related("negotiation__version"), pk=pk)
    name = f"parley-decision-{pk}.json"
    return HttpResponse(
        export(decision=decision, now=timezone.now()),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
