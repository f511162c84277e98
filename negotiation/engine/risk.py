"""Risk as expected harm on a log scale.

h = p · S · (.3 + .7 B) · (.2 + .8 R) · (1 + D + .75 N + .75 (1 − C)), score = 100 + 25 log10 h,
held between 0 and 100: 25 points more are ten times the expected harm. Every factor is worth
25 log10(factor) points, so the factors' points add up to the score: the explanation is the formula.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from scipy.special import betaincinv

from negotiation.engine.formatting import number
from negotiation.engine.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

POINTS_PER_DECADE = 25.0
LARGEST_SEVERITY = 3.0
REPORTS_TO_TRUST_CONFIDENCE = 200
ASSUMED_CONFIDENCE = 0.5
_LEAST = 1e-6  # a factor of 0 would be worth minus infinity points


class MissingFigure(ValueError):
    """The risk cannot be told: a figure is unknown or outside its range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskInputs:
    """What the score is computed from.

    `reports`, `bad`: how often this class of action by these agents was reported on, and went
    wrong. `severity`: loss divided by tolerance for each dimension. `affected` of `population`.
    `reversibility`: 0 tested automatic rollback, 0.25 one click, 0.5 manual within a day, 0.75
    partly, 1 not at all. `stance_entropy`, `min_surplus`, `novelty`, `confidence` from 0 to 1.
    `calibrated_reports`: how many reports say what the stated confidence is worth.
    """

    reports: int
    bad: int
    severity: Mapping[str, float]
    affected: float
    population: float
    reversibility: float
    stance_entropy: float
    min_surplus: float
    novelty: float
    confidence: float
    calibrated_reports: int


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of the expected harm: its size `value` and what it adds to the score."""

    name: str
    label: str
    value: float
    points: float
    text: str


@dataclass(frozen=True, slots=True)
class Risk:
    """`score` from 0 to 100; the factors' points add up to `unclamped` − 100."""

    score: float
    unclamped: float
    factors: tuple[Factor, ...]

    @property
    def harm(self) -> float:
        """The expected harm h, from before the score was held between 0 and 100."""
        return float(10 ** ((self.unclamped - 100) / POINTS_PER_DECADE))

    @property
    def severity(self) -> float | None:
        """The worst loss as a share of what is tolerated, at most `LARGEST_SEVERITY`."""
        return next((each.value for each in self.factors if each.name == "severity"), None)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, every field."""
        return cast("dict[str, Any]", plain(self))


def failure_bound(reports: int, bad: int) -> float:
    """The 90 % upper bound of Beta(1 + bad, 19 + reports − bad): how often it goes wrong."""
    return float(betaincinv(1 + bad, 19 + reports - bad, 0.9))


def assess(inputs: RiskInputs) -> Risk:
    """The risk of carrying out one agreement; raises MissingFigure rather than guess."""
    _check(inputs)
    factors = (_failure(inputs), _severity(inputs), _reach(inputs), _undo(inputs), _doubt(inputs))
    unclamped = 100.0 + sum(factor.points for factor in factors)
    return Risk(min(max(unclamped, 0.0), 100.0), unclamped, factors)


def _check(inputs: RiskInputs) -> None:
    figures = {
        "reversibility": inputs.reversibility,
        "stance entropy": inputs.stance_entropy,
        "surplus": inputs.min_surplus,
        "novelty": inputs.novelty,
        "confidence": inputs.confidence,
    }
    for name, figure in figures.items():
        if not 0 <= figure <= 1:
            raise MissingFigure(f"The {name} is {figure}, not a number from 0 to 1.")
    if not inputs.severity:
        raise MissingFigure("No dimension says how severe a loss would be.")
    for dimension, share in inputs.severity.items():
        if not (isfinite(share) and share >= 0):
            raise MissingFigure(f"The possible loss of {dimension} is unknown.")
    if not 0 <= inputs.affected <= inputs.population or inputs.population < 1:
        raise MissingFigure("How much of what population is affected is unknown.")
    if not 0 <= inputs.bad <= inputs.reports or inputs.calibrated_reports < 0:
        raise MissingFigure("The reports do not add up.")


def points(size: Any) -> Any:
    """What a factor of this size adds to the score; here and below also whole columns of them."""
    return POINTS_PER_DECADE * np.log10(np.maximum(size, _LEAST))


def reach(affected: Any, population: Any) -> Any:
    """The size of the factor for how far it reaches."""
    return 0.3 + 0.7 * np.log1p(affected) / np.log1p(population)


def effort(reversibility: Any) -> Any:
    """The size of the factor for how hard it is to undo."""
    return 0.2 + 0.8 * reversibility


def doubt(disagreement: Any, novelty: float, confidence: Any) -> Any:
    """The size of the factor for disagreement, novelty and doubt; `confidence` is the one that is
    `trusted`."""
    return 1 + disagreement + 0.75 * novelty + 0.75 * (1 - confidence)


def trusted(confidence: Any, calibrated_reports: int) -> Any:
    """A stated confidence once enough reports show what it is worth, else what is assumed."""
    return confidence if calibrated_reports >= REPORTS_TO_TRUST_CONFIDENCE else ASSUMED_CONFIDENCE


def _factor(name: str, label: str, size: float, text: str) -> Factor:
    return Factor(name, label, max(float(size), _LEAST), float(points(size)), text)


def _failure(inputs: RiskInputs) -> Factor:
    bound = failure_bound(inputs.reports, inputs.bad)
    history = f"{inputs.bad} of {inputs.reports} reported actions of this kind went wrong"
    if not inputs.reports:
        history = "No action of this kind has been reported on"
    text = f"{history}; beside 1 in 20 assumed, at most {_percent(bound)} do (90 % certain)."
    return _factor("failure", "How often it goes wrong", bound, text)


def _severity(inputs: RiskInputs) -> Factor:
    dimension, share = max(inputs.severity.items(), key=lambda item: item[1])
    text = f"The worst loss is in {dimension}: {_percent(share)} of what is tolerated."
    if share > LARGEST_SEVERITY:
        text += f" It counts as {_percent(LARGEST_SEVERITY)}."
    return _factor("severity", "How bad it would be", min(share, LARGEST_SEVERITY), text)


def _reach(inputs: RiskInputs) -> Factor:
    size = reach(inputs.affected, inputs.population)
    text = f"{number(inputs.affected)} of {number(inputs.population)} are affected."
    return _factor("reach", "How far it reaches", size, text)


_UNDOING = (
    (0.0, "An automatic rollback undoes it within minutes."),
    (0.25, "One click undoes it within an hour."),
    (0.5, "People can undo it within a day."),
    (0.75, "It can be undone in part."),
    (1.0, "It cannot be undone."),
)


def _undo(inputs: RiskInputs) -> Factor:
    text = next(text for level, text in _UNDOING if inputs.reversibility <= level)
    return _factor("reversal", "How hard it is to undo", effort(inputs.reversibility), text)


def _doubt(inputs: RiskInputs) -> Factor:
    calibrated = inputs.calibrated_reports >= REPORTS_TO_TRUST_CONFIDENCE
    confidence = trusted(inputs.confidence, inputs.calibrated_reports)
    disagreement = max(inputs.stance_entropy, 1 - inputs.min_surplus)
    size = doubt(disagreement, inputs.novelty, confidence)
    basis = "" if calibrated else ", assumed until enough reports show what the stated one is worth"
    text = (
        f"Disagreement is {_percent(disagreement)}, novelty {_percent(inputs.novelty)}, "
        f"confidence {_percent(confidence)}{basis}."
    )
    return _factor("doubt", "Disagreement, novelty and doubt", size, text)


def _percent(share: float) -> str:
    return f"{number(100 * share, 2)} %"
