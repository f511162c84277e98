"""Numbers in addresses that no row can have lead nowhere, without asking the database."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from negotiation.converters import LARGEST_ID

PATHS = [
    "/negotiations/{}/",
    "/approvals/{}/",
    "/approvals/choose/{}/",
    "/stops/{}/lift/",
    "/policy-changes/{}/",
    "/delegations/{}/revoke/",
]


@pytest.mark.parametrize("path", PATHS)
def test_the_largest_number_is_an_address_and_the_next_is_none(path: str) -> None:
    assert resolve(path.format(LARGEST_ID)).kwargs["pk"] == LARGEST_ID
    for number in (LARGEST_ID + 1, "9" * 5000):
        with pytest.raises(Resolver404):
            resolve(path.format(number))


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_no_row_with_the_largest_number_is_a_page_that_is_not_there(
    manager_client: Client, path: str
) -> None:
    for number in (LARGEST_ID, LARGEST_ID + 1, 0):
        answer = manager_client.post(path.format(number))
        assert answer.status_code in {403, 404, 405}
