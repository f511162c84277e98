"""What sends a decision to people whatever its score: the hard gates. They fail closed."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from operator import ge, gt, lt
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from negotiation.engine.risk import Risk
    from negotiation.engine.space import BoolArray, Column

Route = Literal["auto", "review", "refuse"]
Test = Literal["at_least", "above", "below", "not_in"]
Measured = float | str | None
Limit = float | tuple[str | float, ...]

_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "at_least": ge,
    "above": gt,
    "below": lt,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Sends a decision to people if `subject` is `test` `limit`: ("commitment", "at_least", 1).

    `not_in` compares with a tuple of values, the others with a number in `unit`. At least `people`
    distinct persons decide.
    """

    name: str
    text: str
    subject: str
    test: Test
    limit: Limit
    unit: str = ""
    people: int = 1

    def __post_init__(self) -> None:
        if isinstance(self.limit, tuple) == (self.test in _COMPARED):
            raise ValueError(f"Gate {self.name}: {self.test} does not go with {self.limit!r}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Irreversible:
    """What cannot be undone, and may cost `severity` of what is tolerated, takes `people`."""

    severity: float = 0.3
    people: int = 2


IRREVERSIBLE = Irreversible()


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """From `begins` until `ends` nothing is carried out without a person: seconds of POSIX time,
    and `until` for people."""

    name: str
    text: str
    begins: float
    ends: float
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule that was met: what was measured, the rule's limit in `unit`, what it forces.

    `measured` is None where the figure is unknown. At least `people` distinct persons decide.
    """

    rule: str
    text: str
    subject: str
    measured: Measured
    limit: Limit | None
    unit: str
    forces: Route
    people: int = 1


def gated(gates: Iterable[Gate], values: Mapping[str, Measured]) -> tuple[Finding, ...]:
    """The gates that these `values`, by subject, meet, in their order."""
    found = (_gated(gate, values) for gate in gates)
    return tuple(finding for finding in found if finding is not None)


def met_by(gate: Gate, column: Column) -> BoolArray:
    """Where `gated` finds this gate, if its subject has the figures or texts of a column; unknown
    figures are NaN, unknown texts empty."""
    if column.dtype != object and gate.test in _COMPARED:
        met = _COMPARED[gate.test](column, gate.limit)
        return np.asarray(met | ~np.isfinite(column))
    values = [value or None if isinstance(value, str) else value for value in column.tolist()]
    met_by_one = {value: bool(gated([gate], {gate.subject: value})) for value in set(values)}
    return np.array([met_by_one[value] for value in values], dtype=np.bool_)


def _gated(gate: Gate, values: Mapping[str, Measured]) -> Finding | None:
    measured = values.get(gate.subject)
    known = _is_known(measured) and (gate.test not in _COMPARED or not isinstance(measured, str))
    if known and not _met(gate, measured):
        return None
    return Finding(
        rule=gate.name,
        text=gate.text if known else f"{gate.text} Here the figure is unknown.",
        subject=gate.subject,
        measured=measured if known else None,
        limit=gate.limit,
        unit=gate.unit,
        forces="review",
        people=gate.people,
    )


def _is_known(measured: Measured) -> bool:
    return measured is not None and (isinstance(measured, str) or isfinite(measured))


def _met(gate: Gate, measured: Measured) -> bool:
    if isinstance(gate.limit, tuple):
        return measured not in gate.limit
    return bool(_COMPARED[gate.test](measured, gate.limit))


def irreversible(
    rule: Irreversible, risk: Risk | None, reversibility: float | None
) -> list[Finding]:
    """The finding of what cannot be undone (`reversibility` 1) and may cost much."""
    if reversibility is None or reversibility < 1:
        return []
    # A loss that is not known may be any.
    severity = risk.severity if risk else None
    if severity is not None and severity < rule.severity:
        return []
    return [
        Finding(
            rule="irreversible",
            text="It cannot be undone, and much would be lost.",
            subject="severity",
            measured=severity,
            limit=rule.severity,
            unit="of what is tolerated",
            forces="review",
            people=rule.people,
        )
    ]


def frozen(freezes: Iterable[Freeze], now: float | None) -> list[Finding]:
    """The freezes that hold at `now`; none where no time is told."""
    return [
        Finding(
            rule=freeze.name,
            text=freeze.text,
            subject="freeze",
            measured=f"until {freeze.until}",
            limit=None,
            unit="",
            forces="review",
        )
        for freeze in freezes
        if now is not None and freeze.begins <= now < freeze.ends
    ]
