"""Who may do what. Roles are Django groups; every page, socket and action asks here."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeAlias

    from django.contrib.auth.models import AnonymousUser, User

    Person: TypeAlias = User | AnonymousUser


class Role(StrEnum):
    """The names of the groups. A senior is a manager whose word the highest tier needs; a service
    is a program with an account, which never decides for people."""

    OPERATOR = "operator"
    MANAGER = "manager"
    SENIOR = "senior"
    ADMIN = "admin"
    SERVICE = "service"


def roles_of(user: Person) -> frozenset[Role]:
    """The roles of an active user; read once per user object, so once per request."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    if user.is_superuser:
        return frozenset(Role) - {Role.SERVICE}
    known: frozenset[Role] | None = getattr(user, "_parley_roles", None)
    if known is None:
        names = {group.name for group in user.groups.all()}
        known = frozenset(role for role in Role if role.value in names)
        user._parley_roles = known  # type: ignore[attr-defined]
    return known


def may_watch(user: Person) -> bool:
    """See negotiations and their transcripts."""
    return bool(roles_of(user))


def may_operate(user: Person) -> bool:
    """Start, pause, resume and end negotiations."""
    return bool(roles_of(user) & {Role.OPERATOR, Role.ADMIN})


def may_stop(user: Person) -> bool:
    """Put the stop switch on: whoever works here, because stopping is never wrong for long."""
    return bool(roles_of(user) & {Role.OPERATOR, Role.MANAGER, Role.SENIOR, Role.ADMIN})


def may_lift(user: Person) -> bool:
    """Lift a stop."""
    return bool(roles_of(user) & {Role.MANAGER, Role.SENIOR, Role.ADMIN})


def may_review(user: Person) -> bool:
    """Approve and reject what is parked."""
    roles = roles_of(user)
    return bool(roles & {Role.MANAGER, Role.SENIOR}) and Role.SERVICE not in roles


def is_senior(user: Person) -> bool:
    """Give the voice that the highest tier needs."""
    return may_review(user) and Role.SENIOR in roles_of(user)


def may_break_glass(user: Person) -> bool:
    """Clear alone, in an emergency, what others would have to."""
    roles = roles_of(user)
    return bool(roles & {Role.SENIOR, Role.ADMIN}) and Role.SERVICE not in roles


def may_look_back(user: Person) -> bool:
    """Say afterwards whether an emergency was one."""
    roles = roles_of(user)
    return bool(roles & {Role.MANAGER, Role.SENIOR, Role.ADMIN}) and Role.SERVICE not in roles


def may_revoke(user: Person) -> bool:
    """Take back a mandate, whoever gave it."""
    return may_review(user) or may_edit_rules(user)


def may_edit_rules(user: Person) -> bool:
    """Save new versions of objectives, constraints and risk tolerance."""
    return Role.ADMIN in roles_of(user)


def may_export(user: Person) -> bool:
    """Take the evidence of a decision out of the house."""
    return bool(roles_of(user) & {Role.MANAGER, Role.SENIOR, Role.ADMIN})


def may_audit(user: Person) -> bool:
    """Read the audit trail, which names everybody who did something, and have it verified."""
    return may_export(user)


def may_report(user: Person) -> bool:
    """Say what really happened after an execution."""
    return bool(roles_of(user) & {Role.OPERATOR, Role.MANAGER, Role.SENIOR, Role.ADMIN})
