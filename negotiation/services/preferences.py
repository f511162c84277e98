"""What a person has chosen for themselves: theme, time zone, keys. Nobody else sees it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ObjectDoesNotExist

from negotiation.models import Preferences

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

UTC = ZoneInfo("UTC")
# Names for machines and of old, which nobody looks for.
_NOT_PLACES = ("Etc/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")


class UnknownZone(ValueError):
    """A name that is not in the IANA database."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"“{name[:64]}” is no time zone that is known here. Choose one of the list, like"
            " Europe/Berlin."
        )


@cache
def zones() -> frozenset[str]:
    """Every name that is accepted."""
    return frozenset(available_timezones())


@cache
def places() -> dict[str, list[str]]:
    """The names that are offered, by continent."""
    found: dict[str, list[str]] = {}
    for name in sorted(zones()):
        continent, slash, _ = name.partition("/")
        if slash and not name.startswith(_NOT_PLACES):
            found.setdefault(continent, []).append(name)
    return found


def of(user: User | AnonymousUser) -> Preferences:
    """Costs no query where the person was found by their session (config/backends.py)."""
    if not user.is_authenticated:
        return Preferences()
    try:
        return user.preferences
    except ObjectDoesNotExist:
        return Preferences(user=user)


def zone_of(user: User | AnonymousUser, *, told: str) -> ZoneInfo:
    """Chosen, else as the browser has told, else UTC."""
    for name in (of(user).time_zone, told):
        if name in zones():
            return ZoneInfo(name)
    return UTC


def save(*, user: User, theme: str, time_zone: str, single_keys: bool) -> None:
    """Raises UnknownZone."""
    if time_zone and time_zone not in zones():
        raise UnknownZone(time_zone)
    chosen = {"theme": theme, "time_zone": time_zone, "single_keys": single_keys}
    Preferences.objects.update_or_create(user=user, defaults=chosen)


def choose_theme(*, user: User, theme: str) -> None:
    Preferences.objects.update_or_create(user=user, defaults={"theme": theme})
