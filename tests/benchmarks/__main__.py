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

    from tests.benchmarks._rows import Row

RESULTS = Path(__file__).resolve().parents[2] / "var" / "bench.json"
ALL_DIGITS = 1000
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
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("measured")
    table.add_column("value", justify="right")
    for heading in ("unit", "goal", ""):
        table.add_column(heading)
    for row in rows:
        table.add_row(row.name, figure(row.value), row.unit, row.goal, VERDICTS[row.ok])
    return table


def figure(value: float) -> str:
    """Four digits that mean something, thousands apart, and no powers of ten."""
    return f"{value:,.0f}" if abs(value) >= ALL_DIGITS else f"{value:.4g}"


def main(words: Sequence[str]) -> int:
    rows: list[Row] = []
    console = Console()
    for benchmark in chosen(benchmarks(), words):
        with console.status(f"Measuring {benchmark.GROUP} …"):
            rows += benchmark.rows()
    console.print(table_of(rows))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    return 1 if any(row.ok is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
