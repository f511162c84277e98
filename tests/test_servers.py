"""The tests run on what production runs on."""

import os
import socket

import pytest
from django.conf import settings
from django.db import connection

from negotiation.message_server import client
from tests.conftest import OutsideNetwork


@pytest.mark.django_db
def test_the_database_is_postgresql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert connection.vendor == "postgresql"


@pytest.mark.django_db
def test_redis_is_real_and_private() -> None:
    assert client().ping()
    assert os.environ["REDIS_URL"] == settings.REDIS_URL


def test_nothing_beyond_this_machine_is_reached() -> None:
    with socket.socket() as outgoing, pytest.raises(OutsideNetwork):
        outgoing.connect(("192.0.2.1", 80))
