from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.engine.orders import rising_rows


@given(st.integers(0, 2**32), st.integers(0, 300), st.sampled_from([0, 1, 10, 10**6, 10**16]))
def test_rows_rise_and_equal_ones_stay_in_their_order(draw: int, many: int, levels: int) -> None:
    rng = np.random.default_rng(draw)
    figures = rng.integers(0, levels, many, endpoint=True) / max(levels, 1) - 0.25
    figures += rng.integers(0, 2, many) * 1e-16  # as sums differ that ought to be equal
    assert rising_rows(figures).tolist() == np.argsort(figures, kind="stable").tolist()


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e300])
def test_figures_closer_than_a_word_can_tell_are_put_in_order(scale: float) -> None:
    figures = np.array([1.0, 1e-12, 0.0, 3e-17, 1e-17, 0.0, 2e-17]) * scale
    assert rising_rows(figures).tolist() == [2, 5, 4, 6, 3, 1, 0]
