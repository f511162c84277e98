"""The figures of every offer of a space: one array for each name of a document.

Numbers are float64 with NaN for unknown, texts are objects with "" for unknown. Arrays that were
handed out are read-only, because they are shared.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation.scenarios.expressions import Expression, compile_expression
from negotiation.scenarios.fields import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from negotiation.engine.space import Column, FloatArray, OutcomeSpace
    from negotiation.scenarios.catalogues import CatalogueTable, Cell
    from negotiation.scenarios.schema import Lookup
    from negotiation.scenarios.vocabulary import Vocabulary

_MEMORY = 64_000_000  # bytes for remembered columns of one scenario


class Columns:
    """`like`: columns over another pool of the same document, whose preparations are shared."""

    def __init__(
        self, known: Vocabulary, space: OutcomeSpace, *, like: Columns | None = None
    ) -> None:
        self.known = known
        self.space = space
        self.expressions: dict[str, Expression] = like.expressions if like else _expressions(known)
        self.grid: Callable[[str], Column]
        self.grid = like.grid if like else lru_cache(maxsize=None)(self._cells)
        # Never fewer than there are measures, or those that build on many would be computed anew.
        remembered = max(len(self.expressions), _MEMORY // (8 * space.count))
        self._measure = lru_cache(maxsize=remembered)(self._evaluate)
        self._lookup = lru_cache(maxsize=None)(self._read)
        self.facts_of = lru_cache(maxsize=None)(self._facts_of)

    def _facts_of(self, measure: str) -> frozenset[str]:
        """The facts that a measure reads, also through other measures."""
        names = self.expressions[measure].names
        through = (self.facts_of(name) for name in names & self.expressions.keys())
        return frozenset(names & self.known.facts.keys()).union(*through)

    def measure(self, name: str, facts: Mapping[str, float]) -> FloatArray:
        """The measure for every offer, shape (space.count,), at these figures of its facts."""
        return self._measure(
            name, tuple((fact, facts[fact]) for fact in sorted(self.facts_of(name)))
        )

    def lookup(self, name: str) -> Column:
        """A figure or text of the catalogue for every offer, shape (space.count,)."""
        return self._lookup(name)

    def _evaluate(self, name: str, facts: tuple[tuple[str, float], ...]) -> FloatArray:
        values: dict[str, Any] = dict(facts)
        for used in self.expressions[name].names - values.keys():
            values[used] = self._value(used, dict(facts))
        return _frozen(self.expressions[name].evaluate(values, self.space.count))

    def _value(self, name: str, facts: Mapping[str, float]) -> Any:
        if name in self.expressions:
            return self.measure(name, facts)
        if name in self.known.lookups:
            return self.lookup(name)
        if name in self.known.issues:
            return self.space.column(name)
        return self.known.document.parameters[name]

    def _read(self, name: str) -> Column:
        lookup = self.known.lookups[name]
        issues = [lookup.keys[key] for key in self.known.table_of(lookup).keys]
        places = tuple(self.space.option_indices(issue) for issue in issues)
        return _frozen(self.grid(name)[places])

    def _cells(self, name: str) -> Column:
        """A lookup for all options of the issues that are its keys, one dimension for each."""
        lookup = self.known.lookups[name]
        table = self.known.table_of(lookup)
        issues = [self.known.issues[lookup.keys[key]] for key in table.keys]
        cells = [
            _cell(table, lookup, tuple(str(option) for option in options))
            for options in product(*(issue.values for issue in issues))
        ]
        number = table.columns[lookup.column].kind == "number"
        grid = np.array(cells, dtype=np.float64 if number else object)
        return grid.reshape([len(issue.values) for issue in issues])


def _expressions(known: Vocabulary) -> dict[str, Expression]:
    kinds = dict(known.kinds)
    found: dict[str, Expression] = {}
    for name, measure in known.measures.items():
        found[name] = compile_expression(measure.formula, kinds)
        kinds[name] = "number"
    return found


def _cell(table: CatalogueTable, lookup: Lookup, key: tuple[str, ...]) -> Cell:
    for option in key:
        if option in lookup.instead:
            stated = lookup.instead[option]
            return table.unknown(lookup.column) if stated == UNKNOWN else stated
    return table.cell(key, lookup.column)


def _frozen(column: Column) -> Column:
    column.flags.writeable = False
    return column


def known_or_none(value: Any) -> float | int | str | None:
    """A figure as plain JSON: None where it is unknown."""
    if isinstance(value, str):
        return value or None
    return None if math.isnan(value) else float(value)
