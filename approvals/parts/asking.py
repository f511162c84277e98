"""What the queue says of tables that ended without an agreement and ask a person to choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from negotiation.models import Negotiation
from negotiation.roles import may_review

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User
    from django.db.models import QuerySet

SHOWN = 20


class Asking(NamedTuple):
    """The newest `tables`, of `total` in all."""

    tables: list[Negotiation]
    total: int


def waiting_for_a_choice(user: User | AnonymousUser) -> QuerySet[Negotiation]:
    """Those that `user` may choose for, the newest first."""
    tables = Negotiation.objects.visible_to(user).asking()
    return tables.order_by("-finished_at", "-id") if may_review(user) else tables.none()


def asking(user: User) -> Asking:
    """For `approvals/_asking.html`."""
    waiting = waiting_for_a_choice(user)
    tables = list(
        waiting.select_related("version__scenario").defer("version__document", "summary")[
            : SHOWN + 1
        ]
    )
    total = len(tables) if len(tables) <= SHOWN else waiting.count()
    return Asking(tables[:SHOWN], total)
