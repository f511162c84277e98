"""The pages one gets to from everywhere, in groups. The navigation and the palette show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse

from negotiation import roles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from django.contrib.auth.models import AnonymousUser, User
    from django.http import HttpRequest


class Place(NamedTuple):
    """`name` of the URL; `key` is pressed after "g"; `may` says whose it is."""

    name: str
    label: str
    icon: str
    key: str
    may: Callable[[User | AnonymousUser], bool] = roles.may_watch


GROUPS: dict[str, tuple[Place, ...]] = {
    "Work": (
        Place("floor", "Floor", "squares-2x2", "f"),
        Place("approvals", "Approvals", "hand-raised", "a"),
        Place("overview", "Overview", "chart-bar", "o"),
        Place("agents", "Agents", "users", "g"),
    ),
    "Rules": (
        Place("scenarios", "Scenarios", "document-text", "s"),
        Place("policy-changes", "Policy changes", "scale", "p", roles.may_edit_rules),
    ),
    "Record": (
        Place("audit", "Audit", "clipboard-document-check", "u", roles.may_audit),
        Place("stops", "Stops", "stop-circle", "t"),
        Place("receiver", "Receiver", "inbox-arrow-down", "r"),
    ),
}


class NavItem(NamedTuple):
    place: Place
    url: str
    current: bool
    # How much waits there for this person.
    waiting: int = 0


def groups(request: HttpRequest, waiting: Mapping[str, int]) -> Iterator[tuple[str, list[NavItem]]]:
    """The navigation of this person, `waiting` by name of the URL."""
    for label, places in GROUPS.items():
        yield label, [_item(request, place, waiting) for place in places if place.may(request.user)]


def _item(request: HttpRequest, place: Place, waiting: Mapping[str, int]) -> NavItem:
    url = reverse(place.name)
    return NavItem(place, url, _is_here(request.path, url), waiting.get(place.name, 0))


def _is_here(here: str, url: str) -> bool:
    floor = reverse("floor")
    if url == floor:
        return here == floor or here.startswith(f"{floor}negotiations/")
    return here.startswith(url)
