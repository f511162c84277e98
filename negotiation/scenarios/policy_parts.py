"""The part of a scenario's document that people own: what they tolerate, and who decides.

docs/scenario-format.md explains every field; what is not stated has the defaults given here.
"""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from negotiation.engine.table import Resolution
from negotiation.engine.tiers import TIERS
from negotiation.scenarios.fields import (
    Label,
    Line,
    Moment,
    Name,
    NotNegative,
    Number,
    Option,
    Part,
    Positive,
    Share,
    Slug,
)
from negotiation.scenarios.limits import OneLimit

People = Annotated[int, Field(ge=1, le=9)]


class Gate(OneLimit):
    """A class of agreements that people decide: `subject` against exactly one limit."""

    KINDS = ("at_least", "above", "below", "not_in")

    name: Slug
    text: Line
    subject: Name
    at_least: Number | None = None
    above: Number | None = None
    below: Number | None = None
    not_in: Annotated[list[Option], Field(min_length=1)] | None = None
    people: People = 1


class Dimension(Part):
    """What could be lost: the measure `loss` against a `tolerance` in the same unit."""

    name: Slug
    label: Label
    loss: Name
    tolerance: Positive


class Reversibility(Part):
    """0 undone by itself within minutes … 1 irreversible, by the option of one issue."""

    by: Name
    levels: Annotated[dict[Label, Share], Field(min_length=1)]


class RiskInputs(Part):
    """How much is at stake. `affected` of `population` (same unit) is the blast radius."""

    dimensions: Annotated[list[Dimension], Field(min_length=1, max_length=10)]
    affected: NotNegative | Name
    population: Positive | Name
    reversibility: Share | Reversibility


class Budget(Part):
    """Expected harm that may be taken without a person, per service; it fades over `hours`."""

    harm: Annotated[float, Field(ge=0, le=1_000)] = 0.10
    hours: Annotated[float, Field(gt=0, le=24 * 30)] = 24


class Tier(Part):
    """From so many points on `people` distinct persons decide, `seniors` of them senior managers.

    They have `window_hours`; if nobody decides, as many again each of `escalations` times, and then
    it expires. `own_verdict`: each says what they would do before they see what the agents say.
    """

    from_: Annotated[float, Field(alias="from", ge=0, le=100)] = 0
    people: People = 1
    seniors: Annotated[int, Field(ge=0, le=9)] = 0
    window_hours: Annotated[float, Field(gt=0, le=24 * 30)] = 4
    escalations: Annotated[int, Field(ge=0, le=9)] = 0
    own_verdict: bool = False

    @model_validator(mode="after")
    def _no_more_seniors_than_people(self) -> Self:
        if self.seniors > self.people:
            raise ValueError(f"asks for {self.seniors} seniors of {self.people} people")
        return self


def _usual_tiers() -> list[Tier]:
    return [
        Tier.model_validate(
            {name: value for name, value in tier.to_dict().items() if name != "begins"}
            | {"from": tier.begins}
        )
        for tier in TIERS
    ]


class Irreversible(Part):
    """What cannot be undone, and may cost this share of what is tolerated, takes `people`."""

    severity: Annotated[float, Field(ge=0, le=3)] = 0.3
    people: People = 2


class Freeze(Part):
    """From `begins` until `ends` nothing is carried out without a person."""

    name: Slug
    text: Line
    begins: Moment
    ends: Moment


class Policy(Part):
    """Scores are points from 0 to 100; windows are hours.

    `tiers`: who decides what comes to people, by score. `resolution`: what is tried in turn when
    the seats do not agree. `audit_share` of what went the automatic route is looked at afterwards.
    `capacity`: how many decisions a day people can take.
    """

    minimum_confidence: Share = 0.5
    review_from: Annotated[float, Field(ge=0, le=100)] = 35
    refuse_from: Annotated[float, Field(ge=0, le=100)] = 90
    tiers: Annotated[list[Tier], Field(min_length=1, max_length=9)] = _usual_tiers()
    gates: Annotated[list[Gate], Field(max_length=30)] = []
    irreversible: Irreversible = Irreversible()
    freezes: Annotated[list[Freeze], Field(max_length=30)] = []
    resolution: Annotated[list[Resolution], Field(max_length=5)] = []
    precedence: Annotated[list[Slug], Field(max_length=8)] = []
    risk: RiskInputs
    budget: Budget = Budget()
    audit_share: Share = 0.05
    capacity: Annotated[float, Field(gt=0, le=100_000)] | None = None
    grant_hours: Annotated[float, Field(gt=0, le=24 * 30)] = 24

    @model_validator(mode="before")
    @classmethod
    def _one_window_for_all(cls, stated: Any) -> Any:
        """Stored documents of before the tiers have one window, and one person decides."""
        if not isinstance(stated, dict) or "window_hours" not in stated:
            return stated
        rest = {name: part for name, part in stated.items() if name != "window_hours"}
        lowest = {"people": 1, "escalations": 1, "window_hours": stated["window_hours"]}
        higher = [tier.model_dump(mode="json") for tier in _usual_tiers()[1:]]
        return {"tiers": [lowest, *higher], **rest}
