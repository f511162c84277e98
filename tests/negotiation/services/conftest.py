"""What the tests of services share: a webhook target that really listens."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread

import pytest
from pytest_django.fixtures import Settings

from tests.negotiation.services.targets import SECRET, Target


@pytest.fixture
def target(settings: Settings) -> Iterator[Target]:
    server = Target()
    settings.WEBHOOK_TARGETS = {
        "demo": {"url": server.url, "secret": SECRET, "allow_private": True}
    }
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
