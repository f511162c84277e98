"""How far a claim of an agent is believed, from what became of its earlier ones. Pure.

With λ = .97 per report, W = 4, κ = 4, k0 = 15 and, for an agent,

    a      base rate from how its identity is known: self-asserted .50, enrolled key .60,
           verified organisation .65
    r, s   decayed sums of claims that turned out right and wrong
    v      κ times the decayed violations of the rules
    E    = (r + aW) / (r + s + v + W)              beta reputation with a prior of weight W
    E_e  = (R_e + E W) / (R_e + S_e + v + W)       the same for claims of provenance class e alone
    ρ    = max(0, 1 − Brier / Brier_ref) · m / (m + k0)   whether stated confidences mean anything
    B    = E_e + ρ (c − E_e)                       believability of a claim stated with confidence c

Beta reputation: A. Jøsang and R. Ismail, "The Beta Reputation System", 2002. History, and the
confidence in it, as in W. T. L. Teacy et al., "TRAVOS", JAAMAS 12, 2006. Scores of stated
confidences: G. W. Brier, Monthly Weather Review 78, 1950; the reference is who always states the
share that came true (by Laplace's rule, so that it is never 0). Where stakes are high, the 5 %
quantile of the beta distribution behind E_e takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import hypot, inf
from typing import TYPE_CHECKING, Literal

from scipy.special import betaincinv

if TYPE_CHECKING:
    from collections.abc import Sequence

Provenance = Literal["none", "resolvable", "signed", "attested"]
Identity = Literal["self-asserted", "enrolled key", "verified organisation"]

BASE: dict[Identity, float] = {
    "self-asserted": 0.50,
    "enrolled key": 0.60,
    "verified organisation": 0.65,
}
DECAY = 0.97
PRIOR = 4.0
PENALTY = 4.0
ENOUGH = 15
RIGHT_WITHIN = 2.0
SELF_SERVING = 2
CAUTIOUS = 0.05
FARTHEST = 1e9
_ROUNDING = 1e-9


def deviation(claimed: float, sd: float, measured: float, measured_sd: float = 0.0) -> float:
    """z = (m − y)/σ, σ of claim and measurement together; as far as can be where σ is 0."""
    spread, off = hypot(sd, measured_sd), claimed - measured
    z = off / spread if spread > 0 else 0.0 if off == 0 else inf if off > 0 else -inf
    return max(min(z, FARTHEST), -FARTHEST)


def is_right(z: float) -> bool:
    return abs(z) <= RIGHT_WITHIN * (1 + _ROUNDING)


@dataclass(frozen=True, slots=True)
class Settled:
    """A claim that a report settled; `report` numbers the reports about the agent from 0 up.

    `weight`: 2 where it was wrong and served who made it, else 1.
    """

    report: int
    right: bool
    provenance: Provenance = "none"
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Stated:
    """A confidence, and whether what it was about came true."""

    confidence: float
    came_true: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All that is known of an agent. `reports`: how many there are about it by now; `violations`:
    the report numbers at which it broke a rule."""

    identity: Identity = "self-asserted"
    reports: int = 0
    claims: Sequence[Settled] = ()
    stated: Sequence[Stated] = ()
    violations: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Trust:
    """`right`, `wrong` and `violated` are r, s and v; of the claim's provenance class
    `class_right` and `class_wrong`."""

    base: float
    right: float
    wrong: float
    violated: float
    class_right: float
    class_wrong: float
    weight_of_stated: float
    stated: float | None
    cautious: bool = False

    @property
    def history(self) -> float:
        """E."""
        evidence = self.right + self.wrong + self.violated
        return (self.right + self.base * PRIOR) / (evidence + PRIOR)

    @property
    def of_class(self) -> float:
        """E_e, or its 5 % quantile where stakes are high."""
        good = self.class_right + self.history * PRIOR
        bad = self.class_wrong + self.violated + (1 - self.history) * PRIOR
        if self.cautious:
            return float(betaincinv(good, bad, CAUTIOUS)) if bad > 0 else 1.0
        return good / (good + bad)

    @property
    def believability(self) -> float:
        """B."""
        if self.stated is None:
            return self.of_class
        return self.of_class + self.weight_of_stated * (self.stated - self.of_class)

    def without(self) -> dict[str, float]:
        """B again with one factor removed, by factor: why it is believed as far as it is."""
        no_class = replace(self, class_right=0.0, class_wrong=0.0)
        return {
            "identity": replace(self, base=BASE["self-asserted"]).believability,
            "history": replace(no_class, right=0.0, wrong=0.0).believability,
            "compliance": replace(self, violated=0.0).believability,
            "provenance": no_class.believability,
            "confidence": replace(self, stated=None).believability,
        }


def trust(
    record: Record,
    *,
    provenance: Provenance = "none",
    stated: float | None = None,
    cautious: bool = False,
) -> Trust:
    """How far the next claim of that provenance, stated with that confidence, is believed."""
    alike = [each for each in record.claims if each.provenance == provenance]
    return Trust(
        base=BASE[record.identity],
        right=_decayed(record, [each for each in record.claims if each.right]),
        wrong=_decayed(record, [each for each in record.claims if not each.right]),
        violated=PENALTY * sum(DECAY ** _age(record, at) for at in record.violations),
        class_right=_decayed(record, [each for each in alike if each.right]),
        class_wrong=_decayed(record, [each for each in alike if not each.right]),
        weight_of_stated=calibration(record.stated),
        stated=stated,
        cautious=cautious,
    )


def _decayed(record: Record, claims: Sequence[Settled]) -> float:
    return sum(each.weight * DECAY ** _age(record, each.report) for each in claims)


def _age(record: Record, report: int) -> int:
    return max(record.reports - 1 - report, 0)


def brier(stated: Sequence[Stated]) -> float | None:
    """The mean squared distance of what was stated from what came: 0 is perfect."""
    if not stated:
        return None
    return sum((each.confidence - each.came_true) ** 2 for each in stated) / len(stated)


def calibration(stated: Sequence[Stated]) -> float:
    """ρ: 0 where stated confidences say nothing, near 1 where many of them say much."""
    score = brier(stated)
    if score is None:
        return 0.0
    share = (sum(each.came_true for each in stated) + 1) / (len(stated) + 2)
    skill = max(0.0, 1 - score / (share * (1 - share)))
    return skill * len(stated) / (len(stated) + ENOUGH)
