"""Every component in both themes on one page, drawn by the fragments that the pages use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from config.palette import Found
from negotiation import charts
from negotiation.lexicon import faces
from negotiation.live.pages import rendered
from negotiation.models import Negotiation
from negotiation.presentation import STATES
from negotiation.strips import strips
from negotiation.views.access import watchers

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

CARDS = 2
SEATS = ("Cost", "Performance", "Carbon", "Reliability", "Compliance", "Security")
COLOURS = (
    *("bg", "surface", "raised", "hover", "text", "muted"),
    *("hairline", "line", "control", "accent", "link"),
)
TONES = ("indigo", "green", "amber", "red", "violet", "slate")
SPACES = (2, 4, 8, 12, 16, 20, 24, 32, 40, 56, 72)
HEAD = 12


@require_safe
@watchers
def styleguide(request: HttpRequest) -> HttpResponse:
    seats = faces((name.lower(), name) for name in SEATS)
    asked: dict[str, list[charts.Point]] = {
        name: [(float(n), 1 - n * (0.03 + 0.008 * place)) for n in range(1, HEAD, 2)]
        for place, name in enumerate(seats)
    }
    offered: dict[str, list[charts.Point]] = {
        name: [(float(n), n * (0.02 + 0.006 * place)) for n in range(2, HEAD, 3)]
        for place, name in enumerate(seats)
    }
    context: dict[str, Any] = {
        "themes": ("light", "dark"),
        "chart": strips(asked, offered, seats, head=HEAD),
        "colours": COLOURS,
        "tones": TONES,
        "spaces": list(enumerate(SPACES, start=1)),
        "states": list(STATES),
        "seats": list(seats.values()),
        "spark": charts.sparkline(asked, seats, head=HEAD),
        "cards": _cards(request),
        "now": timezone.now(),
        "groups": [("Negotiations", [Found("#", "Place the checkout service", "play", "2")])],
    }
    return render(request, "styleguide/styleguide.html", context)


def _cards(request: HttpRequest) -> list[SafeString]:
    """Messages of the newest table where something was said."""
    said = Negotiation.objects.visible_to(request.user).filter(head__gt=CARDS).order_by("-id")
    newest = said.values_list("pk", flat=True).first()
    if newest is None:
        return []
    # Rendered by the template of the transcript, which escapes.
    return [mark_safe(html) for _, html in rendered(newest, after=0, upto=CARDS)]  # noqa: S308
