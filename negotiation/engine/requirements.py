"""What a person asks of every agreement of a table from now on, typed, so that it can be checked.

A requirement is a hard constraint that was added while people were talking. A figure that rests on
facts is looked at as the card shows it: at what everybody at the table was told.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

import numpy as np

from negotiation.engine.formatting import figure_text, listed, quantity
from negotiation.engine.space import Constraint, Margin
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from negotiation.engine.messages import Option
    from negotiation.engine.space import BoolArray, Column, Issue
    from negotiation.engine.table import Table

Test = Literal["at_most", "at_least", "in", "not_in", "equals"]
TESTS: tuple[Test, ...] = get_args(Test)
MOST = 20
"""Requirements in one message, at most."""

_WORDS: Mapping[str, str] = {
    "at_most": "is at most",
    "at_least": "is at least",
    "in": "is one of",
    "not_in": "is not",
    "equals": "is",
}
_PRECISE = 9  # significant digits: what is asked for is shown as it is meant


class BadRequirement(ValueError):
    """This cannot be asked of an agreement here; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """`subject`: an issue, or a measure, figures of the catalogue among them.

    `in` and `not_in` compare an issue with some of its options, `equals` with one, or a measure
    with a number; the others compare numbers. `text` says it for people.
    """

    subject: str
    test: Test
    limit: Option | tuple[Option, ...]
    text: str = ""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Requirement:
        """The requirement of a message's `to_dict`, also after a trip through JSON."""
        limit = data["limit"]
        return cls(**{**data, "limit": tuple(limit) if isinstance(limit, list) else limit})

    @property
    def limits(self) -> tuple[Option, ...]:
        return self.limit if isinstance(self.limit, tuple) else (self.limit,)


def check(table: Table, requirement: Requirement) -> None:
    """Raises BadRequirement if `requirement` has no meaning at this table."""
    issue = _issue(table, requirement.subject)
    if issue is None and requirement.subject not in table.measure:
        raise BadRequirement(f"There is no issue and no measure {requirement.subject!r} here.")
    label = issue.label if issue else table.measure[requirement.subject].label
    if requirement.test not in TESTS:
        raise BadRequirement(f"{requirement.test!r} is no test; there are {', '.join(TESTS)}.")
    if (requirement.test in {"in", "not_in"}) != isinstance(requirement.limit, tuple):
        raise BadRequirement(f"{label}: {requirement.test!r} does not go with this limit.")
    if not requirement.limits:
        raise BadRequirement(f"{label}: name at least one option.")
    if issue and requirement.test in {"in", "not_in", "equals"}:
        _check_options(issue, requirement)
    elif isinstance(requirement.limit, tuple):
        raise BadRequirement(f"{label} is a figure: say at most, at least or exactly how much.")
    elif issue and not issue.numeric:
        raise BadRequirement(f"The options of {label} are words; say which of them.")
    elif not _is_number(requirement.limit):
        raise BadRequirement(f"{label} is compared with a number.")


def worded(table: Table, requirement: Requirement) -> str:
    """A requirement that fits the table as a sentence: "Monthly cost is at most 40 k$ a month."."""
    subject = requirement.subject
    issue = _issue(table, subject)
    label, unit = (
        (issue.label, issue.unit)
        if issue
        else (table.measure[subject].label, table.measure[subject].unit)
    )

    def shown(option: Option) -> str:
        said = figure_text(table, subject, option, unit)
        if isinstance(option, str) or said != quantity(option, unit):
            return said
        return quantity(option, unit, _PRECISE)

    limits = listed([shown(option) for option in requirement.limits])
    return f"{label} {_WORDS[requirement.test]} {limits}."


def constraint(
    table: Table, requirement: Requirement, *, by: str, facts: Mapping[str, float]
) -> Constraint:
    """The hard constraint that a requirement of the person `by` is from now on.

    `facts`: the figures that everybody was told; the others count as their nominal ones.
    """
    allowed = _allowed(table, requirement, facts)
    return Constraint(
        name=f"the requirement of {by}",
        text=requirement.text or worded(table, requirement),
        allows=lambda _lookup: allowed,
        author=by,
        margin=_margin(table, requirement, facts),
    )


def keeps(requirement: Requirement, value: Option | None) -> bool:
    """Whether one figure or option keeps it; an unknown one never does."""
    if value is None or not _comparable(requirement, value):
        return False
    return bool(_kept(requirement, np.array([value]))[0])


def _comparable(requirement: Requirement, value: Option) -> bool:
    if isinstance(requirement.limit, tuple):
        return True
    return isinstance(requirement.limit, str) == isinstance(value, str)


def _allowed(table: Table, requirement: Requirement, facts: Mapping[str, float]) -> BoolArray:
    """Which offers of the space keep it, shape (space.count,); an unknown figure never does."""
    if issue := _issue(table, requirement.subject):
        return _kept(requirement, issue.values)[table.space.places(issue.name)]
    measure = table.measure[requirement.subject]
    figures = {name: facts.get(name, table.fact[name].nominal) for name in sorted(measure.facts)}
    return _kept(requirement, np.asarray(measure.evaluate(figures), dtype=np.float64))


def _kept(requirement: Requirement, column: Column) -> BoolArray:
    if isinstance(requirement.limit, tuple):
        among = np.array([value in requirement.limit for value in column.tolist()], dtype=np.bool_)
        return among if requirement.test == "in" else ~among
    if isinstance(requirement.limit, str):
        return np.asarray(column == requirement.limit, dtype=np.bool_)
    kept: BoolArray = _COMPARED[requirement.test](column, float(requirement.limit))
    return kept


def _margin(table: Table, requirement: Requirement, facts: Mapping[str, float]) -> Margin | None:
    """What a smallest relaxation is found by, where it is looked at as the requirement is."""
    subject, test = requirement.subject, requirement.test
    measure = table.measure.get(subject)
    if test not in {"at_most", "at_least"} or (measure and measure.facts & facts.keys()):
        return None
    unit = measure.unit if measure else table.space.issue(subject).unit
    return Margin(
        subject=subject,
        limit=float(cast("float", requirement.limit)),
        sense="at_most" if test == "at_most" else "at_least",
        unit=unit,
    )


def _check_options(issue: Issue, requirement: Requirement) -> None:
    unknown = [
        str(option)
        for option in requirement.limits
        if isinstance(option, bool) or option not in issue.options
    ]
    if unknown:
        raise BadRequirement(f"{listed(unknown)} is no option of {issue.label}.")


def _issue(table: Table, name: str) -> Issue | None:
    return next((issue for issue in table.space.issues if issue.name == name), None)


def _is_number(limit: object) -> bool:
    return isinstance(limit, int | float) and not isinstance(limit, bool) and isfinite(limit)


def _slack(limit: float) -> float:
    return TOLERANCE * max(1.0, abs(limit))


_COMPARED: Mapping[str, Callable[[Column, float], BoolArray]] = {
    "at_most": lambda column, limit: column <= limit + _slack(limit),
    "at_least": lambda column, limit: column >= limit - _slack(limit),
    "equals": lambda column, limit: np.abs(column - limit) <= _slack(limit),
}
