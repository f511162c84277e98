"""The views of the floor that a person has named and keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from negotiation.models import SavedView

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

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
    if SavedView.objects.visible_to(owner).count() >= MOST:
        raise TooMany(TooMany.__doc__)
    try:
        with transaction.atomic():
            return SavedView.objects.create(owner=owner, name=name, query=query, saved_at=now)
    except IntegrityError as error:
        if not SavedView.objects.visible_to(owner).filter(name=name).exists():
            raise
        raise NameTaken(NameTaken.__doc__) from error


def delete(*, owner: User, view_id: int) -> bool:
    """Whether there was such a view of this person's."""
    deleted, _ = SavedView.objects.visible_to(owner).filter(pk=view_id).delete()
    return deleted == 1
