from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from negotiation.models import Decision
from negotiation.services import anchors, chains, evidence
from negotiation.verify_evidence import problems

if TYPE_CHECKING:
    from collections.abc import Iterator

WITHOUT_ANCHOR = (
    "Rows that were cut from its end together with its head, and a trail written anew as a whole,"
    " are seen only with an anchor from outside this database: audit verify --anchor FILE."
)


class Command(BaseCommand):
    help = "Verifies, anchors and exports the audit trail. Exit status: 0 sound, 1 not, 2 unknown."

    def add_arguments(self, parser: CommandParser) -> None:
        tasks = parser.add_subparsers(dest="task", required=True)
        verify = tasks.add_parser("verify", help="names the first row that is wrong")
        verify.add_argument("--anchor", type=Path, metavar="FILE", default=_anchor_file())
        anchor = tasks.add_parser("anchor", help="writes where the trail ends, as one line of JSON")
        anchor.add_argument("file", type=Path, nargs="?", default=_anchor_file())
        export = tasks.add_parser("export", help="one decision with all that proves it")
        export.add_argument("decision", type=int)
        export.add_argument("--out", type=Path, metavar="FILE")
        check = tasks.add_parser("check", help="verifies an exported file; needs no database")
        check.add_argument("file", type=Path)
        check.add_argument("--anchor", metavar="HASH", default="", help="a hash noted elsewhere")

    def handle(self, *_: str, task: str, **given: Any) -> None:
        try:
            match task:
                case "verify":
                    self._verify(given["anchor"])
                case "anchor":
                    self._anchor(given["file"])
                case "export":
                    self._export(given["decision"], given["out"])
                case "check":
                    self._check(given["file"], given["anchor"])
        except (OSError, DatabaseError, anchors.AnchorsUnreadable, UnicodeDecodeError) as error:
            raise CommandError(str(error), returncode=2) from None

    def _verify(self, path: Path | None) -> None:
        read: Iterator[anchors.Anchor] = anchors.read(path) if path else iter(())
        try:
            rows = chains.verify(read)
        except chains.ChainBroken as broken:
            raise CommandError(str(broken), returncode=1) from None
        self.stdout.write(f"The audit trail is sound: {rows} rows.")
        self.stdout.write(f"It meets every anchor in {path}." if path else WITHOUT_ANCHOR)

    def _anchor(self, path: Path | None) -> None:
        anchor = anchors.Anchor.now(timezone.now())
        if path is None:
            self.stdout.write(anchor.line(), ending="")
            return
        anchors.append(path, anchor)
        self.stdout.write(f"Row {anchor.number} is anchored in {path}.")

    def _export(self, pk: int, path: Path | None) -> None:
        decision = Decision.objects.filter(pk=pk).select_related("negotiation__version").first()
        if decision is None:
            raise CommandError(f"There is no decision {pk}.", returncode=2)
        content = evidence.export(decision=decision, now=timezone.now())
        if path is None:
            self.stdout.write(content, ending="")
            return
        path.write_text(content, encoding="utf-8", newline="")
        self.stdout.write(f"The evidence of decision {pk} is in {path}.")

    def _check(self, path: Path, anchored: str) -> None:
        with path.open(encoding="utf-8", newline="") as file:
            wrong = problems(file.read(), anchored)
        if wrong:
            raise CommandError("\n".join(wrong), returncode=1)
        self.stdout.write("The evidence is sound.")


def _anchor_file() -> Path | None:
    return settings.AUDIT_ANCHOR_FILE
