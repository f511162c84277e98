"""Writes down who was given or lost access: role, account, superuser; and tells open pages.

Django changes accounts in many places (its admin, a shell, commands), so this listens to its
models instead of being called. `made_by` says who is at it, where that is known.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group, User
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django.utils import timezone

from negotiation import broadcast
from negotiation.services import audits

if TYPE_CHECKING:
    from collections.abc import Iterator

FLAGS = ("is_active", "is_staff", "is_superuser")
_ACTIONS = {"post_add": "role.given", "post_remove": "role.taken", "pre_clear": "role.taken"}

# After these an open page may show what its reader may not see any more.
_LOSSES = {"role.taken", "account.changed", "account.removed"}

_by: ContextVar[User | None] = ContextVar("changes_access", default=None)


@contextmanager
def made_by(user: User) -> Iterator[None]:
    """Changes of access inside are this person's."""
    token = _by.set(user)
    try:
        yield
    finally:
        _by.reset(token)


def watch() -> None:
    m2m_changed.connect(_roles_changed, sender=User.groups.through)
    pre_save.connect(_remember, sender=User)
    post_save.connect(_account_saved, sender=User)
    post_delete.connect(_account_removed, sender=User)
    user_logged_out.connect(_logged_out)


def _record(action: str, user: User, **details: Any) -> None:
    audits.record(
        action, user, now=timezone.now(), by=_by.get(), username=user.get_username(), **details
    )
    if action in _LOSSES:
        broadcast.access_changed(person_id=user.pk)


def _roles_changed(
    *, instance: User | Group, action: str, pk_set: set[int] | None, **_: Any
) -> None:
    if action not in _ACTIONS:
        return
    if isinstance(instance, User):
        roles = instance.groups.all() if pk_set is None else Group.objects.filter(pk__in=pk_set)
        pairs = [(instance, role) for role in roles.order_by("name")]
    else:
        users = instance.user_set.all() if pk_set is None else User.objects.filter(pk__in=pk_set)
        pairs = [(user, instance) for user in users.order_by("pk")]
    for user, role in pairs:
        _record(_ACTIONS[action], user, role=role.name)


def _remember(*, instance: User, update_fields: frozenset[str] | None, **_: Any) -> None:
    # A note on the object, for the hook that follows the save.
    instance._access_before = None  # type: ignore[attr-defined]
    if update_fields is None or not update_fields.isdisjoint(FLAGS):
        before = User.objects.filter(pk=instance.pk).values(*FLAGS).first()
        instance._access_before = before  # type: ignore[attr-defined]


def _account_saved(*, instance: User, created: bool, **_: Any) -> None:
    now = {flag: getattr(instance, flag) for flag in FLAGS}
    before = getattr(instance, "_access_before", None)
    if created:
        _record("account.made", instance, **now)
    elif before is not None and before != now:
        changed = {flag: now[flag] for flag in FLAGS if now[flag] != before[flag]}
        _record("account.changed", instance, **changed)


def _logged_out(*, user: User | None, **_: Any) -> None:
    if user is not None:
        broadcast.access_changed(person_id=user.pk)


def _account_removed(*, instance: User, **_: Any) -> None:
    _record("account.removed", instance)
