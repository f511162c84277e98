"""Who decides what comes to people, how long they have, and what happens if nobody does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from negotiation.engine.plain import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from negotiation.engine.policy import Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """From `begins` points on `people` distinct persons decide, `seniors` of them senior.

    They have `window_hours`, and as many again each of `escalations` times. `own_verdict`: each
    says what they would do before the agents' recommendation is shown.
    """

    begins: float = 0.0
    people: int = 1
    seniors: int = 0
    window_hours: float = 4.0
    escalations: int = 0
    own_verdict: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.seniors <= self.people or self.people < 1:
            raise ValueError("At least one person decides, and no more seniors than people.")

    def to_dict(self) -> dict[str, Any]:
        return cast("dict[str, Any]", plain(self))


TIERS = (
    Tier(people=1, window_hours=4, escalations=1),
    Tier(begins=60, people=2, window_hours=8, escalations=2),
    Tier(begins=75, people=2, seniors=1, window_hours=24, own_verdict=True),
)


def tier_of(tiers: Sequence[Tier], judgement: Judgement) -> Tier:
    """Who decides this judgement, whatever sent it to people.

    The highest tier that its score reaches, with as many people as the strictest finding asks for.
    A score that could not be computed may be any: the highest tier. `tiers` rise; the first begins
    at 0.
    """
    score = None if judgement.risk is None else judgement.risk.score
    reached = [tier for tier in tiers if score is None or tier.begins <= score]
    tier = (reached or [tiers[0]])[-1]
    asked = max((finding.people for finding in judgement.findings), default=1)
    return replace(tier, people=max(tier.people, asked))
