"""What the templates of a negotiation show: its state and its messages. The page and the live hub
render the same files with the same contexts, so both call these functions; the panel beside the
transcript is in `side_panels`."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from negotiation.engine.formatting import spread
from negotiation.engine.messages import Act
from negotiation.lexicon import Lexicon, lexicon_for
from negotiation.models import Decision, Message, Negotiation, Stop

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from negotiation.scenarios.words import Words


class State(NamedTuple):
    """A state is always shown as icon, word and colour together."""

    word: str
    icon: str
    tone: str


STATES = {
    "queued": State("Queued", "clock", "indigo"),
    "running": State("Running", "play", "indigo"),
    "paused": State("Paused", "pause", "slate"),
    "agreed": State("Agreed", "check-circle", "green"),
    "no_agreement": State("No agreement", "minus-circle", "slate"),
    # Without an agreement, and a person has not chosen yet.
    "asking": State("Asks a person", "user", "amber"),
    "stopped": State("Ended", "x-mark", "slate"),
    "failed": State("Failed", "exclamation-triangle", "red"),
    "parked": State("Needs approval", "hand-raised", "amber"),
    "cleared": State("Cleared", "check", "green"),
    "executing": State("Executing", "bolt", "indigo"),
    "executed": State("Executed", "check-badge", "green"),
    "rejected": State("Rejected", "x-circle", "red"),
    "expired": State("Expired", "clock", "slate"),
    "void": State("Void", "no-symbol", "slate"),
    "refused": State("Refused", "shield-exclamation", "red"),
    "sent_back": State("Sent back", "arrow-uturn-left", "violet"),
    "withdrawn": State("Withdrawn", "backspace", "slate"),
}


class Doing(NamedTuple):
    """An act as a word of the transcript."""

    word: str
    icon: str
    tone: str = "slate"


ACTS = {
    Act.PROPOSE: Doing("proposes", "document-plus"),
    Act.REVISE: Doing("revises", "pencil-square"),
    Act.ACCEPT: Doing("accepts", "check-circle", "green"),
    Act.REJECT: Doing("rejects", "x-circle", "red"),
    Act.ASK: Doing("asks", "question-mark-circle"),
    Act.INFORM: Doing("informs", "information-circle"),
    Act.EXPLAIN: Doing("explains", "light-bulb"),
    Act.CHALLENGE: Doing("challenges", "exclamation-circle", "amber"),
    Act.HOLD: Doing("holds", "pause-circle"),
    Act.WITHDRAW: Doing("withdraws", "arrow-uturn-left"),
    Act.MEDIATE: Doing("mediates", "scale"),
    Act.INTERVENE: Doing("steps in", "user", "violet"),
    Act.SYSTEM: Doing("notes", "cpu-chip"),
}


MANY_TERMS = 12

# What a stated confidence is about: the mediator speaks for all seats.
SURE = {
    False: "How sure the speaker is that this clears its own limit",
    True: "How sure the least sure seat is that this clears its limit",
}


class Term(NamedTuple):
    """One issue of an offer; `before` is what this agent's last offer had, if it differs."""

    issue: str
    option: str
    before: str | None = None
    # What says nothing without its issue: "25 %", or a place that another issue could name.
    bare: bool = False

    @property
    def spoken(self) -> str:
        """For a line of terms: "spot share 25 %", but only "on demand"."""
        if not self.bare:
            return self.option
        issue = self.issue if self.issue[1:2].isupper() else self.issue[:1].lower() + self.issue[1:]
        return f"{issue} {self.option}"


def state_of(negotiation: Negotiation, decision: Decision | None) -> str:
    """The one state that tells people most: the decision's once there is one."""
    return state_among(negotiation.status, decision.status if decision else None)


def state_among(status: str, decided: str | None) -> str:
    """The same, from the negotiation's status and the decision's; a table that a decision was sent
    back to is at it again."""
    return status if decided in {None, Decision.Status.SENT_BACK} else str(decided)


def terms(
    lexicon: Lexicon, offer: Mapping[str, Any], changed: Iterable[Mapping[str, Any]] = ()
) -> list[Term]:
    before = {step["issue"]: step["before"] for step in changed}
    return [
        Term(
            lexicon.words.label(issue),
            lexicon.words.value(issue, option),
            lexicon.words.value(issue, before[issue]) if issue in before else None,
            _is_bare(lexicon.words, issue, option),
        )
        for issue, option in in_order(lexicon, offer)
    ]


def _is_bare(words: Words, issue: str, option: object) -> bool:
    earlier = takewhile(lambda name: name != issue, words.issues)
    return not words.spelled(issue, option) or any(words.spelled(name, option) for name in earlier)


def in_order(lexicon: Lexicon, offer: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The terms as the scenario orders its issues: stored JSON keeps no order."""
    names = [*(issue for issue in lexicon.words.issues if issue in offer), *offer]
    return [(name, offer[name]) for name in dict.fromkeys(names)]


def message_context(negotiation: Negotiation, message: Message, home: str = "") -> dict[str, Any]:
    """For `negotiation/_message.html`; `home` is where the whole transcript is, if elsewhere."""
    lexicon = lexicon_for(negotiation.version)
    body = message.body
    offer = terms(lexicon, body.get("offer") or {}, body.get("changed") or ())
    brief = _brief(offer)
    return {
        "home": home,
        "message": message,
        "body": body,
        "doing": ACTS.get(Act(message.act)),
        "face": lexicon.face(message.sender),
        "recipients": [lexicon.face(name) for name in body.get("recipients") or ()],
        "terms": offer,
        "brief": brief,
        "same": [term for term in offer if term not in brief],
        "reasons": [shown_reason(lexicon.words, reason) for reason in body.get("reasons") or ()],
        "votes": [(lexicon.face(name), yes) for name, yes in (body.get("votes") or {}).items()],
        "evidence": shown_evidence(lexicon, body.get("evidence"), message.created_at.date()),
        "question": _question(lexicon, body.get("question")),
        "sure": SURE[lexicon.face(message.sender).kind == "mediator"],
        "by": _unusual(str(body.get("decided_by") or "strategy")),
    }


class Left(NamedTuple):
    """What happens by itself, when, and why then."""

    word: str
    moment: datetime
    why: str


def state_context(negotiation: Negotiation) -> dict[str, Any]:
    """For `negotiation/_state.html`."""
    lexicon = lexicon_for(negotiation.version)
    decision = Decision.objects.filter(negotiation=negotiation).first()
    rounds = max(lexicon.rounds, negotiation.round)
    held = Stop.objects.live().over(negotiation.pk, lexicon.seats.keys()).first()
    return {
        "negotiation": negotiation,
        "decision": decision,
        "state": state_of(negotiation, decision),
        "held": held,
        "rounds": rounds,
        "left": None if held else _left(negotiation, decision, rounds),
    }


def _left(negotiation: Negotiation, decision: Decision | None, rounds: int) -> Left | None:
    """The same until something happens: no clock is read, so that viewers are sent no news."""
    if decision and decision.status == Decision.Status.PARKED and decision.due_at:
        return Left("Decide", decision.due_at, "Then the decision escalates or expires.")
    if negotiation.next_at is None:
        return None
    if negotiation.status == negotiation.Status.PAUSED:
        return Left("Ends", negotiation.next_at, "Then it ends by itself, unless somebody resumes.")
    if not negotiation.pace or not 0 < negotiation.round < rounds:
        return None
    more = negotiation.head / negotiation.round * (rounds - negotiation.round)
    last = negotiation.next_at + timedelta(seconds=negotiation.pace * more)
    why = "When it would reach its last step at this pace, if nobody agrees before."
    return Left("Last step", last, why)


def _brief(offer: list[Term]) -> list[Term]:
    """What is seen at once of an offer of many issues: what changed, or how it begins."""
    if len(offer) <= MANY_TERMS:
        return offer
    changed = [term for term in offer if term.before is not None]
    return (changed or offer)[:MANY_TERMS]


def shown_reason(words: Words, reason: Mapping[str, Any]) -> dict[str, Any]:
    """What an objective gained or lost; `before` is None where there was no figure."""
    known = reason["before"] is not None
    before, after = words.change(
        reason["subject"], reason["before"], reason["after"], reason.get("unit", "")
    )
    return {
        "label": reason["label"],
        "gain": reason["gain"] >= 0,
        "before": before if known else None,
        "after": after,
        "estimated": reason.get("estimated", False),
    }


def shown_evidence(
    lexicon: Lexicon, evidence: Mapping[str, Any] | None, told_on: date | None = None
) -> dict[str, Any] | None:
    """For cards and the panel; on cards with its age on the day on which it was told."""
    if not evidence:
        return None
    unit = lexicon.words.unit(evidence["fact"])
    return {
        **evidence,
        "label": lexicon.words.label(evidence["fact"]),
        "value": spread(evidence["mean"], evidence["sd"], unit),
        "age": _age(evidence.get("observed_on") or "", told_on),
    }


def _age(observed_on: str, told_on: date | None) -> str:
    if told_on is None:
        return ""
    try:
        return aged(max((told_on - date.fromisoformat(observed_on)).days, 0))
    except ValueError:
        return ""


def aged(days: int) -> str:
    """In the largest unit that says enough."""
    if days < 60:
        return "1 day old" if days == 1 else f"{days} days old"
    return f"{days // 30} months old" if days < 730 else f"{days // 365} years old"


def _question(lexicon: Lexicon, question: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not question:
        return None
    unit = lexicon.words.unit(question["fact"])
    return {
        "label": lexicon.words.label(question["fact"]),
        "assumed": spread(question["assumed_mean"], question["assumed_sd"], unit),
    }


def _unusual(decided_by: str) -> str:
    return "" if decided_by in {"strategy", "human"} else decided_by
