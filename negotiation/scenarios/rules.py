"""Hard constraints of a document as masks over all offers. What is unknown is not allowed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation.engine import space
from negotiation.engine.formatting import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from negotiation.engine.space import BoolArray, Column, FloatArray, Lookup
    from negotiation.scenarios.columns import Columns
    from negotiation.scenarios.schema import Constraint, Test

    # Unknown figures are NaN and unknown texts "", as in `columns`.
    Read = Callable[[str], Column]
    Parameters = Mapping[str, Any]

_TOLERANCE = 1e-9


def compile_constraint(constraint: Constraint, columns: Columns) -> space.Constraint:
    def allows(lookup: Lookup) -> BoolArray:
        read = partial(_column, columns=columns, lookup=lookup)
        return allowed(constraint, read, columns.known.document.parameters)

    return space.Constraint(
        name=constraint.name,
        text=constraint.text,
        allows=allows,
        author=constraint.author,
        citation=constraint.citation,
        limit=_limit_text(constraint, columns),
        margin=_margin(constraint, columns),
    )


def allowed(constraint: Constraint, read: Read, parameters: Parameters) -> BoolArray:
    """Which of the rows that `read` gives columns for keep the rule."""
    held: BoolArray = _holds(constraint, read, parameters) == 1
    if constraint.when is None:
        return held
    return held | _spared(constraint.when, read, parameters)


def spares(constraint: Constraint, columns: Columns, lookup: Lookup) -> BoolArray:
    """Which offers the rule says nothing of, for they do not meet its condition."""
    if constraint.when is None:
        return np.zeros(columns.space.count, dtype=np.bool_)
    read = partial(_column, columns=columns, lookup=lookup)
    return _spared(constraint.when, read, columns.known.document.parameters)


def _spared(condition: Test, read: Read, parameters: Parameters) -> BoolArray:
    # An unknown condition counts as met: a hard rule fails closed.
    unmet: BoolArray = _holds(condition, read, parameters) == 0
    return unmet


def stated_limit(test: Test, parameters: Parameters) -> float | tuple[str | float, ...] | None:
    """The largest or smallest figure, or the options, that a test allows; None for the others."""
    ((kind, limit),) = test.limits.items()
    if kind in {"differs_from", "not_in"}:
        return None
    stated = _stated(limit, parameters, kind)
    if isinstance(stated, list):
        return tuple(stated)
    return stated if isinstance(stated, int | float) else (str(stated),)


def _holds(test: Test, read: Read, parameters: Parameters) -> FloatArray:
    """1 where the test holds, 0 where it does not, NaN where a figure is unknown."""
    ((kind, limit),) = test.limits.items()
    column = read(test.subject)
    missing = _unknown(column)
    if kind == "differs_from":
        other = read(str(limit))
        missing = missing | _unknown(other)
        holds: Any = column != other
    else:
        holds = _TESTS[kind](column, _stated(limit, parameters, kind))
    return np.where(missing, np.nan, np.asarray(holds, dtype=np.float64))


def _column(subject: str, columns: Columns, lookup: Lookup) -> Column:
    known = columns.known
    if subject in known.document.parameters:
        value = known.document.parameters[subject]
        kind = object if isinstance(value, str) else float
        return np.full(columns.space.count, value, dtype=kind)
    if subject in known.lookups:
        return columns.lookup(subject)
    return lookup(subject)


def _unknown(column: Column) -> BoolArray:
    return np.asarray(column == "" if column.dtype == object else np.isnan(column), dtype=np.bool_)


def _stated(limit: Any, parameters: Parameters, kind: str) -> Any:
    """The limit itself, or the parameter it names."""
    return parameters[limit] if isinstance(limit, str) and kind != "equals" else limit


def _among(column: Column, options: Any) -> BoolArray:
    chosen = set(options)
    return np.array([value in chosen for value in column.tolist()], dtype=np.bool_)


_TESTS: dict[str, Callable[[Column, Any], Any]] = {
    "in": _among,
    "not_in": lambda column, options: ~_among(column, options),
    "at_most": lambda column, limit: column <= limit + _TOLERANCE * max(1.0, abs(limit)),
    "at_least": lambda column, limit: column >= limit - _TOLERANCE * max(1.0, abs(limit)),
    "equals": lambda column, option: column == option,
}


def _limit_text(constraint: Constraint, columns: Columns) -> str:
    ((kind, limit),) = constraint.limits.items()
    words = columns.known.words
    parameters = columns.known.document.parameters
    stated = limit if kind == "differs_from" else _stated(limit, parameters, kind)
    if isinstance(stated, list):
        return ("not " if kind == "not_in" else "") + listed(
            [words.value(constraint.subject, each) for each in stated]
        )
    if kind == "differs_from":
        return f"differs from {words.label(str(stated))}"
    return words.value(constraint.subject, stated)


def _margin(constraint: Constraint, columns: Columns) -> space.Margin | None:
    ((kind, limit),) = constraint.limits.items()
    parameters = columns.known.document.parameters
    if kind not in {"at_most", "at_least"} or constraint.subject in parameters:
        return None
    return space.Margin(
        subject=constraint.subject,
        limit=float(_stated(limit, parameters, kind)),
        sense="at_most" if kind == "at_most" else "at_least",
        unit=columns.known.words.unit(constraint.subject),
    )
