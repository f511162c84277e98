"""A request that is refused, which anybody may send, leaves a line in the log and no more."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client


@pytest.mark.django_db
def test_an_unknown_host_is_one_line_and_no_error(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = io.StringIO()
    for logger in (logging.getLogger("django.security"), logging.getLogger()):
        for handler in logger.handlers:
            if type(handler) is logging.StreamHandler:
                monkeypatch.setattr(handler, "stream", log)
    assert client.get("/login/", headers={"host": "elsewhere.example"}).status_code == 400
    assert "Traceback" not in log.getvalue()
    [line] = [line for line in log.getvalue().splitlines() if "elsewhere.example" in line]
    assert " WARNING django.security.DisallowedHost: " in line
