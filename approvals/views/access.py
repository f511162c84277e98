"""Pages for who decides: reviewers, and who stands in for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from approvals.services.deputies import may_decide_something
from negotiation.views.access import only

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User


def _decides(user: User | AnonymousUser) -> bool:
    return user.is_authenticated and may_decide_something(user, timezone.now())


deciders = only(
    _decides, "Only managers approve and reject, and those who stand in for one of them."
)
