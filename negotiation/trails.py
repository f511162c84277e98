"""The audit trail as people read it: filtered, and each row with what shows that it is sound."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.apps import apps
from django.conf import settings
from django.urls import reverse

from negotiation.converters import LARGEST_ID
from negotiation.models import AuditEntry
from negotiation.models.audit import GENESIS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime


BRIEF = 40


class Kind(NamedTuple):
    """What rows are about, by the first word of their action."""

    word: str
    icon: str


KINDS = {
    "account": Kind("Account", "user"),
    "alarm": Kind("Alarm", "bell-alert"),
    "decision": Kind("Decision", "hand-raised"),
    "delegation": Kind("Delegation", "arrow-right-end-on-rectangle"),
    "execution": Kind("Execution", "bolt"),
    "glass": Kind("Glass", "fire"),
    "grant": Kind("Permission", "ticket"),
    "mandate": Kind("Mandate", "identification"),
    "negotiation": Kind("Negotiation", "chat-bubble-left-right"),
    "notifications": Kind("Notifications", "bell"),
    "policy": Kind("Policy", "scale"),
    "question": Kind("Question", "question-mark-circle"),
    "role": Kind("Role", "key"),
    "scenario": Kind("Scenario", "document-text"),
    "stop": Kind("Stop", "stop-circle"),
    "trust": Kind("Trust", "chart-bar"),
    "verdict": Kind("Verdict", "scale"),
}
OTHER_ICON = "ellipsis-horizontal-circle"
# Where the words of an action do not read as what was done.
DONE = {"negotiation.no_agreement": "Negotiation ended without agreement"}


class Moment(forms.DateTimeField):
    """A moment that there is in every time zone: the calendar's first and last years have none."""

    def validate(self, value: datetime | None) -> None:
        super().validate(value)
        if value is not None and not MINYEAR < value.year < MAXYEAR:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")


class TrailFilter(forms.Form):
    """What one looks for; everything that is given must hold. `before` is where a page ended."""

    kind = forms.ChoiceField(
        required=False, choices=[("", "everything"), *((k, v.word) for k, v in KINDS.items())]
    )
    actor = forms.CharField(required=False, max_length=150)
    subject = forms.CharField(required=False, max_length=40)
    number = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    since = Moment(required=False)
    until = Moment(required=False)
    before = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)


LOOKUPS = {
    "kind": "action__startswith",
    "actor": "actor",
    "subject": "subject",
    "number": "subject_id",
    "since": "at__gte",
    "until": "at__lt",
    "before": "number__lt",
}


@dataclass(frozen=True, slots=True)
class Detail:
    name: str
    value: str

    @property
    def brief(self) -> str:
        """Enough to recognise it by."""
        return self.value if len(self.value) <= BRIEF else f"{self.value[: BRIEF - 1]}…"


@dataclass(frozen=True, slots=True)
class Row:
    entry: AuditEntry
    icon: str
    # What it is about, in words: "policy change 3".
    about: str
    # The action in words: "decision.sent_back" is “Decision sent back”.
    done: str
    page: str
    details: list[Detail]
    # Why the row cannot be believed; empty for a sound one.
    fault: str


def rows_of(entries: Sequence[AuditEntry]) -> list[Row]:
    """As they are shown; one query for the rows before them."""
    before = dict(
        AuditEntry.objects.filter(number__in=[entry.number - 1 for entry in entries]).values_list(
            "number", "hash"
        )
    )
    return [_row(entry, before) for entry in entries]


def _row(entry: AuditEntry, before: dict[int, str]) -> Row:
    name, _, done = entry.action.partition(".")
    kind = KINDS.get(name, Kind(name.capitalize(), OTHER_ICON))
    return Row(
        entry=entry,
        icon=kind.icon,
        about=f"{_names().get(entry.subject, entry.subject)} {entry.subject_id}",
        done=DONE.get(entry.action, f"{kind.word} {done}".replace("_", " ").strip()),
        page=page_of(entry),
        details=list(_details(entry.details)),
        fault=_fault(entry, before.get(entry.number - 1, GENESIS if entry.number == 1 else "")),
    )


@cache
def _names() -> dict[str, str]:
    """What each kind of subject is called."""
    return {
        model._meta.model_name or "": str(model._meta.verbose_name) for model in apps.get_models()
    }


def _fault(entry: AuditEntry, previous: str) -> str:
    try:
        told = entry.hash_after(entry.previous_hash)
    except (ValueError, TypeError, AttributeError):
        told = ""
    if told != entry.hash:
        return "What this row says does not give the hash that it carries."
    if entry.previous_hash != previous:
        return "The row before it is missing, or is not the one it was written after."
    return ""


def page_of(entry: AuditEntry) -> str:
    """Where what the row is about is shown; nothing where it has no page."""
    names = {
        "negotiation": "negotiation",
        "decision": settings.DECISION_PAGE,
        "policychange": "policy-change",
    }
    name = names.get(entry.subject)
    return reverse(name, args=[entry.subject_id]) if name else ""


def _details(details: Any) -> Iterator[Detail]:
    if not isinstance(details, dict):
        yield Detail("", plain(details))
        return
    for name, value in details.items():
        yield Detail(name.replace("_", " "), plain(value))


def plain(value: Any) -> str:
    """A detail as text: JSON where it is more than a word or a number."""
    match value:
        case str():
            return value
        case bool() | None:
            return {True: "yes", False: "no", None: "none"}[value]
        case float():
            return f"{value:.4g}"
    return json.dumps(value, ensure_ascii=False)


def columns(entry: AuditEntry) -> list[str | int]:
    """Of an export: everything that is hashed, and the hashes."""
    return [
        entry.number,
        entry.at.isoformat(),
        entry.actor,
        entry.action,
        entry.subject,
        entry.subject_id,
        json.dumps(entry.details, ensure_ascii=False),
        entry.previous_hash,
        entry.hash,
    ]


HEADINGS = (
    "number",
    "at",
    "actor",
    "action",
    "subject",
    "subject_id",
    "details",
    "previous_hash",
    "hash",
)
