"""Why a seat makes a move: the differences that its utilities are made of.

A reason is the change of one contribution between two offers: c_k = w_k v_k of an objective, with
the figures in their units, or the value of a region that an offer lies in. So it is true by
construction, and the gains of all objectives and regions add up to the change of the utility.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.engine.messages import Reason
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from negotiation.engine.outlook import Outlook
    from negotiation.engine.utility import Objective, Region

_WHERE = {True: "inside", False: "outside"}
_TOLD_GAINS = 2
_MATTERS = 0.1
"""A loss is told if it is more than this share of the gains, a gain if it is of the largest
difference."""


def all_reasons(outlook: Outlook, row: int, against: int | None) -> tuple[Reason, ...]:
    """One reason for each objective and each region, the largest gain first.

    `against` is the row that is compared with; None compares with having nothing (every
    contribution 0).
    """
    preferences = outlook.seat.preferences
    reasons = [_of_objective(outlook, each, row, against) for each in preferences.objectives]
    reasons += [_of_region(outlook, each, row, against) for each in preferences.regions]
    return tuple(sorted(reasons, key=lambda reason: -reason.gain))


def reasons(outlook: Outlook, row: int, against: int | None) -> tuple[Reason, ...]:
    """The two largest gains and the largest loss, as far as they matter."""
    everything = all_reasons(outlook, row, against)
    largest = max(abs(everything[0].gain), abs(everything[-1].gain))
    gains = [reason for reason in everything if reason.gain > TOLERANCE]
    told = [reason for reason in gains if reason.gain >= _MATTERS * largest]
    worst = everything[-1]
    won = sum(reason.gain for reason in gains)
    losses = (worst,) if -worst.gain > max(_MATTERS * won, TOLERANCE) else ()
    return (*told[:_TOLD_GAINS], *losses)


def _of_objective(outlook: Outlook, objective: Objective, row: int, against: int | None) -> Reason:
    before = 0.0 if against is None else outlook.contribution(objective, against)
    return Reason(
        subject=objective.subject,
        label=objective.label,
        unit=objective.unit,
        before=None if against is None else outlook.figure(objective.subject, against),
        after=outlook.figure(objective.subject, row),
        gain=outlook.contribution(objective, row) - before,
        estimated=outlook.estimates(objective.subject),
    )


def _of_region(outlook: Outlook, region: Region, row: int, against: int | None) -> Reason:
    was = against is not None and outlook.inside(region, against)
    lies = outlook.inside(region, row)
    return Reason(
        subject=region.name,
        label=region.label,
        unit="",
        before=None if against is None else _WHERE[was],
        after=_WHERE[lies],
        gain=region.value * (lies - was),
    )
