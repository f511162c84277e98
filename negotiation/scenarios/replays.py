"""Rules that are held against what earlier judgements have read, with the code that judged them.

What a decision's features do not say is not guessed: such a decision cannot be replayed, and the
reason is told. The budget is not looked at here, because it needs the others.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation.engine.budgets import Budget
from negotiation.engine.policy import judge
from negotiation.engine.risk import MissingFigure, assess
from negotiation.engine.tiers import tier_of
from negotiation.scenarios.definitions import Definitions, read_by_the_judge
from negotiation.scenarios.judgements import (
    History,
    Stances,
    breach,
    compile_policy,
    risk_inputs,
)
from negotiation.scenarios.rules import allowed
from negotiation.scenarios.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from negotiation.engine.gates import Finding
    from negotiation.engine.policy import Judgement
    from negotiation.engine.risk import Risk
    from negotiation.engine.space import Column
    from negotiation.engine.tiers import Tier
    from negotiation.scenarios.schema import ScenarioDocument

    Features = Mapping[str, Any]

_PARTS = ("service", "options", "effects", "stated", "losses", "summary", "before", "at")


class Past:
    """The rules that a decision was made under: what its figures mean."""

    def __init__(self, document: ScenarioDocument) -> None:
        self.means = Definitions(document, assumptions=False)
        self.losses = {part.name: part.loss for part in document.policy.risk.dimensions}


class Rules:
    """One scenario's policy, ready to be asked about any number of decisions."""

    def __init__(self, document: ScenarioDocument) -> None:
        self.document = document
        self.known = Vocabulary(document)
        self.policy = compile_policy(self.known)
        budget = document.policy.budget
        self.budget = Budget(harm=budget.harm, hours=budget.hours)
        self.means = Definitions(document, assumptions=False)
        self.fixed = {
            name: value
            for name, value in document.parameters.items()
            if not isinstance(value, list)
        }
        self._read = [name for name in read_by_the_judge(document) if name not in self.fixed]
        self._titles = {seat.name: seat.title for seat in document.seats}

    def stranger(self, past: Past) -> str:
        """Why no decision made under those rules can be replayed; empty where they can."""
        for name in self._read:
            if past.means.of(name) != self.means.of(name):
                return f"“{self.known.words.label(name)}” meant something else then."
        for part in self.document.policy.risk.dimensions:
            if past.losses.get(part.name) != part.loss:
                return f"What had been lost before in {part.label} was not noted then."
        return ""

    def unreadable(self, features: Features) -> str:
        """Why this decision cannot be replayed; empty where it can."""
        if any(part not in features for part in _PARTS):
            return "What was read for it is kept in an older form."
        there = features["options"].keys() | features["effects"].keys() | features["stated"].keys()
        if not there.issuperset(self._read):
            return "Not every figure that is asked for was noted then."
        stated = self.document.policy.risk.reversibility
        if not isinstance(stated, int | float):
            option = str(features["options"][stated.by])
            if option not in stated.levels:
                return f"How hard “{option}” is to undo is not said any more."
        return ""

    def judged(self, all_features: Sequence[Features]) -> list[Judgement]:
        """What each one is judged to be, its budget aside; only of what is readable."""
        values = [self._values(features) for features in all_features]
        broken = self._broken(values)
        return [
            self._judged(features, its, broken.get(row, ()))
            for row, (features, its) in enumerate(zip(all_features, values, strict=True))
        ]

    def tier(self, judgement: Judgement) -> Tier:
        return tier_of(self.policy.tiers, judgement)

    def _values(self, features: Features) -> dict[str, Any]:
        return {
            **features["stated"], **self.fixed, **features["options"], **features["effects"]
        }  # fmt: skip

    def _judged(
        self, features: Features, values: Mapping[str, Any], broken: tuple[Finding, ...]
    ) -> Judgement:
        said = features["summary"]
        inputs = risk_inputs(
            self.document.policy.risk,
            offer=features["options"],
            values=values,
            stances=Stances(
                stance_entropy=said["stance_entropy"],
                min_surplus=said["min_surplus"],
                confidence=said["confidence"],
            ),
            history=History(**features["before"]),
        )
        try:
            risk: Risk | None = assess(inputs)
        except MissingFigure:
            risk = None
        return judge(
            self.policy,
            risk=risk,
            values=values,
            confidence=said["confidence"],
            by=said["by"],
            below=tuple(self._titles.get(name, name) for name in said["below"]),
            broken=broken,
            by_people=tuple(features.get("by_people", ())),
            reversibility=inputs.reversibility,
            now=datetime.fromisoformat(features["at"]).timestamp(),
        )

    def _broken(self, values: Sequence[Mapping[str, Any]]) -> dict[int, tuple[Finding, ...]]:
        """The hard rules that rows do not keep, by row."""
        found: dict[int, tuple[Finding, ...]] = {}

        def read(subject: str) -> Column:
            return self._column(subject, values)

        for rule in self.document.constraints:
            kept = allowed(rule, read, self.document.parameters)
            for row in np.flatnonzero(~kept).tolist():
                one = breach(rule, values[row][rule.subject], self.known)
                found[row] = (*found.get(row, ()), one)
        return found

    def _column(self, subject: str, values: Sequence[Mapping[str, Any]]) -> Column:
        """Unknown figures are NaN and unknown texts "", as in `columns`."""
        if self.known.subjects[subject] == "text":
            texts = np.empty(len(values), dtype=object)
            texts[:] = ["" if its[subject] is None else its[subject] for its in values]
            return texts
        return np.array([its[subject] for its in values], dtype=np.float64)
