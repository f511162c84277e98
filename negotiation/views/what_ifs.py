"""How a replay over past decisions is told, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator

from negotiation import policy_charts
from negotiation.models import Decision

if TYPE_CHECKING:
    from negotiation.services.what_ifs import WhatIf

ON_A_PAGE = 25
UNREPLAYED = 20


def told(answer: WhatIf, page: str) -> dict[str, Any]:
    shown = Paginator(answer.moved, ON_A_PAGE).get_page(page)
    wrong, unreplayed = answer.went_wrong[:ON_A_PAGE], answer.unreplayed[:UNREPLAYED]
    keys = {each.pk for group in (shown.object_list, wrong, unreplayed) for each in group}
    bars, capacity_at = policy_charts.loads(
        [("Now", answer.load_before), ("With the draft", answer.load_after)], answer.capacity
    )
    decisions = Decision.objects.select_related("negotiation").defer("features").in_bulk(keys)
    return {
        "what_if": answer,
        "page": shown,
        "moved": [(decisions[each.pk], each) for each in shown.object_list],
        "wrong": [(decisions[each.pk], each) for each in wrong],
        "unreplayed": [(decisions[each.pk], each) for each in unreplayed],
        "rerouted": policy_charts.rerouted(
            answer.before, [(each.before.route, each.after.route) for each in answer.moved]
        ),
        "loads": bars,
        "capacity_at": capacity_at,
        "routes": [
            (label, answer.before.get(route, 0), answer.after.get(route, 0))
            for route, label in (
                ("auto", "Automatic"), ("review", "People decide"), ("refuse", "Refused")
            )
        ],
    }  # fmt: skip
