from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from negotiation.models import SavedView
from negotiation.services import saved_views
from tests import factories

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def test_a_view_is_seen_by_its_owner_alone(operator: User, manager: User) -> None:
    view = saved_views.save(owner=operator, name="Mine", query="mine=1", now=NOW)
    assert list(SavedView.objects.visible_to(operator)) == [view]
    assert not SavedView.objects.visible_to(manager).exists()
    assert not saved_views.delete(owner=manager, view_id=view.pk)
    assert saved_views.delete(owner=operator, view_id=view.pk)
    assert not saved_views.delete(owner=operator, view_id=view.pk)


def test_a_name_is_taken_once_by_each_person(operator: User, manager: User) -> None:
    saved_views.save(owner=operator, name="Stuck", query="stuck=1", now=NOW)
    saved_views.save(owner=manager, name="Stuck", query="stuck=1", now=NOW)
    with pytest.raises(saved_views.NameTaken):
        saved_views.save(owner=operator, name="Stuck", query="mine=1", now=NOW)
    assert SavedView.objects.count() == 2


def test_nothing_is_no_view_and_twenty_are_enough(operator: User) -> None:
    with pytest.raises(saved_views.NothingToSave):
        saved_views.save(owner=operator, name="All", query="", now=NOW)
    for number in range(saved_views.MOST):
        saved_views.save(owner=operator, name=f"View {number}", query="mine=1", now=NOW)
    with pytest.raises(saved_views.TooMany):
        saved_views.save(owner=operator, name="One more", query="mine=1", now=NOW)


@pytest.mark.django_db(transaction=True)
def test_twenty_are_enough_also_when_many_are_saved_at_once(operator: User) -> None:
    def save(number: int) -> bool:
        try:
            saved_views.save(owner=operator, name=f"View {number}", query="mine=1", now=NOW)
        except saved_views.TooMany:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(save, range(2 * saved_views.MOST))) == saved_views.MOST


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"name": "Taken", "query": "mine=1"}, "view_named_once_by_each"),
        ({"name": "", "query": "mine=1"}, "view_has_a_name"),
        ({"name": "x", "query": ""}, "view_has_a_filter"),
    ],
)
def test_the_database_keeps_views_in_order(fields: dict[str, str], constraint: str) -> None:
    owner = factories.person()
    saved_views.save(owner=owner, name="Taken", query="stuck=1", now=NOW)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        SavedView.objects.create(owner=owner, saved_at=NOW, **fields)


def test_views_go_with_the_account() -> None:
    owner = factories.person()
    saved_views.save(owner=owner, name="Mine", query="mine=1", now=NOW)
    owner.delete()
    assert not SavedView.objects.exists()
