"""What a reviewer is shown: what will happen comes from the package, never from agents' prose."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist
from django.urls import reverse

from approvals.differences import Change, differences_with, options_since
from approvals.parts import amendments, desks, own_verdicts, questions, safeguards, since, voices
from negotiation import charts
from negotiation.engine.formatting import listed
from negotiation.executors import ExecutorError
from negotiation.lexicon import Lexicon, lexicon_for
from negotiation.models import Decision, Report
from negotiation.pictures import own_surplus
from negotiation.presentation import in_order, message_context, shown_reason
from negotiation.scenarios.compilers import compile_scenario
from negotiation.scenarios.readings import FactsUsed
from negotiation.scenarios.schema import ScenarioDocument
from negotiation.scenarios.vocabulary import subjects
from negotiation.services import execution
from negotiation.side_panels import SeatEnd, seat_ends
from negotiation.traces import OFFERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

    from negotiation.models import Execution, Message
    from negotiation.scenarios.words import Words

LAST_MESSAGES = 3
GIST = 3
"""Changes that stand in the line under the title."""

Part = Callable[[Decision, User, datetime], dict[str, Any]]
PARTS: tuple[Part, ...] = (
    own_verdicts.context,
    questions.context,
    amendments.context,
    safeguards.dialog_context,
)
"""What other modules of `approvals.parts` add to the card."""


class GaveUp(NamedTuple):
    """A seat's way from its first offer to the agreement, both as surplus in percent."""

    end: SeatEnd
    first: float | None

    @property
    def first_bar(self) -> float | None:
        return None if self.first is None else round(min(max(self.first, 0), 1) * 100, 1)


def _case(decision: Decision) -> dict[str, Any]:
    lexicon = lexicon_for(decision.negotiation.version)
    package = json.loads(decision.package)
    preview, preview_error = _preview(decision)
    return {
        "decision": decision,
        "negotiation": decision.negotiation,
        "package": package,
        **_effects(decision, lexicon, package),
        **_since(decision, lexicon, package),
        "preview": preview,
        "preview_error": preview_error,
    }


def _since(decision: Decision, lexicon: Lexicon, package: Mapping[str, Any]) -> dict[str, Any]:
    """What is not as it was before it came back: options first, the figures follow from them."""
    before = decision.earlier.last()
    changes = differences_with(lexicon, before, package)
    options = options_since(lexicon, before, package)
    return {
        "since": changes,
        "since_options": options,
        "since_figures": [one for one in changes if one not in options],
    }


def plain_context(decision: Decision, user: User, now: datetime) -> dict[str, Any]:
    """For `approvals/_plain.html`: nobody's opinion is in it."""
    return {
        **_case(decision),
        **voices.voices_of(decision, user, now),
        **since.context(decision, user, now),
    }


def card_context(decision: Decision, user: User, now: datetime) -> dict[str, Any]:
    """For `approvals/_case.html` and its fragments."""
    negotiation = decision.negotiation
    lexicon = lexicon_for(negotiation.version)
    said = negotiation.messages.order_by("seq")
    judgement = decision.judgement
    ends = seat_ends(lexicon, judgement.get("summary") or negotiation.summary)
    # Its numbers are places of the whole transcript.
    home = reverse("negotiation", args=[negotiation.pk])
    risk = judgement.get("risk") or {}
    return {
        **_case(decision),
        "findings": [
            shown_finding(lexicon.words, each) for each in judgement.get("findings") or ()
        ],
        "risk": risk,
        "steps": charts.waterfall(risk.get("factors") or []),
        "policy": negotiation.version.document.get("policy") or {},
        "gave": _gave_up(ends, said),
        "objection": _objection(lexicon.words, ends, said),
        "last": [
            message_context(negotiation, each, home)
            for each in reversed(said.reverse()[:LAST_MESSAGES])
        ],
        **verdict_context(decision, user, now),
        **{name: each for part in PARTS for name, each in part(decision, user, now).items()},
    }


def shown_finding(words: Words, finding: Mapping[str, Any]) -> dict[str, Any]:
    """A rule that was met, with what was measured and what it allows in the scenario's words."""
    subject, unit, limit = finding["subject"], finding["unit"], finding["limit"]
    allowed = limit if isinstance(limit, list) else []
    return {
        **finding,
        "measured": words.value(subject, finding["measured"], unit),
        "allowed": listed([words.value(subject, one, unit) for one in allowed]),
        "limit": None if allowed or limit is None else words.value(subject, limit, unit),
    }


def verdict_context(decision: Decision, user: User, now: datetime) -> dict[str, Any]:
    """For `approvals/_verdict.html`: where the decision stands."""
    carried_out = _execution(decision)
    parked = decision.status == Decision.Status.PARKED
    guards = safeguards.context(decision, user, now)
    late = decision.due_at is not None and decision.due_at <= now
    # Under a stop no time passes.
    overdue = parked and late and guards["held"] is None
    reports = list(carried_out.reports.select_related("person")) if carried_out else []
    desk = desks.context(decision, user, now)
    done = since.context(decision, user, now)
    return {
        "decision": decision,
        "reviews": list(
            decision.reviews.select_related("reviewer", "on_behalf_of")
            .filter(returned=decision.returned)
            .order_by("id")
        ),
        "execution": carried_out,
        "reports": reports,
        "outcomes": Report.Outcome.choices,
        "overdue": overdue,
        "open": parked and not overdue,
        **voices.context(decision, user, now),
        **desk,
        **guards,
        **done,
        "stoppable": decision.status == Decision.Status.CLEARED,
        "seen": f"{decision.revision}.{carried_out.attempts if carried_out else 0}.{overdue:d}"
        f".{len(reports)}.{decision.approvals}.{decision.escalated}"
        f".{desk['seen_desk']}.{guards['seen_guards']}.{done['seen_since']}",
    }


def _execution(decision: Decision) -> Execution | None:
    try:
        return decision.execution
    except ObjectDoesNotExist:
        return None


def _preview(decision: Decision) -> tuple[dict[str, str], str]:
    try:
        return execution.preview(decision), ""
    except ExecutorError as error:
        return {}, str(error)


def _effects(decision: Decision, lexicon: Lexicon, package: Mapping[str, Any]) -> dict[str, Any]:
    """What changes against today, in options and in measures, and what those figures rest on.

    What will be is in the package; only what is today is computed, from the same facts.
    """
    document = ScenarioDocument.model_validate(decision.negotiation.version.document)
    scenario = compile_scenario(document)
    today, effects = scenario.today or {}, package.get("effects") or {}
    read = package.get("read") or {}
    facts = FactsUsed.from_dicts(read.get("facts") or ())
    before = scenario.values(today, facts) if today and effects else {}
    figures = read.get("figures") or []
    changes = _changes(lexicon, package.get("parameters") or {}, today)
    gist = [one for one in changes if not one.same]
    return {
        "changes": changes,
        "gist": gist[:GIST],
        "gist_more": len(gist[GIST:]),
        "measures": [
            _measure(lexicon.words, name, effects[name], before)
            for name in subjects(document)
            if name in effects
        ],
        "read": facts.facts,
        "figures": figures,
        "oldest": min(
            (one for one in figures if one["date"]), key=lambda one: str(one["date"]), default=None
        ),
    }


def _changes(lexicon: Lexicon, offer: Mapping[str, Any], today: Mapping[str, Any]) -> list[Change]:
    return [
        Change(
            lexicon.words.label(issue),
            lexicon.words.value(issue, today[issue]) if issue in today else None,
            lexicon.words.value(issue, option),
        )
        for issue, option in in_order(lexicon, offer)
    ]


def _measure(
    words: Words, name: str, effect: Mapping[str, Any], today: Mapping[str, Any]
) -> Change:
    after, unit = effect["value"], effect["unit"]
    if not today:
        return Change(effect["label"], None, words.value(name, after, unit))
    return Change(effect["label"], *words.change(name, today[name], after, unit))


def _gave_up(ends: Sequence[SeatEnd], said: QuerySet[Message]) -> list[GaveUp]:
    offers = said.filter(act__in=OFFERS)
    asked = own_surplus(offers.values_list("seq", "sender", "body__private__surplus"))
    firsts = {name: points[0][1] for name, points in asked.items() if points}
    return [GaveUp(end, firsts.get(end.face.name)) for end in ends]


def _objection(
    words: Words, ends: Sequence[SeatEnd], said: QuerySet[Message]
) -> dict[str, Any] | None:
    """The largest loss that the worst-off seat named, where it named one."""
    if not ends:
        return None
    worst = min(ends, key=lambda end: end.surplus)
    losses = [
        (reason["gain"], seq, reason)
        for seq, reasons in said.filter(sender=worst.face.name).values_list("seq", "body__reasons")
        for reason in reasons or ()
        if reason["gain"] < 0
    ]
    if not losses:
        return {"end": worst, "reason": None}
    _, seq, reason = min(losses, key=lambda loss: loss[:2])
    return {"end": worst, "seq": seq, "reason": shown_reason(words, reason)}
