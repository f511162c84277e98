"""Which decisions people have to make: hard gates first, then confidence, then the score.

Everything fails closed: what is not known is for people to decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, cast

from negotiation.engine.endings import IMPOSED
from negotiation.engine.formatting import listed
from negotiation.engine.gates import IRREVERSIBLE, Finding, frozen, gated, irreversible
from negotiation.engine.plain import plain
from negotiation.engine.tiers import TIERS, Tier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from negotiation.engine.endings import Rule
    from negotiation.engine.gates import Freeze, Gate, Irreversible, Measured, Route
    from negotiation.engine.risk import Risk


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """`minimum_confidence` from 0 to 1; from `review_from` points people decide, from
    `refuse_from` it is refused. `tiers`: who decides, by score."""

    minimum_confidence: float
    review_from: float = 35.0
    refuse_from: float = 90.0
    gates: tuple[Gate, ...] = ()
    tiers: tuple[Tier, ...] = TIERS
    irreversible: Irreversible = IRREVERSIBLE
    freezes: tuple[Freeze, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.minimum_confidence <= 1:
            raise ValueError("A minimum confidence is between 0 and 1.")
        if not 0 <= self.review_from <= self.refuse_from <= 100:
            raise ValueError("Scores rise from 0 over review to refuse, at most 100.")


@dataclass(frozen=True, slots=True)
class Judgement:
    """Where a decision goes: `auto` without a person, `review` to people, `refuse` nowhere.

    `findings` are the rules that forced it, hard rules and gates first, empty for `auto`; `risk`
    is None where the score could not be computed.
    """

    route: Route
    findings: tuple[Finding, ...]
    risk: Risk | None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, every field; unknown figures are None."""
        return cast("dict[str, Any]", plain(self))


def judge(
    policy: Policy,
    *,
    risk: Risk | None,
    values: Mapping[str, Measured],
    confidence: float | None,
    vetoes: tuple[str, ...] = (),
    by: Rule | None = "consent",
    below: tuple[str, ...] = (),
    broken: tuple[Finding, ...] = (),
    by_people: tuple[str, ...] = (),
    reversibility: float | None = None,
    now: float | None = None,
) -> Judgement:
    """The route of a decision, and every rule that forced it.

    `risk` None: the score could not be computed. `values`: what the gates measure, by subject.
    `vetoes`: titles of the seats whose veto is not resolved. `by` what the agreement was decided,
    `below` titles of the seats below their limits: what a rule or a person imposed goes to people.
    `broken`: hard rules that the agreement does not keep. `by_people`: the figures that persons
    told the table, which are for other people to look at. `reversibility` as in `RiskInputs`;
    without it nothing counts as irreversible. `now` in seconds of POSIX time: without it no freeze
    is looked at. The strictest finding wins.
    """
    findings = [
        *broken,
        *gated(policy.gates, values),
        *irreversible(policy.irreversible, risk, reversibility),
        *frozen(policy.freezes, now),
        *(_veto(title) for title in vetoes),
        *_imposed(by, below),
        *_told(by_people),
        *_confidence(policy, confidence),
        *_score(policy, risk),
    ]
    forced = {finding.forces for finding in findings}
    route: Route = "refuse" if "refuse" in forced else "review" if forced else "auto"
    return Judgement(route, tuple(findings), risk)


def _veto(title: str) -> Finding:
    return Finding(
        rule="veto",
        text=f"{title} has a veto and does not consent.",
        subject="consent",
        measured=title,
        limit=None,
        unit="",
        forces="review",
    )


def _imposed(by: Rule | None, below: tuple[str, ...]) -> list[Finding]:
    if by is not None and by not in IMPOSED:
        return []
    text = IMPOSED[by] if by else "The seats did not agree; an unknown rule decided."
    if below:
        text += f" It is below the limit{'s' if below[1:] else ''} of {listed(below)}."
    return [
        Finding(
            rule="imposed",
            text=text,
            subject="consent",
            measured=by,
            limit=None,
            unit="",
            forces="review",
        )
    ]


def _told(by_people: tuple[str, ...]) -> list[Finding]:
    if not by_people:
        return []
    return [
        Finding(
            rule="told-by-people",
            text=f"It rests on what a person told the table: {listed(by_people)}.",
            subject="facts",
            measured=listed(by_people),
            limit=None,
            unit="",
            forces="review",
        )
    ]


def _confidence(policy: Policy, confidence: float | None) -> list[Finding]:
    known = confidence is not None and 0 <= confidence <= 1
    if known and cast("float", confidence) >= policy.minimum_confidence:
        return []
    what = "below what the policy asks for" if known else "unknown"
    return [
        Finding(
            rule="confidence",
            text=f"The confidence that every seat is above its limit is {what}.",
            subject="confidence",
            measured=confidence if known else None,
            limit=policy.minimum_confidence,
            unit="",
            forces="review",
        )
    ]


def _score(policy: Policy, risk: Risk | None) -> list[Finding]:
    score = None if risk is None else risk.score
    if score is not None and score < policy.review_from:
        return []
    refused = score is not None and score >= policy.refuse_from
    if score is None or not isfinite(score):
        text, score = "The risk could not be computed.", None
    else:
        text = f"The risk is so high that {'it is refused' if refused else 'a person decides'}."
    return [
        Finding(
            rule="risk",
            text=text,
            subject="risk",
            measured=score,
            limit=policy.refuse_from if refused else policy.review_from,
            unit="points",
            forces="refuse" if refused else "review",
        )
    ]
