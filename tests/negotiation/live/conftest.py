"""What the tests of sockets share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from negotiation.live import desks


@pytest.fixture(autouse=True)
async def _no_connection_stays_open(transactional_db: None) -> AsyncIterator[None]:
    """The threads that serve sockets keep theirs; the next test's flush waits for them."""
    yield
    await desks.close_all()
    await sync_to_async(connections.close_all)()
