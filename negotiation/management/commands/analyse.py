"""Says what a negotiation holds before anybody speaks: no server, no worker, no database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from negotiation.management.overview import overview
from negotiation.management.printing import PrintingCommand, foreign
from negotiation.scenarios import formats
from negotiation.scenarios.analyses import MOST_LISTED, TableAnalysis
from negotiation.scenarios.compilers import compile_scenario
from negotiation.scenarios.errors import ScenarioError
from negotiation.scenarios.loaders import load_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.management.base import CommandParser

    from negotiation.engine.table import Table


class Command(PrintingCommand):
    help = (
        "Print the size of a negotiation, its Pareto frontier, the Nash, Kalai, "
        "Kalai–Smorodinsky and welfare points, and how opposed the seats are. With --json the "
        f"first {MOST_LISTED:,} offers of the frontier are listed. Exit status: 0, or 2 if what "
        "was given cannot be used."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        self.add_paths(parser)
        parser.add_argument(
            "--seed", type=int, default=1, help="which offers of a huge space are looked at"
        )

    def handle(self, **options: Any) -> None:
        try:
            table = _table(options["paths"], seed=options["seed"])
        except ScenarioError as error:
            self.refuse(error)
        analysis = TableAnalysis.of(table)
        self.show(analysis.to_dict(), overview(analysis), **options)


def _table(paths: Sequence[str], *, seed: int) -> Table:
    if (found := foreign(paths)) is not None:
        return formats.load(found, seed=seed)
    return compile_scenario(load_named(paths[0])).table
