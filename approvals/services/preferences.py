"""What each person wants to be told, by which channel: what they chose, else the usual."""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING

import httpx
from django.conf import settings
from django.db import transaction

from approvals.models import Channel, Event, NotificationChoice, NotificationWebhook
from negotiation.services import audits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from django.contrib.auth.models import User

Wish = tuple[str, str]
"""An event and a channel."""

USUAL: frozenset[Wish] = frozenset(
    {(event, Channel.PAGE) for event in Event}
    | {
        (event, Channel.MAIL)
        for event in (Event.PARKED, Event.REMINDER, Event.ESCALATED, Event.ASKED)
    }
)
ALL: tuple[Wish, ...] = tuple((event, channel) for event in Event for channel in Channel)
SECRET_BYTES = 32


class AddressRefused(ValueError):
    """Notifications are not sent to this address; the sentence says why and what to do."""


def wishes(user_ids: Iterable[int]) -> Mapping[int, frozenset[Wish]]:
    """What each of these people wants; one query for all."""
    wanted = {user_id: set(USUAL) for user_id in user_ids}
    for choice in NotificationChoice.objects.filter(user_id__in=wanted):
        change = wanted[choice.user_id].add if choice.wanted else wanted[choice.user_id].discard
        change((choice.event, choice.channel))
    return {user_id: frozenset(wish) for user_id, wish in wanted.items()}


def with_webhooks(user_ids: Iterable[int]) -> frozenset[int]:
    """Those who have an address."""
    found = NotificationWebhook.objects.filter(user_id__in=list(user_ids))
    return frozenset(found.values_list("user_id", flat=True))


def webhook_of(user: User) -> NotificationWebhook | None:
    return NotificationWebhook.objects.filter(user=user).first()


@transaction.atomic
def save(*, user: User, wanted: frozenset[Wish], url: str, new_secret: bool, now: datetime) -> None:
    """Everything that a person chose, at once. Raises AddressRefused, and changes nothing then."""
    if url:
        check_address(url)
    before = wishes([user.pk])[user.pk]
    NotificationChoice.objects.bulk_create(
        [
            NotificationChoice(
                user=user, event=event, channel=channel, wanted=(event, channel) in wanted
            )
            for event, channel in ALL
        ],
        update_conflicts=True,
        unique_fields=["user", "event", "channel"],
        update_fields=["wanted"],
    )
    moved = _save_address(user, url, new_secret=new_secret)
    audits.record(
        "notifications.chosen",
        user,
        now=now,
        by=user,
        on=sorted(map("/".join, wanted - before)),
        off=sorted(map("/".join, before - wanted)),
        # The path of an address may be as good as a password.
        address=httpx.URL(url).host if url else None,
        address_changed=moved,
    )


def _save_address(user: User, url: str, *, new_secret: bool) -> bool:
    before = webhook_of(user)
    if not url:
        NotificationWebhook.objects.filter(user=user).delete()
        return before is not None
    secret = before.secret if before and not new_secret else fresh_secret()
    NotificationWebhook.objects.update_or_create(user=user, defaults={"url": url, "secret": secret})
    return before is None or before.url != url or new_secret


def fresh_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def check_address(url: str) -> None:
    """Only hosts that whoever runs Parley named, so that nobody else's network is probed by it.

    To which address a name leads is asked when something is sent (negotiation/addresses).
    """
    try:
        parsed = httpx.URL(url)
        host = parsed.host
    # A host in Punycode that stands for nothing is a UnicodeError of another library.
    except (httpx.InvalidURL, UnicodeError) as error:
        raise AddressRefused(f"This is not a web address: {error}") from error
    if parsed.userinfo:
        raise AddressRefused("An address carries no user name or password.")
    if parsed.scheme != "https" and not (
        parsed.scheme == "http" and settings.NOTIFY_WEBHOOK_PRIVATE
    ):
        raise AddressRefused("The address begins with https://.")
    if host not in settings.NOTIFY_WEBHOOK_HOSTS:
        allowed = ", ".join(sorted(settings.NOTIFY_WEBHOOK_HOSTS)) or "none"
        raise AddressRefused(
            f"Nothing is sent to {host or 'this host'}. Hosts that are allowed here:"
            f" {allowed}. Whoever runs Parley adds one in NOTIFY_WEBHOOK_HOSTS."
        )
