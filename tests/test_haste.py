"""Threads of the server process hand the interpreter over soon."""

import gc
import sys

import pytest

from config import haste


def test_a_thread_that_computes_gives_way_within_a_millisecond(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gc, "freeze", lambda: None)
    before = sys.getswitchinterval()
    try:
        haste.prepare()
        assert sys.getswitchinterval() <= 0.001
    finally:
        sys.setswitchinterval(before)
