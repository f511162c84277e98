"""What the proofs share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

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
