from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from negotiation.scenarios.errors import ScenarioError
from negotiation.scenarios.loaders import load_named, shipped
from negotiation.services import scenarios


class Command(BaseCommand):
    help = "Stores a scenario document as a new version; an unchanged one adds nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "scenario", help=f"a YAML file, or one of the shipped: {', '.join(shipped())}"
        )
        parser.add_argument("--note", default="Imported", help="why, for the list of versions")

    def handle(self, *_: str, **given: Any) -> None:
        try:
            document = load_named(given["scenario"])
        except ScenarioError as error:
            raise CommandError("\n".join(error.sentences), returncode=2) from None
        now = timezone.now()
        version = scenarios.import_document(
            document=document, author=None, note=given["note"], now=now
        )
        done = "is stored as" if version.created_at == now else "has not changed since"
        self.stdout.write(f"{document.title} {done} version {version.number}.")
        self.stdout.write(f"It is on the page /scenarios/{document.name}/; start it on the floor.")
