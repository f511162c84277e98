"""Runs one scenario in the terminal: no server, no worker, no database."""

from __future__ import annotations

import json
import os
import shutil
import sys
from io import StringIO
from typing import TYPE_CHECKING, Any, NoReturn

from django.core.management.base import BaseCommand
from rich.console import Console

from negotiation.management.terminal import conversation
from negotiation.scenarios.compilers import compile_scenario
from negotiation.scenarios.errors import ScenarioError
from negotiation.scenarios.loaders import load_named, shipped
from negotiation.scenarios.runs import run

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

    from negotiation.scenarios.runs import Run

BAD_INPUT = 2
NO_AGREEMENT = 3
_WIDTH = 100  # of what is not a terminal


class Command(BaseCommand):
    help = (
        "Negotiate a scenario and print the conversation. Exit status: 0 agreement, "
        "3 no agreement, 2 the scenario cannot be used."
    )
    requires_system_checks: Any = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "scenario", help=f"a YAML file, or one of the shipped: {', '.join(shipped())}"
        )
        parser.add_argument("--seed", type=int, default=1, help="same seed, same words (default 1)")
        parser.add_argument("--json", action="store_true", help="print JSON instead of text")

    def handle(self, **options: Any) -> None:
        try:
            scenario = compile_scenario(load_named(options["scenario"]))
        except ScenarioError as error:
            self.refuse(error)
        finished = run(scenario, seed=options["seed"])
        self.say(_json(finished) if options["json"] else self.rendered(finished, **options))
        if finished.failure is not None:
            sys.exit(NO_AGREEMENT)

    def refuse(self, error: ScenarioError) -> NoReturn:
        for sentence in error.sentences:
            self.stderr.write(sentence)
        sys.exit(BAD_INPUT)

    def rendered(self, finished: Run, **options: Any) -> str:
        terminal = self.stdout.isatty() and not options["no_color"]
        written = StringIO()
        Console(
            file=written,
            force_terminal=terminal or options["force_color"],
            width=shutil.get_terminal_size().columns if self.stdout.isatty() else _WIDTH,
            markup=False,
            emoji=False,
            highlight=False,
        ).print(conversation(finished))
        return "\n".join(line.rstrip() for line in written.getvalue().splitlines())

    def say(self, text: str) -> None:
        try:
            self.stdout.write(text)
            self.stdout.flush()
        except BrokenPipeError:
            # `| head` has read enough. Python would complain once more when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _json(finished: Run) -> str:
    return json.dumps(finished.to_dict(), indent=2, ensure_ascii=True, allow_nan=False)
