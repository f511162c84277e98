"""What hyper-rectangles add to the utilities of many offers."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from negotiation.engine.space import Column, FloatArray, OutcomeSpace, Places, Words
    from negotiation.engine.utility import Preferences, Region

_WORD = 64


def add_regions(
    total: FloatArray,
    preferences: Preferences,
    space: OutcomeSpace,
    places: Callable[[str], Places],
) -> None:
    """Adds to `total` (offers,) the values of the preferred regions that each offer lies in.

    `places(issue)`: the places of the offers' options, shape (offers,). Up to 64 regions share a
    machine word, one bit each, so an offer is looked at once for each issue and not once for each
    bound: 16 bytes of memory for each offer.
    """
    for start in range(0, len(preferences.regions), _WORD):
        some = preferences.regions[start : start + _WORD]
        inside = np.full(len(total), 2 ** len(some) - 1, dtype=np.uint64)
        for issue, within in _spans(preferences, start, space).items():
            inside &= within[places(issue)]
        for bit, region in enumerate(some):
            total[(inside & np.uint64(1 << bit)) != 0] += region.value


def _spans(preferences: Preferences, start: int, space: OutcomeSpace) -> dict[str, Words]:
    """For each issue that bounds some of the regions from `start`: who its options lie within.

    Kept with the preferences: pools are searched through many small spaces of the same issues.
    """
    issues, spans = preferences.spans.get(start, ((), {}))
    if issues is not space.issues:
        some = preferences.regions[start : start + _WORD]
        bounded = dict.fromkeys(name for region in some for name in region.bounds)
        spans = {name: _spanning(some, name, space.issue(name).values) for name in bounded}
        preferences.spans[start] = space.issues, spans
    return spans


def _spanning(regions: Sequence[Region], issue: str, options: Column) -> Words:
    """For each option of an issue the regions whose bounds it is between, one bit for each."""
    bounds = np.array([region.bounds.get(issue, (-inf, inf)) for region in regions])
    lows, highs = bounds[:, 0] - TOLERANCE, bounds[:, 1] + TOLERANCE
    within = (options[:, None] >= lows) & (options[:, None] <= highs)
    bits = np.uint64(1) << np.arange(len(regions), dtype=np.uint64)
    return np.asarray((within * bits).sum(axis=1, dtype=np.uint64))
