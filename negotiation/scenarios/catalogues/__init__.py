"""Figures that are shipped with the product, each column with unit, source, licence and date.

A catalogue is a folder: `catalogue.json` says what the columns mean and where they are from, one
CSV file per table holds the figures. A blank is unknown: NaN for a number, "" for a text.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parent

Key = tuple[str, ...]
Cell = float | str


class UnknownCatalogue(LookupError):
    """There is no catalogue of this name."""


class Source(BaseModel):
    """Where a column is from; `date` is the day the figures describe, not the day of the copy."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    url: str
    licence: str
    date: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")


class Column(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["number", "text"]
    label: str
    unit: str
    source: str
    note: str
    spelled_in: str = ""
    """The column of the same table that has the words for this one's codes."""


class _TableFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    keys: list[str]
    columns: dict[str, Column]


class _CatalogueFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    notice: str
    sources: dict[str, Source]
    tables: dict[str, _TableFile]


@dataclass(frozen=True, slots=True)
class CatalogueTable:
    keys: tuple[str, ...]
    columns: Mapping[str, Column]
    rows: Mapping[Key, Mapping[str, Cell]]

    def cell(self, key: Key, column: str) -> Cell:
        """The figure, or what stands for unknown when the row or the figure is missing."""
        return self.rows[key][column] if key in self.rows else self.unknown(column)

    def unknown(self, column: str) -> Cell:
        return math.nan if self.columns[column].kind == "number" else ""

    def key_values(self, key: str) -> frozenset[str]:
        position = self.keys.index(key)
        return frozenset(row[position] for row in self.rows)


@dataclass(frozen=True, slots=True)
class Catalogue:
    name: str
    sources: Mapping[str, Source]
    tables: Mapping[str, CatalogueTable]

    def source_of(self, table: str, column: str) -> Source:
        return self.sources[self.tables[table].columns[column].source]


def names() -> tuple[str, ...]:
    """The names of the shipped catalogues."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob("*/catalogue.json")))


@lru_cache(maxsize=8)
def load(name: str) -> Catalogue:
    """The shipped catalogue of this name; raises `UnknownCatalogue`."""
    if name not in names():
        raise UnknownCatalogue(f"There is no catalogue '{name}'.")
    folder = FOLDER / name
    described = _CatalogueFile.model_validate_json((folder / "catalogue.json").read_bytes())
    return Catalogue(
        name=name,
        sources=described.sources,
        tables={
            table: CatalogueTable(
                keys=tuple(entry.keys),
                columns=entry.columns,
                rows=_read_rows(folder / entry.file, entry),
            )
            for table, entry in described.tables.items()
        },
    )


def _read_rows(path: Path, table: _TableFile) -> dict[Key, dict[str, Cell]]:
    rows: dict[Key, dict[str, Cell]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != [*table.keys, *table.columns]:
            raise ValueError(f"{path.name}: the header is not the one catalogue.json describes.")
        for record in reader:
            key = tuple(record[name] for name in table.keys)
            if key in rows:
                raise ValueError(f"{path.name}: {', '.join(key)} appears twice.")
            rows[key] = {
                name: _cell(record[name], column.kind) for name, column in table.columns.items()
            }
    return rows


def _cell(text: str, kind: Literal["number", "text"]) -> Cell:
    if kind == "text":
        return text
    return float(text) if text else math.nan
