"""Notifications as plain text by mail."""

from __future__ import annotations

import smtplib
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.message import BadHeaderError

from approvals.services.letters import address_of, line, page_of
from negotiation.webhooks import NotDelivered

if TYPE_CHECKING:
    from approvals.models import Notification
    from approvals.services.letters import Letter

LONGEST_SUBJECT = 150


def send_mail(letter: Letter) -> str:
    """Who it was sent to; raises NotDelivered."""
    user = letter.user
    if not user.is_active or not user.email:
        raise NotDelivered("The account is closed or has no mail address.", permanent=True)
    # The same in every attempt: a reader's program shows one of two.
    headers = {"Message-ID": f"<{letter.key}@{_domain()}>", "Auto-Submitted": "auto-generated"}
    mail = EmailMessage(
        subject=letter.heading[:LONGEST_SUBJECT],
        body=body(letter),
        to=[user.email],
        headers=headers,
    )
    try:
        mail.send()
    except (BadHeaderError, smtplib.SMTPRecipientsRefused) as error:
        raise NotDelivered(f"It cannot be sent: {error}", permanent=True) from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotDelivered(f"The mail server did not take it: {error!r}") from error
    return f"sent to {user.email}"


def body(letter: Letter) -> str:
    parts = [_part(told) for told in letter.shown]
    footer = (
        "You decide on the page, once you are signed in; no link decides anything.\n"
        f"What you are sent: {address_of('notification-settings')}"
    )
    return "\n\n".join([*parts, *filter(None, [letter.rest]), f"-- \n{footer}\n"])


def _part(told: Notification) -> str:
    package = f"\npackage {told.package_hash[:12]}" if told.package_hash else ""
    return f"{line(told)}\n{page_of(told)}{package}"


def _domain() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "parley.invalid"
