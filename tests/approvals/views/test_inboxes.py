"""The right half of the inbox, for who has the list before them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
HALF = {"HX-Request": "true", "HX-Target": "detail"}


def test_the_line_that_tells_what_was_done_stays_when_the_half_reads_itself_again(
    manager_client: Client,
) -> None:
    asked = manager_client.get("/approvals/", headers=HALF).content.decode()
    by_itself = manager_client.get("/approvals/", headers={**HALF, "HX-Trigger": "detail"})
    assert 'id="detail"' in asked
    assert 'id="said"' in asked
    assert 'id="detail"' in by_itself.content.decode()
    assert 'id="said"' not in by_itself.content.decode()
