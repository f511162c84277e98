"""What every page needs: where one is, who one is, and how much is waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from approvals.models import Notification
from negotiation import roles
from negotiation.models import Decision, PolicyChange, Stop
from negotiation.services.demo import ACCOUNTS, password_of

if TYPE_CHECKING:
    from django.http import HttpRequest

THEMES = {"light", "dark"}
POLICY_CHANGES = "Policy changes"


class NavItem(NamedTuple):
    url: str
    label: str
    icon: str
    # Pressed after "g".
    key: str
    current: bool
    waiting: bool = False
    # Where this is another number than that of the approvals.
    number: int = 0


def shell(request: HttpRequest) -> dict[str, Any]:
    theme = request.COOKIES.get("theme", "")
    return {
        "theme": theme if theme in THEMES else "",
        "demo_accounts": SimpleLazyObject(_demo_accounts),
        "nav": SimpleLazyObject(lambda: _nav(request)),
        "queue_count": SimpleLazyObject(lambda: waiting(request)),
        "unseen": SimpleLazyObject(lambda: unseen(request)),
        "my_roles": SimpleLazyObject(lambda: sorted(role.value for role in _roles(request))),
        "may_operate": SimpleLazyObject(lambda: roles.may_operate(request.user)),
        "may_stop": SimpleLazyObject(lambda: roles.may_stop(request.user)),
        "may_lift": SimpleLazyObject(lambda: roles.may_lift(request.user)),
        "global_stop": SimpleLazyObject(lambda: global_stop(request)),
        "may_review": SimpleLazyObject(lambda: roles.may_review(request.user)),
        "may_edit_rules": SimpleLazyObject(lambda: roles.may_edit_rules(request.user)),
    }


def _demo_accounts() -> list[tuple[str, str, str]]:
    """Name, password, and what the account is for."""
    return [(name, password_of(name), does) for name, _, does in ACCOUNTS] if settings.DEMO else []


def waiting(request: HttpRequest) -> int:
    return Decision.objects.visible_to(request.user).parked().count()


def global_stop(request: HttpRequest) -> Stop | None:
    """The live stop over everything, for the banner of every page."""
    seen = Stop.objects.visible_to(request.user).live().over_everything()
    return seen.select_related("by").first()


def unseen(request: HttpRequest) -> int:
    return Notification.objects.visible_to(request.user).unseen().count()


def _roles(request: HttpRequest) -> frozenset[roles.Role]:
    return roles.roles_of(request.user)


def _nav(request: HttpRequest) -> list[NavItem]:
    here = request.path
    floor = reverse("floor")
    places = [
        (floor, "Floor", "squares-2x2", "f"),
        (reverse("approvals"), "Approvals", "hand-raised", "a"),
        (reverse("stops"), "Stops", "stop-circle", "t"),
        (reverse("scenarios"), "Scenarios", "document-text", "s"),
        (reverse("receiver"), "Receiver", "inbox-arrow-down", "r"),
    ]
    parked = 0
    if roles.may_edit_rules(request.user):
        places.append((reverse("policy-changes"), POLICY_CHANGES, "scale", "p"))
        parked = PolicyChange.objects.visible_to(request.user).parked().count()
    return [
        NavItem(
            url=url,
            label=label,
            icon=icon,
            key=key,
            current=_is_here(here, url, floor),
            waiting=label == "Approvals",
            number=parked if label == POLICY_CHANGES else 0,
        )
        for url, label, icon, key in places
    ]


def _is_here(here: str, url: str, floor: str) -> bool:
    if url == floor:
        return here == floor or here.startswith(f"{floor}negotiations/")
    return here.startswith(url)
