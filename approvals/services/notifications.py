"""Reads what is new in the audit trail and tells people of it, once.

Notifications, what waits to be sent, and the cursor are one transaction under the cursor's lock: a
worker that dies leaves nothing behind, and the next one begins where the last commit ended. No
service needs a hook for it, and nothing that one commits is missed.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from approvals.models import Channel, Notification, NotificationCursor, Posting
from approvals.services import preferences
from approvals.services.recipients import Audience
from approvals.services.wordings import asked_by, told_by
from negotiation import broadcast
from negotiation.models import AuditEntry, AuditHead, Decision, Execution, Negotiation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from django.contrib.auth.models import User

    from approvals.services.wordings import Told

log = logging.getLogger("parley.notifications")

# Rows of the trail in one transaction.
BATCH = 200


def tell(*, now: datetime) -> int:
    """One batch; how many rows of the audit trail it has read, 0 at the end of the trail."""
    with transaction.atomic():
        NotificationCursor.objects.get_or_create(pk=1)
        cursor = NotificationCursor.objects.select_for_update().get(pk=1)
        entries = list(
            AuditEntry.objects.filter(number__gt=cursor.number)
            .defer("previous_hash", "hash")
            .order_by("number")[:BATCH]
        )
        if not entries:
            return 0
        rows = list(_wanted(_notifications(entries, now)))
        Notification.objects.bulk_create(row for row, _ in rows)
        Posting.objects.bulk_create(
            Posting(notification=row, channel=channel)
            for row, channels in rows
            for channel in channels
        )
        NotificationCursor.objects.filter(pk=1).update(number=entries[-1].number)
        if rows:
            broadcast.notifications_changed()
    return len(entries)


def behind() -> int:
    """How many rows of the audit trail nobody has been told of yet."""
    head = AuditHead.objects.aggregate(number=Max("number"))["number"] or 0
    cursor = NotificationCursor.objects.aggregate(number=Max("number"))["number"] or 0
    return max(0, head - cursor)


def mark_seen(*, user: User, upto: int, only: int | None = None, now: datetime) -> int:
    """How many were unseen until now: those up to the newest that the person was shown, or one.

    It changes nothing but what the bell counts, so the audit trail has no row of it.
    """
    shown = Notification.objects.visible_to(user).unseen().filter(pk__lte=upto)
    chosen = shown if only is None else shown.filter(pk=only)
    changed = chosen.update(seen_at=now)
    if changed:
        broadcast.notifications_changed()
    return changed


def looked_at_choice(*, user: User, negotiation: Negotiation, now: datetime) -> None:
    """Whoever opens the page to choose has seen that they are asked."""
    about = Notification.objects.visible_to(user).unseen().filter(negotiation=negotiation)
    if about.update(seen_at=now):
        broadcast.notifications_changed()


def looked_at(*, user: User, decision: Decision, now: datetime) -> None:
    """Whoever opens a card has seen what they were told of it."""
    about = Notification.objects.visible_to(user).unseen().filter(decision=decision)
    if about.update(seen_at=now):
        broadcast.notifications_changed()


def _notifications(entries: Sequence[AuditEntry], now: datetime) -> Iterator[Notification]:
    """For each row of the trail one for each person it concerns, whoever did it left out."""
    decisions, asking, audience = _decisions(entries), _asking(entries), Audience(now)
    for entry in entries:
        decision, negotiation = decisions.get(entry.pk), asking.get(entry.pk)
        try:
            if decision is not None:
                yield from _told(entry, decision, audience)
            elif negotiation is not None:
                yield from _asked(entry, negotiation, audience)
        except Exception:
            # The edge of the worker: what cannot be told must not keep back what follows it.
            log.exception("Row %s of the audit trail cannot be told.", entry.number)


def _told(entry: AuditEntry, decision: Decision, audience: Audience) -> list[Notification]:
    people: dict[int, tuple[User, Told]] = {}
    for told in told_by(entry, decision):
        for user in audience.recipients(decision, told.event):
            people.setdefault(user.pk, (user, told))
    return [
        Notification(
            user=user,
            event=told.event,
            decision=decision,
            audit_seq=entry.number,
            text=told.text,
            package_hash=decision.package_hash,
            created_at=entry.at,
        )
        for pk, (user, told) in people.items()
        if pk != entry.user_id
    ]


def _asked(entry: AuditEntry, negotiation: Negotiation, audience: Audience) -> list[Notification]:
    told = asked_by(negotiation)
    return [
        Notification(
            user=user,
            event=told.event,
            negotiation=negotiation,
            audit_seq=entry.number,
            text=told.text,
            created_at=entry.at,
        )
        for user in audience.reviewers
    ]


def _asking(entries: Sequence[AuditEntry]) -> Mapping[int, Negotiation]:
    """The tables that ended in these rows and still ask a person."""
    ended = {
        entry.pk: entry.subject_id
        for entry in entries
        if entry.subject == "negotiation" and entry.action == "negotiation.no_agreement"
    }
    found = Negotiation.objects.asking().in_bulk(set(ended.values())) if ended else {}
    return {entry: found[pk] for entry, pk in ended.items() if pk in found}


def _decisions(entries: Sequence[AuditEntry]) -> Mapping[int, Decision]:
    """What each row of the trail is about, where that is a decision or its execution."""
    executed = {entry.subject_id for entry in entries if entry.subject == "execution"}
    of_execution = dict(Execution.objects.filter(pk__in=executed).values_list("pk", "decision_id"))
    ids = {
        entry.pk: entry.subject_id
        if entry.subject == "decision"
        else of_execution.get(entry.subject_id)
        for entry in entries
        if entry.subject in {"decision", "execution"}
    }
    found = Decision.objects.select_related("negotiation__version__scenario").in_bulk(
        {pk for pk in ids.values() if pk is not None}
    )
    return {entry: found[pk] for entry, pk in ids.items() if pk in found}


def _wanted(rows: Iterable[Notification]) -> Iterator[tuple[Notification, list[Channel]]]:
    """With the channels out of the house; what nobody wants by any channel is left out."""
    all_rows = list(rows)
    people = {row.user_id: row.user for row in all_rows}
    wishes, addressed = preferences.wishes(people), preferences.with_webhooks(people)
    for row in all_rows:
        reached = {
            Channel.MAIL: bool(row.user.email),
            Channel.WEBHOOK: row.user_id in addressed,
        }
        wanted = {channel for event, channel in wishes[row.user_id] if event == row.event}
        row.on_page = Channel.PAGE in wanted
        outward = [channel for channel, can in reached.items() if can and channel in wanted]
        if row.on_page or outward:
            yield row, outward
