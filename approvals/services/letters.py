"""What a message to one person says, whatever carries it.

Its links open a page behind the login and decide nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from approvals.models import Event
from negotiation.models import Decision, Negotiation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.contrib.auth.models import User

    from approvals.models import Notification

# A message has as many lines at most; the page has them all.
LONGEST = 50
WAITING = {Event.PARKED, Event.REMINDER, Event.ESCALATED, Event.ASKED}


@dataclass(frozen=True, kw_only=True)
class Letter:
    """`key` is the same in every attempt to send it."""

    user: User
    key: str
    told: Sequence[Notification]

    @property
    def shown(self) -> Sequence[Notification]:
        return self.told[:LONGEST]

    @property
    def heading(self) -> str:
        if len(self.told) == 1:
            return f"Parley: {self.told[0].text}"
        waiting = sum(is_open(one) for one in self.told)
        wait = f", {waiting} of them about what waits for approval" if waiting else ""
        return f"Parley: {len(self.told)} notifications{wait}"

    @property
    def rest(self) -> str:
        """Says how many are left out."""
        left = len(self.told) - len(self.shown)
        return f"And {left} more: {address_of('notifications')}" if left else ""


def line(notification: Notification) -> str:
    """Its text, and what has become of it since where somebody was quicker."""
    if notification.event not in WAITING or is_open(notification):
        return notification.text
    if notification.decision is None:
        return f"{notification.text} Somebody has chosen by now."
    state = notification.decision.get_status_display().lower()
    return f"{notification.text} It is {state} by now."


def is_open(notification: Notification) -> bool:
    if notification.negotiation_id is not None:
        return Negotiation.objects.asking().filter(pk=notification.negotiation_id).exists()
    if notification.decision is None:
        return False
    parked = notification.decision.status == Decision.Status.PARKED
    return notification.event in WAITING and parked


def page_of(notification: Notification) -> str:
    if notification.decision is None:
        return address_of("approval-choose", notification.negotiation_id or 0)
    return address_of("approval", notification.decision.pk)


def address_of(name: str, *args: int) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name, args=args)}"
