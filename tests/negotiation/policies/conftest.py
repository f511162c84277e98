"""What the tests of the policy share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from negotiation.models import ScenarioVersion
from negotiation.roles import Role
from tests import factories


@pytest.fixture
def version(db: None) -> ScenarioVersion:
    """The shipped scenario; tests of what was decided have a bolder one of their own."""
    return factories.version()


@pytest.fixture
def other(db: None) -> User:
    """A second admin."""
    return factories.person(Role.ADMIN, name="second")


@pytest.fixture
def other_client(other: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(other)
