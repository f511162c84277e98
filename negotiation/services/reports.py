"""What really happened after an execution: said by people, and by the systems it was sent to.

A later report replaces the present one, which stays in the history. The judge counts the present
ones (`services/precedents`).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.db import transaction
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from negotiation import broadcast
from negotiation.models import Execution, Report, TrustEntry
from negotiation.roles import may_report
from negotiation.scenarios.texts import refused_character
from negotiation.services import audits, measurements, settlements

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django.contrib.auth.models import User

LARGEST_BODY = 16 * 1024
LONGEST_NOTE = 800
_FIELDS = frozenset({"execution", "outcome", "note", "measured"})


class NotAllowed(Exception):
    """Only operators, managers and admins report what happened."""


class BadReport(Exception):
    """What was sent is no report; the sentence says what is wrong with it."""


class NotSigned(Exception):
    """The report is not signed with the secret of the execution's target, or it is too old."""


class NotReportable(Exception):
    """Nothing can be reported about this execution as it stands."""


class _Said(NamedTuple):
    outcome: Report.Outcome
    note: str
    measured: list[dict[str, Any]]


def record(
    *,
    execution: Execution,
    by: User,
    outcome: Report.Outcome,
    note: str,
    now: datetime,
    measured: Sequence[Mapping[str, Any]] = (),
) -> Report:
    """A person's report; it becomes the present one. `measured` as in `measurements`."""
    if not may_report(by):
        raise NotAllowed(NotAllowed.__doc__)
    if len(note) > LONGEST_NOTE:
        raise BadReport(f"Keep the note under {LONGEST_NOTE} characters.")
    said = _Said(outcome, note, _measured(execution, measured))
    return _put(execution.pk, said, now, by=by)


def receive(
    *, execution: Execution, headers: Mapping[str, str], body: bytes, now: datetime
) -> Report:
    """The report of the system that the package was sent to, signed as our webhooks are.

    The same webhook id again gives the report that it made, whatever was reported since.
    """
    if len(body) > LARGEST_BODY:
        raise BadReport(f"A report has at most {LARGEST_BODY:,} bytes.")
    lowered = {name.lower(): value for name, value in headers.items()}
    _verify(execution, lowered, body)
    call = lowered["webhook-id"]
    if not call.isprintable() or not 1 <= len(call) <= 100:
        raise BadReport("A webhook-id has 1 to 100 printable characters.")
    return _put(execution.pk, _read(body, execution), now, call=call)


@transaction.atomic
def _put(
    execution_id: int, said: _Said, now: datetime, *, by: User | None = None, call: str = ""
) -> Report:
    # Two reports at once: one waits here for the other.
    execution = (
        Execution.objects.select_for_update(of=("self",))
        .select_related("decision__negotiation__version")
        .get(pk=execution_id)
    )
    again = execution.reports.filter(call=call).first() if call else None
    if again is not None:
        if (again.outcome, again.note, again.measured) != said:
            raise BadReport("This webhook-id came with another report before; take a new one.")
        return again
    _check(execution, said)
    execution.reports.filter(replaced_at=None).update(replaced_at=now)
    report = Report.objects.create(
        execution=execution,
        outcome=said.outcome,
        note=said.note,
        measured=said.measured,
        person=by,
        target="" if by else execution.target,
        call=call,
        reported_at=now,
    )
    entries = TrustEntry.objects.bulk_create(settlements.settled(execution.decision, report))
    known: dict[str, Any] = {"measured": said.measured} if said.measured else {}
    audits.record(
        "execution.reported",
        execution,
        now=now,
        by=by,
        outcome=said.outcome.value,
        note=said.note,
        reporter=report.reporter,
        **known,
    )
    if entries:
        audits.record("trust.settled", report, now=now, by=by, entries=settlements.told(entries))
    broadcast.queue_changed()
    broadcast.transcript_changed(negotiation_id=execution.decision.negotiation_id)
    return report


def _check(execution: Execution, said: _Said) -> None:
    if execution.status == Execution.Status.PENDING:
        raise NotReportable("It is still being carried out; report when it has ended.")
    if execution.status == Execution.Status.FAILED and said.outcome not in Report.BAD:
        raise NotReportable("It failed, so it did not go well: report a rollback or an incident.")


def _measured(execution: Execution, stated: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    try:
        version = execution.decision.negotiation.version
        return measurements.checked(stated, measurements.measurable(version))
    except measurements.BadFigure as refusal:
        raise BadReport(str(refusal)) from refusal


def _verify(execution: Execution, headers: Mapping[str, str], body: bytes) -> None:
    target = settings.WEBHOOK_TARGETS.get(execution.target)
    if target is None:
        raise NotSigned("It was sent to no target that has a secret here.")
    try:
        Webhook(target["secret"]).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError) as error:
        raise NotSigned(NotSigned.__doc__) from error


def _read(body: bytes, execution: Execution) -> _Said:
    found = _json(body)
    if unknown := sorted(found.keys() - _FIELDS):
        raise BadReport(f"There is no field {ascii(unknown[0])[:60]} in a report.")
    if found.get("execution") != execution.idempotency_key:
        # A signature does not cover the address: this keeps it from being sent to another one.
        raise BadReport("`execution` is the idempotency key that is in the address.")
    outcome, note = found.get("outcome"), found.get("note", "")
    if outcome not in Report.Outcome.values:
        raise BadReport(f"`outcome` is one of {', '.join(Report.Outcome.values)}.")
    if not isinstance(note, str) or len(note) > LONGEST_NOTE:
        raise BadReport(f"`note` is a text of at most {LONGEST_NOTE} characters.")
    if (char := refused_character(note, newlines=True)) is not None:
        raise BadReport(f"The character {char} cannot be kept in a note.")
    return _Said(Report.Outcome(outcome), note, _measured(execution, found.get("measured", [])))


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body.decode(), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadReport("The body is no JSON, or a field is in it twice.") from error
    if not isinstance(found, dict):
        raise BadReport("A report is a JSON object.")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field twice")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")
