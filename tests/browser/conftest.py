"""What the browser tests share."""

from __future__ import annotations

import pytest

from negotiation.models import ScenarioVersion
from tests import factories
from tests.stack import Stack


@pytest.fixture(scope="module")
def version(live: Stack) -> ScenarioVersion:
    return factories.version()
