"""What people call the things of a scenario: the one place that knows labels, units and values.

Read from the stored document as it is, so that a version from before a change of the format can
still be shown. A name or value that has no words is given back as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from negotiation.engine import formatting
from negotiation.scenarios import catalogues

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from negotiation.scenarios.catalogues import CatalogueTable

Value = tuple[str, str]


def figure(value: object, unit: str = "") -> str:
    """A number as people write it: 41,250 · 3.28 · unknown; anything else as it is."""
    if value is None or isinstance(value, int | float):
        return formatting.quantity(value, unit)
    return str(value)


def moment(text: str) -> str:
    """A time of a document, which is in UTC: 2026-12-20 08:00 UTC."""
    return f"{text[:16].replace('T', ' ')} UTC"


@dataclass(frozen=True, slots=True)
class Words:
    """`values`: by name and value, for options, levels and codes that have words of their own."""

    issues: tuple[str, ...]
    labels: Mapping[str, str]
    units: Mapping[str, str]
    values: Mapping[Value, str]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Words:
        labels: dict[str, str] = {}
        units: dict[str, str] = {}
        values: dict[Value, str] = {}
        for part in _named(document, "facts", "issues", "measures"):
            labels[part["name"]] = part.get("label") or part["name"]
            units[part["name"]] = part.get("unit") or ""
            values.update(_worded(part))
        for part, table in _lookups(document):
            column = table.columns[part["column"]]
            labels[part["name"]] = part.get("label") or column.label
            units[part["name"]] = column.unit
            values.update(_spelled(part, table))
        issues = tuple(part["name"] for part in _named(document, "issues"))
        return cls(issues, labels, units, values)

    def label(self, name: str) -> str:
        return self.labels.get(name, name)

    def unit(self, name: str) -> str:
        return self.units.get(name, "")

    def value(self, name: str, value: object, unit: str | None = None) -> str:
        """A value of `name` in words, or as a figure with its unit."""
        return self.spelled(name, value) or figure(value, self.unit(name) if unit is None else unit)

    def spelled(self, name: str, value: object) -> str | None:
        """The words for a value that has some."""
        return self.values.get((name, _key(value)))

    def known(self, name: str) -> list[str]:
        """The values of `name` that have words."""
        return [value for owner, value in self.values if owner == name]

    def change(self, name: str, before: object, after: object, unit: str) -> tuple[str, str]:
        """Both values, precise enough to tell them apart; the unit only once."""
        if self.spelled(name, before) or self.spelled(name, after):
            return self.value(name, before), self.value(name, after)
        if isinstance(before, int | float) and isinstance(after, int | float):
            return formatting.change(before, after, unit)
        return figure(before, unit), figure(after, unit)


def _named(document: Mapping[str, Any], *kinds: str) -> Iterator[dict[str, Any]]:
    for kind in kinds:
        yield from document.get(kind) or ()


def _lookups(document: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], CatalogueTable]]:
    name = document.get("catalogue")
    if name not in catalogues.names():
        return
    tables = catalogues.load(name).tables
    for part in _named(document, "lookups"):
        table = tables.get(part["table"])
        if table and part["column"] in table.columns:
            yield part, table


def _worded(part: Mapping[str, Any]) -> Iterator[tuple[Value, str]]:
    for option in part.get("options") or ():
        if isinstance(option, dict):
            yield (part["name"], _key(option["value"])), option["label"]
    for level, label in (part.get("levels") or {}).items():
        yield (part["name"], _key(float(level))), label


def _spelled(part: Mapping[str, Any], table: CatalogueTable) -> Iterator[tuple[Value, str]]:
    """Codes of the catalogue whose words are in another column: DEU, Germany."""
    words = table.columns[part["column"]].spelled_in
    for row in table.rows.values() if words else ():
        yield (part["name"], _key(row[part["column"]])), str(row[words])


def _key(value: object) -> str:
    return f"{value:.15g}" if isinstance(value, int | float) else str(value)
