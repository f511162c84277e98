"""What else people could decide: the smallest amendment first, then the frontier's neighbours."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse

from approvals.differences import Change, options_since
from approvals.models import Review
from negotiation.engine.formatting import listed
from negotiation.lexicon import Face, lexicon_for
from negotiation.models import Decision, Message
from negotiation.presentation import terms
from negotiation.roles import may_review
from negotiation.services import reopenings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from django.contrib.auth.models import User

    from negotiation.lexicon import Lexicon
    from negotiation.presentation import Term

_WORTH_SAYING = 0.005  # of utility: what is shown as 1 % or more
PREFIX = "issue_"
"""Of the names under which the editor takes options: `issue_region=europe-west1`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Possibility:
    """Another offer; `who` would decide it and `score` are empty where nothing is known of them."""

    smallest: bool
    terms: list[Term]
    moves: list[tuple[Face, float]]
    score: float | None
    route: str
    who: str
    below: str
    amend: str
    send_back: str


def context(decision: Decision, user: User, now: datetime) -> dict[str, Any]:  # noqa: ARG001  (a Part)
    """For `approvals/_amendments.html` and `approvals/_amended.html`."""
    lexicon = lexicon_for(decision.negotiation.version)
    open_to = decision.status == Decision.Status.PARKED and may_review(user)
    return {
        "possibilities": [
            _possibility(decision, lexicon, each, smallest=smallest, linked=open_to)
            for each, smallest in _offers(decision)
        ],
        "nothing_smaller": _looked_for(decision) and not decision.judgement["possible"]["smallest"],
        "amended": _amended(decision),
    }


def who_decides(route: str, people: int, seniors: int) -> str:
    """In words: "two people" would read better, but figures are found faster."""
    if route != "review":
        return {"auto": "automatic", "refuse": "refused"}.get(route, "")
    who = "1 person" if people == 1 else f"{people} people"
    if not seniors:
        return who
    return (
        f"{who}, {'one' if seniors == 1 else seniors} of them senior" if people > 1 else "a senior"
    )


def _looked_for(decision: Decision) -> bool:
    return bool(decision.judgement.get("possible"))


def _offers(decision: Decision) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """As they were judged with it; of older decisions only the neighbours are known."""
    if not _looked_for(decision):
        yield from ((each, False) for each in _before_they_were_judged(decision))
        return
    possible = decision.judgement["possible"]
    if smallest := possible["smallest"]:
        yield smallest, True
    for each in possible["neighbours"]:
        if not smallest or each["offer"] != smallest["offer"]:
            yield each, False


def _before_they_were_judged(decision: Decision) -> Iterator[dict[str, Any]]:
    summary = decision.negotiation.summary
    own = summary.get("utilities") or {}
    for other in summary.get("alternatives") or ():
        moves = {
            seat: utility - own[seat] for seat, utility in other["utilities"].items() if seat in own
        }
        unknown = {"score": None, "route": "", "people": 0, "seniors": 0, "below": ()}
        yield {"offer": other["offer"], "changed": other["changed"], "moves": moves, **unknown}


def _possibility(
    decision: Decision,
    lexicon: Lexicon,
    other: Mapping[str, Any],
    *,
    smallest: bool,
    linked: bool,
) -> Possibility:
    offer = {issue: other["offer"][issue] for issue in other["changed"]}
    agreed = decision.agreed
    steps = [{"issue": issue, "before": agreed.get(issue)} for issue in offer]
    return Possibility(
        smallest=smallest,
        terms=terms(lexicon, offer, steps),
        moves=[
            (lexicon.face(seat), gain)
            for seat, gain in other["moves"].items()
            if abs(gain) >= _WORTH_SAYING
        ],
        score=other["score"],
        route=other["route"],
        who=who_decides(other["route"], other["people"], other["seniors"]),
        below=listed([lexicon.face(seat).title for seat in other["below"]]),
        amend=_amend(decision, offer) if linked else "",
        # Where the seats never agreed they cannot be asked for more.
        send_back=_send_back(decision, offer) if linked and decision.negotiation.agreement else "",
    )


def _amend(decision: Decision, changes: Mapping[str, Any]) -> str:
    query = urlencode({f"{PREFIX}{issue}": option for issue, option in changes.items()})
    return f"{reverse('approval-amend', args=[decision.pk])}?{query}"


def _send_back(decision: Decision, changes: Mapping[str, Any]) -> str:
    if decision.sent_back >= reopenings.MOST:
        return ""
    page = reverse("approval-send-back", args=[decision.pk])
    wanted = [("require", f"{issue}:equals:{option}") for issue, option in changes.items()]
    return f"{page}?{urlencode(wanted)}"


def _amended(decision: Decision) -> dict[str, Any] | None:
    """Who amended it the last time, why, and where it stands in the transcript."""
    if decision.offer is None or decision.amended_by is None:
        return None
    said = (decision.features.get("amended") or {}).get("message") or 0
    message = Message.objects.filter(negotiation=decision.negotiation_id, seq=said).first()
    review = decision.reviews.filter(verdict=Review.Verdict.AMEND).order_by("id").last()
    return {
        "by": decision.amended_by,
        "why": review.reason if review else message.text if message else "",
        "message": message,
        "changed": _changed(decision),
    }


def _changed(decision: Decision) -> list[Change]:
    """The options that are not those of the package before; the figures follow from them."""
    lexicon = lexicon_for(decision.negotiation.version)
    both = options_since(lexicon, decision.earlier.last(), json.loads(decision.package))
    return [] if decision.returned else both
