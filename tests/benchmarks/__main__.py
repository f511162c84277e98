"""`python -m tests.benchmarks [group,group]`: runs the benchmarks, prints a table, keeps a list."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from rich.console import Console
from rich.table import Table

import tests.benchmarks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.benchmarks._rows import Rival, Row

RESULTS = Path(__file__).resolve().parents[2] / "var" / "bench.json"
ALL_DIGITS = 1000
WIDTH = 140  # a row is one line also where nobody looks on
VERDICTS = {True: "[green]met[/]", False: "[red]missed[/]", None: ""}


class Benchmark(Protocol):
    """A module of this folder whose name has no leading underscore."""

    GROUP: str

    def rows(self) -> Iterator[Row]: ...


def benchmarks() -> list[Benchmark]:
    names = [module.name for module in pkgutil.iter_modules(tests.benchmarks.__path__)]
    return [
        cast("Benchmark", importlib.import_module(f"tests.benchmarks.{name}"))
        for name in sorted(names)
        if not name.startswith("_")
    ]


def chosen(found: Sequence[Benchmark], words: Sequence[str]) -> list[Benchmark]:
    """The benchmarks of the groups named, commas and blanks between them; all without a name."""
    wanted = {word for part in words for word in part.split(",") if word}
    groups = {benchmark.GROUP for benchmark in found}
    if unknown := sorted(wanted - groups):
        known = ", ".join(sorted(groups)) or "none yet"
        sys.exit(f"There is no group {', '.join(unknown)}. The groups are: {known}.")
    return [benchmark for benchmark in found if not wanted or benchmark.GROUP in wanted]


def table_of(rows: Sequence[Row]) -> Table:
    """Columns for the reference engine and a plain loop only where a row has such a figure."""
    rivals = {
        "reference": any(row.reference for row in rows),
        "loop": any(row.loop for row in rows),
    }
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("measured")
    table.add_column("value", justify="right")
    table.add_column("unit")
    for heading in (name for name, there in rivals.items() if there):
        table.add_column(heading, justify="right")
        table.add_column("ratio", justify="right")
    for heading in ("goal", ""):
        table.add_column(heading)
    for row in rows:
        beside = [
            text
            for name, there in rivals.items()
            if there
            for text in beside_it(getattr(row, name))
        ]
        value = "–" if row.value is None else figure(row.value)
        table.add_row(row.name, value, row.unit, *beside, row.goal, VERDICTS[row.ok])
    return table


def beside_it(rival: Rival | None) -> tuple[str, str]:
    """Its figure and the ratio; "> " before what is at least so much."""
    if rival is None:
        return "", ""
    more = "> " if rival.bound else ""
    return more + figure(rival.value), f"{more}{figure(rival.ratio)} ×"


def figure(value: float) -> str:
    """Four digits that mean something, thousands apart, and no powers of ten."""
    return f"{value:,.0f}" if abs(value) >= ALL_DIGITS else f"{value:.4g}"


def main(words: Sequence[str]) -> int:
    rows: list[Row] = []
    console = Console(width=max(Console().width, WIDTH))
    for benchmark in chosen(benchmarks(), words):
        with console.status(f"Measuring {benchmark.GROUP} …"):
            rows += benchmark.rows()
    console.print(table_of(rows))
    for note in dict.fromkeys(row.note for row in rows if row.note):
        console.print(note)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    return 1 if any(row.ok is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
