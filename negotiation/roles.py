"""Who may do what. Roles are Django groups; every page, socket and action asks here."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

    Person = User | AnonymousUser


class Role(StrEnum):
    """The names of the groups."""

    OPERATOR = "operator"
    MANAGER = "manager"
    ADMIN = "admin"


def roles_of(user: Person) -> frozenset[Role]:
    """The roles of an active user; read once per user object, so once per request."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    if user.is_superuser:
        return frozenset(Role)
    known: frozenset[Role] | None = getattr(user, "_parley_roles", None)
    if known is None:
        names = set(user.groups.values_list("name", flat=True))
        known = frozenset(role for role in Role if role.value in names)
        user._parley_roles = known  # type: ignore[attr-defined]
    return known


def may_watch(user: Person) -> bool:
    """See negotiations and their transcripts."""
    return bool(roles_of(user))


def may_operate(user: Person) -> bool:
    """Start, pause, resume and stop negotiations."""
    return bool(roles_of(user) & {Role.OPERATOR, Role.ADMIN})


def may_review(user: Person) -> bool:
    """Approve and reject what is parked."""
    return Role.MANAGER in roles_of(user)


def may_edit_rules(user: Person) -> bool:
    """Save new versions of objectives, constraints and risk tolerance."""
    return Role.ADMIN in roles_of(user)


def may_export(user: Person) -> bool:
    """Take the evidence of a decision out of the house."""
    return bool(roles_of(user) & {Role.MANAGER, Role.ADMIN})


def may_report(user: Person) -> bool:
    """Say what really happened after an execution."""
    return bool(roles_of(user) & {Role.OPERATOR, Role.MANAGER, Role.ADMIN})
