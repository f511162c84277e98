"""What is negotiated: issues, the space of all offers, and the hard constraints on it.

Up to ENUMERABLE offers a space is numbered as a whole. A larger one, up to 10^30 offers and more,
is looked at through a pool of some of them, and only those have numbers.
"""

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

Places = NDArray[np.unsignedinteger[Any]]
"""For every offer the place of its option among an issue's options, in as few bytes as it takes."""
BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Words = NDArray[np.uint64]
"""Machine words that hold something about many things at once, a few bits for each."""
Column = NDArray[Any]
"""One entry for every offer of the space: floats for a measure, options for an issue."""
Lookup = Callable[[str], Column]
"""From the name of a measure (at the nominal facts) or of an issue to its column."""

ENUMERABLE = 2_000_000


class SpaceTooLarge(ValueError):
    """There are more offers than the engine numbers."""


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


class Pool:
    """Some offers of a space, distinct ones; the first has number 0.

    `places`: for every offer and issue the place of its option, shape (offers, issues).
    """

    def __init__(self, places: NDArray[np.integer[Any]]) -> None:
        small = np.min_scalar_type(int(places.max(initial=0)))
        self.places: Places = np.asfortranarray(places, dtype=small)  # columns are read as a whole
        self.places.flags.writeable = False

    def __len__(self) -> int:
        return len(self.places)

    def find(self, places: Sequence[int]) -> int | None:
        """The number of the offer with these `places`, shape (issues,); None if it is not here."""
        keys, order = self._sorted
        if max(places) > np.iinfo(self.places.dtype).max:
            return None
        key = _as_bytes(np.array([places], dtype=self.places.dtype))
        rank = int(np.searchsorted(keys, key[0]))
        return int(order[rank]) if rank < len(keys) and keys[rank] == key[0] else None

    @cached_property
    def _sorted(self) -> tuple[Column, IntArray]:
        keys = _as_bytes(self.places)
        order = np.argsort(keys, kind="stable")
        return keys[order], order


def distinct(places: NDArray[np.integer[Any]]) -> NDArray[np.integer[Any]]:
    """The rows of `places` (offers, issues) without repetition, in the order they first appear."""
    return places[np.sort(np.unique(_as_bytes(places), return_index=True)[1])]


def _as_bytes(places: NDArray[np.integer[Any]]) -> Column:
    """Each row as one value that can be sorted and compared, shape (offers,)."""
    rows = np.ascontiguousarray(places)
    return rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1])))[:, 0]


class OutcomeSpace:
    """All combinations of the issues' options, numbered; the last issue varies fastest.

    With a `pool` only its offers are numbered. `size` counts all combinations, exactly, `count`
    those that have numbers.
    """

    def __init__(self, issues: Sequence[Issue], pool: Pool | None = None) -> None:
        self.issues = tuple(issues)
        if not self.issues:
            raise ValueError("A space needs at least one issue.")
        if len({issue.name for issue in self.issues}) != len(self.issues):
            raise ValueError("Two issues have the same name.")
        self.size = prod(len(issue.options) for issue in self.issues)
        self._pool = pool
        self.count = self.size if pool is None else len(pool)

    def with_pool(self, places: NDArray[np.integer[Any]]) -> OutcomeSpace:
        """This space, looked at through the offers with `places` (offers, issues); equal rows
        count once. ValueError for a place that an issue does not have."""
        widths = np.array([len(issue.options) for issue in self.issues])
        if places.ndim != 2 or places.shape[1] != len(widths):
            raise ValueError("A pool has one column for each issue.")
        if places.size and ((places < 0).any() or (places.max(axis=0) >= widths).any()):
            raise ValueError("A pool names a place that an issue does not have.")
        return OutcomeSpace(self.issues, Pool(distinct(places)))

    @property
    def pooled(self) -> bool:
        return self._pool is not None

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
    def _ranks(self) -> dict[str, int]:
        return {issue.name: rank for rank, issue in enumerate(self.issues)}

    @cached_property
    def _option_places(self) -> dict[str, dict[Option, int]]:
        return {
            issue.name: {option: place for place, option in enumerate(issue.options)}
            for issue in self.issues
        }

    def issue(self, name: str) -> Issue:
        return self._named[name]

    def places_of(self, offer: Mapping[str, Option]) -> list[int]:
        """The places of its options, also of an offer that a pool left out; raises NotInSpace."""
        if offer.keys() != self._option_places.keys():
            raise NotInSpace(
                f"An offer names exactly these issues: {', '.join(self._option_places)}."
            )
        return [self._place(issue.name, offer[issue.name]) for issue in self.issues]

    def index_of(self, offer: Mapping[str, Option]) -> int:
        """The number of `offer`; raises NotInSpace, also if it has none."""
        places = self.places_of(offer)
        if self._pool is None:
            return sum(
                place * self._strides[issue.name]
                for issue, place in zip(self.issues, places, strict=True)
            )
        index = self._pool.find(places)
        if index is None:
            raise NotInSpace(
                f"The space has {self.size:,} offers, of which {self.count:,} are looked at here; "
                "this is none of them."
            )
        return index

    def holds(self, offer: Mapping[str, Option]) -> bool:
        """Whether an offer has a number; raises NotInSpace if it is none at all."""
        places = self.places_of(offer)
        return self._pool is None or self._pool.find(places) is not None

    def offer_at(self, index: int) -> Offer:
        """The offer with number `index`, its issues in the order of the space."""
        if not 0 <= index < self.count:
            raise NotInSpace(f"The space has no offer number {index}.")
        if self._pool is None:
            strides = self._strides
            return {
                issue.name: issue.options[int(index) // strides[issue.name] % len(issue.options)]
                for issue in self.issues
            }
        places = self._pool.places[index].tolist()
        return {
            issue.name: issue.options[place]
            for issue, place in zip(self.issues, places, strict=True)
        }

    def option_indices(self, issue_name: str, indices: IntArray | None = None) -> IntArray:
        """For each offer number in `indices` (default: all) the place of its option, shape (n,)."""
        if indices is None or self._pool is not None:
            places = self.places(issue_name)
            return (places if indices is None else places[indices]).astype(np.int64)
        return indices // self._strides[issue_name] % len(self.issue(issue_name).options)

    def places(self, issue_name: str) -> Places:
        """For every offer the place of its option, shape (count,), in as few bytes as it takes."""
        self.require_enumerable()
        if self._pool is not None:
            return self._pool.places[:, self._ranks[issue_name]]
        width, stride = len(self.issue(issue_name).options), self._strides[issue_name]
        once = np.repeat(np.arange(width, dtype=np.min_scalar_type(width - 1)), stride)
        return np.tile(once, self.size // (width * stride))

    def sums(self, figures: Mapping[str, FloatArray]) -> FloatArray:
        """For every offer the sum of its options' figures, shape (count,).

        `figures` by issue, one for each option; an issue that is not there counts nothing.
        """
        if self._pool is not None:
            total = np.zeros(self.count)
            for name, values in figures.items():
                total += values[self.places(name)]
            return total
        total = np.zeros(1)
        for issue in self.issues:  # each one takes all sums so far once for each of its options
            width, short = len(issue.options), total
            total = np.repeat(short, width)
            if issue.name in figures:
                total += np.tile(figures[issue.name], len(short))
        return total

    def column(self, issue_name: str) -> Column:
        """The option of every offer on one issue: shape (count,), floats if all are numbers."""
        return self.issue(issue_name).values[self.places(issue_name)]

    def require_enumerable(self) -> None:
        """Raises SpaceTooLarge if there are more numbered offers than the engine holds."""
        if self.count > ENUMERABLE:
            raise SpaceTooLarge(
                f"The space has {self.count:,} offers; at most {ENUMERABLE:,} are enumerated. "
                "Use fewer issues or fewer options, or a pool of offers."
            )

    def _place(self, issue_name: str, option: Option) -> int:
        place = self._option_places[issue_name].get(option)
        if place is None:
            raise NotInSpace(f"{option!r} is not an option of {issue_name}.")
        return place


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

    `allows` gives one truth value for every offer of the space, shape (count,). An unknown figure
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
