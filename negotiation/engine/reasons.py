"""Why a seat makes a move: the differences that its utilities are made of.

A reason is the change of one contribution c_k = w_k v_k between two offers, with the figures in
their units. So it is true by construction, and the gains of all objectives add up to the change
of the utility.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.engine.messages import Reason
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from negotiation.engine.outlook import Outlook

_TOLD_GAINS = 2
_MATTERS = 0.1
"""A loss is told if it is more than this share of the gains, a gain if it is of the largest
difference."""


def all_reasons(outlook: Outlook, row: int, against: int | None) -> tuple[Reason, ...]:
    """One reason for each objective, the largest gain first.

    `against` is the row that is compared with; None compares with having nothing (every
    contribution 0).
    """
    reasons = []
    for objective in outlook.seat.preferences.objectives:
        before = 0.0 if against is None else outlook.contribution(objective, against)
        reasons.append(
            Reason(
                subject=objective.subject,
                label=objective.label,
                unit=objective.unit,
                before=None if against is None else outlook.figure(objective.subject, against),
                after=outlook.figure(objective.subject, row),
                gain=outlook.contribution(objective, row) - before,
                estimated=outlook.estimates(objective.subject),
            )
        )
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
