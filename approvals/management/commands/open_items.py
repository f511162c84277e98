"""`manage.py open_items`: what is open, and what of it nobody will ever come back to."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from approvals.services.open_items import KINDS, MOST


class Command(BaseCommand):
    help = (
        "Counts what is open and names what has no next time; the exit status is 1 if any has none."
    )

    def handle(self, *_: Any, **__: Any) -> None:
        lost = 0
        for kind in KINDS:
            missing = kind.missing().order_by("pk").values_list("pk", flat=True)
            found = list(missing[:MOST])
            lost += len(found)
            self.stdout.write(f"{kind.name:20} {kind.open().count():8,} open")
            for pk in found:
                self.stdout.write(self.style.ERROR(f"  {pk}: {kind.sentence}"))
        if lost:
            sys.exit(1)
        self.stdout.write("Everything that is open will be looked at again.")
