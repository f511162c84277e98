"""How much of the long proofs a run does: a sample each time, the whole with `make proofs`."""

from __future__ import annotations

import os

WHOLE = os.environ.get("PROOFS") == "whole"


def of(whole: int, *, sample: int) -> int:
    return whole if WHOLE else sample
