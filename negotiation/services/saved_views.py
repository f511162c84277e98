"""The views of the floor that a person has named and keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from negotiation.models import SavedView

if TYPE_CHECKING:
    from datetime import datetime

MOST = 20


class NameTaken(Exception):
    """You have a view of that name already. Choose another, or delete that one first."""


class NothingToSave(Exception):
    """No filter is on, so there is nothing to save. Choose some, then name them."""


class TooMany(Exception):
    """You keep 20 views already. Delete one that you no longer need."""


def save(*, owner: User, name: str, query: str, now: datetime) -> SavedView:
    """`query`: the filters as `Filters.query` gives them."""
    if not query:
        raise NothingToSave(NothingToSave.__doc__)
    try:
        with transaction.atomic():
            # Of two at once one waits here, and then counts the other's.
            User.objects.select_for_update().get(pk=owner.pk)
            if SavedView.objects.visible_to(owner).count() >= MOST:
                raise TooMany(TooMany.__doc__)
            return SavedView.objects.create(owner=owner, name=name, query=query, saved_at=now)
    except IntegrityError as error:
        if not SavedView.objects.visible_to(owner).filter(name=name).exists():
            raise
        raise NameTaken(NameTaken.__doc__) from error


def delete(*, owner: User, view_id: int) -> bool:
    """Whether there was such a view of this person's."""
    deleted, _ = SavedView.objects.visible_to(owner).filter(pk=view_id).delete()
    return deleted == 1
