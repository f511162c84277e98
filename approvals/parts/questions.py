"""What the agents were asked about a decision, and what can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from approvals.models import Question
from approvals.services.questions import MOST
from negotiation.lexicon import lexicon_for
from negotiation.models import Decision

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

    from negotiation.lexicon import Face


class Asked(NamedTuple):
    question: Question
    face: Face


class Choice(NamedTuple):
    """An option that an issue could have instead."""

    value: str
    label: str


class Choices(NamedTuple):
    issue: str
    label: str
    now: str
    options: list[Choice]


def asked_context(decision: Decision) -> dict[str, Any]:
    """For `approvals/_questions.html`: `seen_questions` changes with every question and answer."""
    lexicon = lexicon_for(decision.negotiation.version)
    questions = list(decision.questions.select_related("asker"))
    asked = [Asked(question, lexicon.face(question.seat)) for question in questions]
    done = sum(1 for question in questions if question.answered_at or question.lapsed_at)
    return {"decision": decision, "asked": asked, "seen_questions": f"{len(asked)}.{done}"}


def context(decision: Decision, user: User, now: datetime) -> dict[str, Any]:  # noqa: ARG001  (a Part)
    """For the card: the questions, and the lists of the dialog while one can be asked."""
    context = asked_context(decision)
    waiting = decision.status == Decision.Status.PARKED
    still_open = sum(
        1 for one in context["asked"] if not (one.question.answered_at or one.question.lapsed_at)
    )
    if not waiting:
        return context
    document = decision.negotiation.version.document
    lexicon = lexicon_for(decision.negotiation.version)
    return context | {
        "questions_left": MOST - still_open,
        "seats": list(lexicon.seats.values()),
        "kinds": Question.Kind.choices,
        "facts": [(fact["name"], fact["label"]) for fact in document.get("facts") or ()],
        "choices": _choices(decision),
    }


def _choices(decision: Decision) -> list[Choices]:
    table = decision.negotiation.version.compiled().table
    words = lexicon_for(decision.negotiation.version).words
    return [
        Choices(
            issue.name,
            words.label(issue.name),
            words.value(issue.name, decision.agreed.get(issue.name)),
            [
                Choice(str(place), words.value(issue.name, option))
                for place, option in enumerate(issue.options)
                if option != decision.agreed.get(issue.name)
            ],
        )
        for issue in table.space.issues
    ]
