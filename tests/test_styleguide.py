"""The style guide stands whether or not anybody has talked yet."""

import pytest
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db


def test_it_is_there_before_anything_was_said(operator_client: Client) -> None:
    page = operator_client.get("/styleguide/").content.decode()
    assert page.count("its first messages stand here") == 2


def test_it_is_for_people_with_a_role(stranger_client: Client) -> None:
    factories.decision()
    assert stranger_client.get("/styleguide/").status_code == 403
