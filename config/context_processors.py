"""What every page needs: where one is, who one is, and how much is waiting.

Counting what waits costs one query, whatever a page shows of it; the banner's row is read only
where there is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import IntegerField, Subquery, Value
from django.utils.functional import SimpleLazyObject

from approvals.models import Notification
from approvals.parts.asking import waiting_for_a_choice
from config import navigation
from negotiation import roles
from negotiation.models import Decision, PolicyChange, Stop
from negotiation.services import preferences
from negotiation.services.demo import ACCOUNTS, password_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet
    from django.http import HttpRequest

THEMES = {"light", "dark"}


class Number(Subquery):
    """How many rows a query has, as a part of another."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


class Waiting(NamedTuple):
    """What waits for a person, and how many stops over everything they are told of."""

    unseen: int = 0
    decisions: int = 0
    choices: int = 0
    policy_changes: int = 0
    stops: int = 0
    # What was told last, for those whom their browser tells.
    newest: int | None = None
    told: str | None = None


def shell(request: HttpRequest) -> dict[str, Any]:
    theme = request.COOKIES.get("theme", "")
    found: Any = SimpleLazyObject(lambda: waiting(request.user))
    return {
        # Pages before the login, and those that say what went wrong, ask nobody.
        "cookie_theme": theme if theme in THEMES else "",
        "preferred": SimpleLazyObject(lambda: preferences.of(request.user)),
        "demo_accounts": SimpleLazyObject(_demo_accounts),
        "nav": SimpleLazyObject(lambda: _nav(request, found)),
        "queue_count": SimpleLazyObject(lambda: found.decisions + found.choices),
        "unseen": SimpleLazyObject(lambda: found.unseen),
        "newest_told": SimpleLazyObject(lambda: found),
        "my_roles": SimpleLazyObject(lambda: sorted(role.value for role in _roles(request))),
        "may_operate": SimpleLazyObject(lambda: roles.may_operate(request.user)),
        "may_stop": SimpleLazyObject(lambda: roles.may_stop(request.user)),
        "may_lift": SimpleLazyObject(lambda: roles.may_lift(request.user)),
        "global_stop": SimpleLazyObject(lambda: global_stop(request) if found.stops else None),
        "may_review": SimpleLazyObject(lambda: roles.may_review(request.user)),
        "may_edit_rules": SimpleLazyObject(lambda: roles.may_edit_rules(request.user)),
    }


def _demo_accounts() -> list[tuple[str, str, str]]:
    """Name, password, and what the account is for."""
    return [(name, password_of(name), does) for name, _, does in ACCOUNTS] if settings.DEMO else []


def waiting(user: User | AnonymousUser) -> Waiting:
    """Approvals are counted for those who may approve, policy changes for those who ratify."""
    if not roles.may_watch(user):
        return Waiting()
    parked = Decision.objects.visible_to(user).parked()
    unseen = Notification.objects.visible_to(user).unseen()
    counts: dict[str, Any] = {
        "unseen": _number(unseen),
        "decisions": _number(parked if roles.may_review(user) else parked.none()),
        "choices": _number(waiting_for_a_choice(user)),
        "policy_changes": _number(PolicyChange.objects.visible_to(user).parked()),
        "stops": _number(Stop.objects.visible_to(user).live().over_everything()),
        "newest": Subquery(unseen.values("pk")[:1]),
        "told": Subquery(unseen.values("text")[:1]),
    }
    me = User.objects.filter(pk=user.pk or 0).annotate(**counts)
    return Waiting(*me.values_list(*Waiting._fields).get())


def _number(rows: QuerySet[Any]) -> Any:
    return Number(rows.order_by().values("pk")) if not rows.query.is_empty() else Value(0)


def global_stop(request: HttpRequest) -> Stop | None:
    """The live stop over everything, for the banner of every page."""
    seen = Stop.objects.visible_to(request.user).live().over_everything()
    return seen.select_related("by").first()


def _roles(request: HttpRequest) -> frozenset[roles.Role]:
    return roles.roles_of(request.user)


def _nav(request: HttpRequest, found: Waiting) -> list[tuple[str, list[navigation.NavItem]]]:
    numbers = {"approvals": found.decisions + found.choices, "policy-changes": found.policy_changes}
    return list(navigation.groups(request, numbers))
