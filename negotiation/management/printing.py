"""What the commands share that print a result: text for people, JSON for programs."""

from __future__ import annotations

import json
import os
import shutil
import sys
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from django.core.management.base import BaseCommand
from rich.console import Console

from negotiation.scenarios import formats
from negotiation.scenarios.loaders import shipped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.management.base import CommandParser
    from rich.console import RenderableType

    from negotiation.scenarios.errors import ScenarioError

BAD_INPUT = 2
_WIDTH = 100  # of what is not a terminal


class PrintingCommand(BaseCommand):
    requires_system_checks: Any = []

    def add_paths(self, parser: CommandParser) -> None:
        parser.add_argument(
            "paths",
            nargs="+",
            metavar="PATH",
            help=(
                f"a scenario (a YAML file, or one of the shipped: {', '.join(shipped())}), a "
                "Genius XML domain and its profiles, JSON preference tables, or a folder that "
                "holds a domain with profiles, preference tables or a scorable game"
            ),
        )
        parser.add_argument("--json", action="store_true", help="print JSON instead of text")

    def refuse(self, error: ScenarioError) -> NoReturn:
        for sentence in error.sentences:
            self.stderr.write(sentence)
        sys.exit(BAD_INPUT)

    def show(self, told: dict[str, Any], text: RenderableType, **options: Any) -> None:
        """Prints `told` as JSON if that was asked for, else `text`."""
        if options["json"]:
            self._say(json.dumps(told, indent=2, ensure_ascii=True, allow_nan=False))
        else:
            self._say(self._rendered(text, **options))

    def _rendered(self, text: RenderableType, **options: Any) -> str:
        terminal = self.stdout.isatty() and not options["no_color"]
        written = StringIO()
        Console(
            file=written,
            force_terminal=terminal or options["force_color"],
            width=shutil.get_terminal_size().columns if self.stdout.isatty() else _WIDTH,
            markup=False,
            emoji=False,
            highlight=False,
        ).print(text)
        return "\n".join(line.rstrip() for line in written.getvalue().splitlines())

    def _say(self, text: str) -> None:
        try:
            self.stdout.write(text)
            self.stdout.flush()
        except BrokenPipeError:
            # `| head` has read enough. Python would complain once more when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def foreign(paths: Sequence[str]) -> list[Path] | None:
    """The paths where they are for `formats`, None where they name a scenario."""
    if len(paths) == 1 and paths[0] in shipped():
        return None
    found = [Path(path) for path in paths]
    return found if formats.recognises(found) else None
