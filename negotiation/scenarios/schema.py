"""The one description of a scenario: YAML file, API body, stored version and editor form.

What fields there are and which shape they have. Whether names refer to something is asked in
`checks`, what the document means in `compilers`. docs/scenario-format.md explains every field.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from negotiation.engine.beliefs import Disclosure
from negotiation.engine.strategies import STRATEGIES
from negotiation.engine.table import Kind
from negotiation.scenarios.fields import (
    Day,
    Figure,
    Label,
    Line,
    Name,
    NotNegative,
    Number,
    Option,
    Part,
    Positive,
    Share,
    Slug,
    Text,
    Unit,
)
from negotiation.scenarios.limits import OneLimit
from negotiation.scenarios.policy_parts import Policy
from negotiation.scenarios.values import Value


class LabelledOption(Part):
    value: Option
    label: Label


class Issue(Part):
    """What is negotiated; `options` are plain values or values with a label."""

    name: Name
    label: Label
    unit: Unit = ""
    options: Annotated[list[Option | LabelledOption], Field(min_length=1, max_length=500)]

    @property
    def values(self) -> tuple[int | float | str, ...]:
        return tuple(
            option.value if isinstance(option, LabelledOption) else option
            for option in self.options
        )

    @property
    def labels(self) -> dict[int | float | str, str]:
        """The label of each option that has one."""
        return {o.value: o.label for o in self.options if isinstance(o, LabelledOption)}


class Fact(Part):
    """An uncertain quantity; `nominal` ± `sd` is what everybody may assume."""

    name: Name
    label: Label
    unit: Unit = ""
    nominal: Number
    sd: NotNegative = 0
    drift_per_day: NotNegative = 0
    disclosure: Disclosure = "public"


class Lookup(Part):
    """One column of the catalogue; `keys` says which issue gives which key of the table.

    `instead` gives the value for options that are no row of the table, such as `none`; it may be
    `unknown`.
    """

    name: Name
    label: Label | None = None
    table: Name
    column: Name
    keys: Annotated[dict[Name, Name], Field(min_length=1, max_length=4)]
    instead: Annotated[dict[Label, Number | Label], Field(max_length=20)] = {}


class Measure(Part):
    """`levels`: what its figures are called where they only stand for an order."""

    name: Name
    label: Label
    unit: Unit = ""
    formula: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    levels: Annotated[dict[Figure, Label], Field(max_length=20)] = {}


class Test(OneLimit):
    """`subject` held against a limit. A text limit names a parameter."""

    KINDS = ("in", "not_in", "at_most", "at_least", "equals", "differs_from")

    subject: Name
    in_: Annotated[list[Option] | Name | None, Field(alias="in")] = None
    not_in: list[Option] | Name | None = None
    at_most: Number | Name | None = None
    at_least: Number | Name | None = None
    equals: Option | None = None
    differs_from: Name | None = None


class Constraint(Test):
    """A hard rule: what breaks it, or may break it because a figure is unknown, is no offer."""

    name: Slug
    text: Line
    author: Line
    citation: Line
    when: Test | None = None


class Objective(Part):
    subject: Name
    weight: Positive
    value: Value
    label: Label | None = None


class Belief(Part):
    """What a seat assumes: `mean` ± `sd` (standard deviation)."""

    mean: Number
    sd: NotNegative


class Knowledge(Part):
    """What a seat can say about a fact, and where it has it from.

    Two seats that quote the same source (`root`, by default source and day) are counted once.
    """

    mean: Number
    sd: Positive
    source: Line
    kind: Literal["measured", "documented", "estimated", "claimed"]
    observed_on: Day
    url: Annotated[str, StringConstraints(pattern=r"^(https?://\S{1,300})?$")] = ""
    root: Line | None = None


def _known_strategy(name: str) -> str:
    if name not in STRATEGIES:
        known = ", ".join(STRATEGIES)
        raise ValueError(f"'{name}' is no strategy; write one of {known}")
    return name


StrategyName = Annotated[str, StringConstraints(max_length=40), AfterValidator(_known_strategy)]


class Seat(Part):
    """`owner`: the user name of who answers for this agent, who never clears what it agreed to."""

    name: Slug
    title: Label
    description: Text = ""
    objectives: Annotated[list[Objective], Field(min_length=1, max_length=20)]
    reservation: Share
    discount: Annotated[float, Field(gt=0, le=1)] = 1
    strategy: StrategyName = "linear"
    beliefs: dict[Name, Belief] = {}
    knows: dict[Name, Knowledge] = {}
    veto: bool = False
    owner: Annotated[str, StringConstraints(pattern=r"^[\w.@+-]{1,150}$")] | None = None


class Protocol(Part):
    """`pace`: seconds between two messages. `dissent`: how many seats may be overruled.
    `questions`: how many may be asked in all. `quiet_rounds`: after so many without anything new
    alternating offers are over."""

    kind: Kind = "mediated"
    rounds: Annotated[int, Field(ge=1, le=1_000)] = 20
    pace: Annotated[float, Field(ge=0, le=60)] = 0
    dissent: Annotated[int, Field(ge=0, le=6)] = 0
    questions: Annotated[int, Field(ge=0, le=1_000)] | None = None
    quiet_rounds: Annotated[int, Field(ge=1, le=1_000)] | None = None


class Executor(Part):
    """How an agreement is carried out. `target` is a name; addresses live in the settings."""

    kind: Literal["webhook", "dry-run"]
    target: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")] | None = None

    @model_validator(mode="after")
    def _webhook_has_a_target(self) -> Self:
        if (self.kind == "webhook") != (self.target is not None):
            raise ValueError("a webhook needs a target; a dry run has none")
        return self


class ScenarioDocument(Part):
    """A whole scenario. `model_dump(mode="json")` is what the database stores."""

    name: Slug
    title: Label
    description: Text = ""
    service: Label
    action: Slug
    parameters: dict[Name, Number | Label | list[Option]] = {}
    catalogue: Name | None = None
    lookups: Annotated[list[Lookup], Field(max_length=50)] = []
    facts: Annotated[list[Fact], Field(max_length=50)] = []
    issues: Annotated[list[Issue], Field(min_length=1, max_length=30)]
    measures: Annotated[list[Measure], Field(max_length=100)] = []
    constraints: Annotated[list[Constraint], Field(max_length=50)] = []
    seats: Annotated[list[Seat], Field(min_length=2, max_length=8)]
    protocol: Protocol = Protocol()
    policy: Policy
    today: dict[Name, Option] | None = None
    executor: Executor
