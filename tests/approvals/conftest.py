"""What the proofs share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.approvals.scenes import World


@pytest.fixture
def world() -> Iterator[World]:
    """The program's clock, broker, target and catalogue, in the hands of the test."""
    with pytest.MonkeyPatch.context() as patch:
        yield World.made(patch)
