"""What a seat holds to be true: normal beliefs about facts, and how evidence changes them.

θ_f ~ N(μ, s²) with the roots (original sources) already counted. Fusion is precision weighting;
a claim far from what is believed is given less weight. Where a claim may rest on what was counted
already (its origin is unknown), covariance intersection (Julier & Uhlmann 1997) counts nothing
twice. Value of information after Raiffa & Schlaifer (1961) and Howard (1966).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, inf, sqrt
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import ndtr

from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from negotiation.engine.messages import Evidence
    from negotiation.engine.space import FloatArray

Disclosure = Literal["public", "on_request", "never"]

SURPRISING = 3.0
"""|z| above which a claim is doubted."""

_EXTRA_SPREAD = {"measured": 0.0, "documented": 0.0, "estimated": 0.5, "claimed": 1.0}
"""κ by kind of evidence, in standard deviations of the claim itself."""


@dataclass(frozen=True, slots=True)
class Fact:
    """An uncertain quantity about the world, in `unit`.

    `nominal` is the figure that constraints and packages read. `drift_per_day` is the standard
    deviation that one day adds (a random walk: the variance grows by its square every day).
    `disclosure` says who hears an answer about it: everybody, only who asked, or nobody.
    """

    name: str
    label: str
    unit: str
    nominal: float
    drift_per_day: float = 0.0
    disclosure: Disclosure = "public"


@dataclass(frozen=True, slots=True)
class Belief:
    """`mean` ± `sd` in the fact's unit; `roots` are the sources already counted, the empty one
    for a source of unknown origin."""

    mean: float
    sd: float
    roots: frozenset[str] = frozenset()


def effective_variance(evidence: Evidence, *, fact: Fact) -> float:
    """s_e² = σ² + q_f·age + κ_kind², in the fact's unit squared; the age is the evidence's."""
    drift = fact.drift_per_day * sqrt(evidence.age_days)
    kind = _EXTRA_SPREAD.get(evidence.kind, 1.0) * evidence.sd
    return evidence.sd * evidence.sd + drift * drift + kind * kind


def surprise(belief: Belief, evidence: Evidence, *, fact: Fact) -> float:
    """z = (m − μ) / √(s² + s_e²): how many standard deviations the claim is off."""
    variance = effective_variance(evidence, fact=fact)
    spread = hypot(belief.sd, sqrt(variance))
    difference = evidence.mean - belief.mean
    if spread == 0:
        return 0.0 if difference == 0 else inf if difference > 0 else -inf
    return difference / spread


def counted(belief: Belief, evidence: Evidence) -> bool:
    """Whether the source of a claim is already part of the belief."""
    return bool(evidence.root) and evidence.root in belief.roots


def note(told: dict[str, Evidence], claim: Evidence) -> None:
    """Counts a claim in among those that everybody heard, by fact: the most exact one stands."""
    if claim.fact not in told or claim.sd < told[claim.fact].sd:
        told[claim.fact] = claim


def overlaps(belief: Belief, evidence: Evidence) -> bool:
    """Whether claim and belief may rest on the same source, without anybody knowing.

    Covariance intersection, 1/s'² = ω/s² + (1 − ω)/s_e² with the ω that makes s' smallest, is
    right whatever they share. For a single quantity that ω is 0 or 1: the more exact one counts.
    """
    return not evidence.root or "" in belief.roots


def learnt(belief: Belief, evidence: Evidence, *, fact: Fact) -> float:
    """s_pre / s, from s_pre² = s² − s'²: the share of the doubt that a claim takes away, if it
    says about what is believed. 0 where nothing is in doubt."""
    sd = sqrt(effective_variance(evidence, fact=fact))
    if counted(belief, evidence) or belief.sd == 0:
        return 0.0
    if overlaps(belief, evidence):
        return sqrt(max(1 - (sd / belief.sd) ** 2, 0.0))
    return belief.sd / hypot(belief.sd, sd)


def fuse(belief: Belief, evidence: Evidence, *, fact: Fact) -> Belief:
    """The belief after hearing `evidence`: 1/s'² = 1/s² + 1/s_e², μ' weighted by precision.

    A root is counted once; where what was counted may overlap, the belief is the more exact of the
    two (see `overlaps`). A surprising claim (|z| > 3) has its variance stretched by (|z|/3)².
    A certain belief (sd 0) is not moved; a certain claim is taken as it is.
    """
    if counted(belief, evidence):
        return belief
    z = abs(surprise(belief, evidence, fact=fact))
    variance = effective_variance(evidence, fact=fact)
    sd = sqrt(variance) * max(1.0, z / SURPRISING) if variance > 0 else 0.0
    if overlaps(belief, evidence):
        own = frozenset({evidence.root})
        return Belief(evidence.mean, sd, own) if sd < belief.sd else belief
    roots = belief.roots | {evidence.root}
    if belief.sd == 0:
        return Belief(belief.mean, belief.sd, roots)
    both = hypot(belief.sd, sd)  # ratios instead of squares: tiny deviations stay exact
    weight = (belief.sd / both) ** 2
    mean = belief.mean + weight * (evidence.mean - belief.mean)
    return Belief(mean, belief.sd * (sd / both), roots)


def confidence(utility: FloatArray, sd: FloatArray, reservation: float | FloatArray) -> FloatArray:
    """P(u ≥ r) = Φ((E u − r) / sd u), element by element; 0 or 1 where nothing is uncertain."""
    margin = np.asarray(utility - reservation, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(sd > 0, margin / sd, np.where(margin >= -TOLERANCE, inf, -inf))
    return np.asarray(ndtr(z), dtype=np.float64)


def unlocking_value(utility: FloatArray, shift: FloatArray, reservation: float) -> FloatArray:
    """What an answer is worth for the choice between an offer and no agreement, in utility.

    `shift` is σ_o = |∂u(o)/∂θ|·s_pre, the standard deviation of the change of u(o) that the
    answer will bring. σ_o[φ(x) − x(1 − Φ(x))], x = |E u(o) − r|/σ_o; 0 where σ_o is 0.
    """
    distance = np.abs(utility - reservation)
    with np.errstate(divide="ignore", invalid="ignore"):
        x = np.where(shift > 0, distance / shift, inf)
    density = np.exp(-0.5 * x * x) / sqrt(2 * np.pi)
    tail = np.where(np.isfinite(x), x, 0.0) * ndtr(-x)
    return np.asarray(shift * (density - tail), dtype=np.float64)
