"""What is negotiated: issues, the space of all offers, and the hard constraints on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from negotiation.engine.messages import Offer, Option

BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Column = NDArray[Any]
"""One entry for every offer of the space: floats for a measure, options for an issue."""
Lookup = Callable[[str], Column]
"""From the name of a measure (at the nominal facts) or of an issue to its column."""

ENUMERABLE = 2_000_000


class SpaceTooLarge(ValueError):
    """The space has more offers than the engine enumerates."""


class NotInSpace(ValueError):
    """This is not an offer of the space: an issue or an option is unknown, or one is missing."""


@dataclass(frozen=True)
class Issue:
    """`labels`: what people call an option, for those that have another name."""

    name: str
    label: str
    options: tuple[Option, ...]
    unit: str = ""
    labels: Mapping[Option, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        if not self.options:
            raise ValueError(f"Issue {self.name} has no options.")
        if len(set(self.options)) != len(self.options):
            raise ValueError(f"Issue {self.name} names an option twice.")

    @cached_property
    def numeric(self) -> bool:
        return all(isinstance(option, (int, float)) for option in self.options)

    @cached_property
    def values(self) -> Column:
        """The options as an array, floats if all are numbers."""
        values = np.array(self.options, dtype=np.float64 if self.numeric else object)
        values.flags.writeable = False
        return values


class OutcomeSpace:
    """All combinations of the issues' options, numbered; the last issue varies fastest."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues = tuple(issues)
        if not self.issues:
            raise ValueError("A space needs at least one issue.")
        if len({issue.name for issue in self.issues}) != len(self.issues):
            raise ValueError("Two issues have the same name.")
        self.size = prod(len(issue.options) for issue in self.issues)

    @cached_property
    def _named(self) -> dict[str, Issue]:
        return {issue.name: issue for issue in self.issues}

    @cached_property
    def _strides(self) -> dict[str, int]:
        strides: dict[str, int] = {}
        stride = 1
        for issue in reversed(self.issues):
            strides[issue.name] = stride
            stride *= len(issue.options)
        return strides

    @cached_property
    def _places(self) -> dict[str, dict[Option, int]]:
        return {
            issue.name: {option: place for place, option in enumerate(issue.options)}
            for issue in self.issues
        }

    def issue(self, name: str) -> Issue:
        return self._named[name]

    def index_of(self, offer: Mapping[str, Option]) -> int:
        """The number of `offer`; raises NotInSpace."""
        if offer.keys() != self._places.keys():
            raise NotInSpace(f"An offer names exactly these issues: {', '.join(self._places)}.")
        index = 0
        for name, option in offer.items():
            place = self._places[name].get(option)
            if place is None:
                raise NotInSpace(f"{option!r} is not an option of {name}.")
            index += place * self._strides[name]
        return index

    def offer_at(self, index: int) -> Offer:
        """The offer with number `index`, its issues in the order of the space."""
        if not 0 <= index < self.size:
            raise NotInSpace(f"The space has no offer number {index}.")
        return {
            issue.name: issue.options[int(index) // self._strides[issue.name] % len(issue.options)]
            for issue in self.issues
        }

    def option_indices(self, issue_name: str, indices: IntArray | None = None) -> IntArray:
        """For each offer number in `indices` (default: all) the place of its option, shape (n,)."""
        if indices is None:
            self.require_enumerable()
            indices = np.arange(self.size, dtype=np.int64)
        return indices // self._strides[issue_name] % len(self.issue(issue_name).options)

    def column(self, issue_name: str) -> Column:
        """The option of every offer on one issue: shape (size,), floats if all are numbers."""
        return self.issue(issue_name).values[self.option_indices(issue_name)]

    def require_enumerable(self) -> None:
        if self.size > ENUMERABLE:
            raise SpaceTooLarge(
                f"The space has {self.size:,} offers; at most {ENUMERABLE:,} are enumerated. "
                "Use fewer issues or fewer options."
            )


@dataclass(frozen=True, slots=True)
class Margin:
    """The number a constraint compares with, so that the smallest relaxation can be named.

    `subject` is a measure or a numeric issue, `limit` is in `unit`.
    """

    subject: str
    limit: float
    sense: Literal["at_most", "at_least"]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A hard rule that people wrote.

    `allows` gives one truth value for every offer of the space, shape (size,). An unknown figure
    (NaN) must give False: a hard constraint fails closed. `text` is the rule as a sentence,
    `limit` its limit for a card ("250 ms").
    """

    name: str
    text: str
    allows: Callable[[Lookup], BoolArray]
    author: str = ""
    citation: str = ""
    limit: str = ""
    margin: Margin | None = None
