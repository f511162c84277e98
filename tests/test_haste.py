"""Threads of the server process hand the interpreter over soon, and seldom all wait at once."""

import gc
import sys
from collections.abc import Iterator

import pytest

from config import haste


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(gc, "freeze", lambda: None)
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    haste.prepare()
    yield
    sys.setswitchinterval(interval)
    gc.set_threshold(*thresholds)


@pytest.mark.usefixtures("prepared")
def test_a_thread_that_computes_gives_way_within_a_millisecond() -> None:
    assert sys.getswitchinterval() <= 0.001


@pytest.mark.usefixtures("prepared")
def test_everything_that_lives_is_looked_through_once_in_a_million_objects() -> None:
    young, middle, old = gc.get_threshold()
    assert young * middle * old >= 1_000_000
