"""Runs one negotiation in the terminal: no server, no worker, no database."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from negotiation.engine.strategies import STRATEGIES
from negotiation.management.printing import PrintingCommand, foreign
from negotiation.management.terminal import conversation
from negotiation.scenarios import formats
from negotiation.scenarios.compilers import compile_scenario
from negotiation.scenarios.errors import ScenarioError
from negotiation.scenarios.formats.games import PROTOCOLS, Settings
from negotiation.scenarios.loaders import load_named
from negotiation.scenarios.runs import run, run_game

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.management.base import CommandParser

    from negotiation.scenarios.runs import TableRun

NO_AGREEMENT = 3


class Command(PrintingCommand):
    help = (
        "Negotiate and print the conversation. Exit status: 0 agreement, 3 no agreement, "
        "2 what was given cannot be used."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        self.add_paths(parser)
        parser.add_argument("--seed", type=int, default=1, help="same seed, same words (default 1)")
        parser.add_argument(
            "--protocol",
            help=f"{', '.join(PROTOCOLS)} (default: as the scenario says, otherwise mediated)",
        )
        parser.add_argument(
            "--strategy",
            help=(
                f"{', '.join(STRATEGIES)}; one for all, or one for each seat, separated by commas "
                "(default: as the scenario says, otherwise linear)"
            ),
        )
        parser.add_argument(
            "--steps",
            type=int,
            help=(
                "rounds until the deadline (default: as the scenario says, otherwise 20; with "
                "alternating offers 1,000, for micro as many as offers)"
            ),
        )
        parser.add_argument(
            "--quorum",
            type=int,
            help="how many have to agree, all with a veto among them (default: all)",
        )

    def handle(self, **options: Any) -> None:
        settings = Settings(
            protocol=options["protocol"],
            strategies=options["strategy"].split(",") if options["strategy"] else (),
            steps=options["steps"],
            quorum=options["quorum"],
        )
        try:
            finished = _negotiated(options["paths"], settings, seed=options["seed"])
        except ScenarioError as error:
            self.refuse(error)
        self.show(finished.to_dict(), conversation(finished), **options)
        if finished.failure is not None:
            sys.exit(NO_AGREEMENT)


def _negotiated(paths: Sequence[str], settings: Settings, *, seed: int) -> TableRun:
    if (found := foreign(paths)) is not None:
        return run_game(formats.read(found), seed=seed, settings=settings)
    return run(compile_scenario(load_named(paths[0])), seed=seed, settings=settings)
