"""The typed moves. A transcript is a sequence of them, and the transcript is the state.

Code reads the typed fields; `text` is for people and never read back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from negotiation.engine.plain import plain
from negotiation.engine.requirements import Requirement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from negotiation.engine.table import Table

Option = str | int | float
Offer = dict[str, Option]
"""One option for every issue, in the order of the issues."""

MEDIATOR = "mediator"
SYSTEM = "system"
PERSON = "person:"
"""How the sender of a person's message begins; the name follows."""


class Act(StrEnum):
    """What a message does."""

    PROPOSE = "propose"
    REVISE = "revise"
    ACCEPT = "accept"
    REJECT = "reject"
    ASK = "ask"
    INFORM = "inform"
    EXPLAIN = "explain"
    CHALLENGE = "challenge"
    HOLD = "hold"
    WITHDRAW = "withdraw"
    MEDIATE = "mediate"
    INTERVENE = "intervene"
    SYSTEM = "system"


FALLBACK = "fallback: "
"""How `decided_by` begins where a seat's strategy failed; the cause follows."""

REMARKS = frozenset({Act.INTERVENE, Act.SYSTEM, Act.EXPLAIN})
"""What may be said without moving the negotiation; only the mediator's last word ends it, and only
what a person brings (evidence, requirements) changes what follows."""

TELLING = frozenset({Act.INFORM, Act.INTERVENE})
"""How seats and people tell evidence; in any other act it is what the message is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One issue on which an offer differs from the sender's last one."""

    issue: str
    before: Option
    after: Option


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One true difference between this offer and the offer it is held against, in units.

    `gain` is the difference of the sender's utility that comes from this objective
    (contribution after minus contribution before); `before` and `after` are the values of the
    measure or issue, `None` where the figure is unknown. `estimated` says that the sender's
    belief about a fact entered the value.
    """

    subject: str
    label: str
    unit: str
    before: Option | None
    after: Option | None
    gain: float
    estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One claim about a fact: `mean` ± `sd` (standard deviation) in the fact's unit."""

    fact: str
    mean: float
    sd: float
    source: str
    root: str
    kind: str = "claimed"  # measured | documented | estimated | claimed
    observed_on: str = ""  # ISO date
    age_days: float = 0.0  # on the day of the negotiation
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Asks `to` about a fact. `value` is the expected gain of knowing, in utility.

    In a challenge it says what was assumed when `to` made its claim.
    """

    fact: str
    to: str
    assumed_mean: float
    assumed_sd: float
    value: float


class Move(NamedTuple):
    """A message without its reasons and words: who does what, when, and with which offer.

    `row`: the place of its offer among the lawful ones of `table`, -1 where it has none.
    """

    seq: int
    round: int
    sender: str
    act: Act
    row: int
    in_reply_to: int | None
    decided_by: str
    table: Table

    @property
    def offer(self) -> Offer | None:
        return None if self.row < 0 else self.table.offer(self.row)

    @property
    def offered(self) -> bool:
        """Whether a seat puts an offer on the table."""
        return self.act is Act.PROPOSE or self.act is Act.REVISE

    def __repr__(self) -> str:
        return f"<#{self.seq} {self.sender} {self.act} {self.offer or ''}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One typed move. `seq` counts from 1 without gaps; `round` from 1 as well.

    `recipients` empty means everybody. `votes` tells for each seat whether the offer clears its
    present target. `private` is shown only to people allowed to see it: `utilities` and
    `surplus` ((u − r)/(max − r), 0 at the reservation value, 1 at the best) of the offer per
    seat, `targets` per seat. `requirements` of a person hold for every offer from then on.
    """

    seq: int
    round: int
    sender: str
    act: Act
    text: str
    recipients: tuple[str, ...] = ()
    in_reply_to: int | None = None
    offer: Offer | None = None
    changed: tuple[Change, ...] = ()
    reasons: tuple[Reason, ...] = ()
    against: int | None = None  # seq of the offer that `reasons` compare with; None: own worst case
    evidence: Evidence | None = None
    question: Question | None = None
    confidence: float | None = None
    votes: Mapping[str, bool] = field(default_factory=dict)
    requirements: tuple[Requirement, ...] = ()
    decided_by: str = "strategy"  # strategy | llm | remote | human | fallback: cause
    private: Mapping[str, Any] = field(default_factory=dict)

    @property
    def told(self) -> Evidence | None:
        """What who hears this message learns from it."""
        return self.evidence if self.act in TELLING else None

    def move(self, row: int, table: Table) -> Move:
        """This message without its words; `row` is its offer's place among the lawful ones."""
        return Move(
            self.seq,
            self.round,
            self.sender,
            self.act,
            row,
            self.in_reply_to,
            self.decided_by,
            table,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, every field; `from_dict` gives the message back."""
        return cast("dict[str, Any]", plain(self))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Message:
        """The message that `to_dict` wrote, also after a trip through JSON."""
        evidence, question = data.get("evidence"), data.get("question")
        return cls(
            **{
                **data,
                "act": Act(data["act"]),
                "recipients": tuple(data.get("recipients", ())),
                "changed": tuple(Change(**change) for change in data.get("changed", ())),
                "reasons": tuple(Reason(**reason) for reason in data.get("reasons", ())),
                "evidence": Evidence(**evidence) if evidence else None,
                "question": Question(**question) if question else None,
                "requirements": tuple(
                    Requirement.from_dict(each) for each in data.get("requirements", ())
                ),
            }
        )
