"""What the proofs share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.db import connection

from approvals import tasks as upkeep
from negotiation.roles import Role
from tests import factories
from tests.approvals.crowds import Crowd
from tests.approvals.scenes import World


@pytest.fixture
def world() -> Iterator[World]:
    """The program's clock, broker, target and catalogue, in the hands of the test."""
    with pytest.MonkeyPatch.context() as patch:
        yield World.made(patch)


@pytest.fixture
def crowd(world: World, transactional_db: None) -> Iterator[Crowd]:
    assert connection.vendor == "postgresql"
    gathered = Crowd()
    yield gathered
    gathered.go_home()


@pytest.fixture
def anna(db: None) -> User:
    """A senior manager."""
    return factories.person(Role.MANAGER, Role.SENIOR, name="anna")


@pytest.fixture
def ben(db: None) -> User:
    """No manager."""
    return factories.person(Role.OPERATOR, name="ben")


@pytest.fixture
def carl(db: None) -> User:
    return factories.person(Role.MANAGER, name="carl")


@pytest.fixture
def reader(db: None) -> User:
    """A manager with a mail address."""
    user = factories.person(Role.MANAGER)
    User.objects.filter(pk=user.pk).update(email="reader@example.org")
    return user


@pytest.fixture
def no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deliveries are sent when the test says so."""
    monkeypatch.setattr(upkeep.deliver, "apply_async", lambda **_: None)
