"""Anchors: where the chain ended at a time, kept outside the database.

Only they show that rows were cut from the end, or that a chain was written anew from a row on.
"""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from negotiation.models import AuditHead
from negotiation.models.audit import GENESIS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST_LINE = 300
HASH = re.compile(r"[0-9a-f]{64}")


class AnchorsUnreadable(Exception):
    """The anchor file cannot be read."""


class Anchor(NamedTuple):
    number: int
    hash: str
    at: str

    @classmethod
    def now(cls, now: datetime) -> Anchor:
        head = AuditHead.objects.filter(pk=1).first()
        at = now.astimezone(UTC).isoformat(timespec="seconds")
        return cls(head.number, head.hash, at) if head else cls(0, GENESIS, at)

    def line(self) -> str:
        return json.dumps(self._asdict()) + "\n"


def append(path: Path, anchor: Anchor) -> None:
    """One line more; on the disk when this returns."""
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(anchor.line())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise AnchorsUnreadable(f"{path} cannot be written: {error.strerror}.") from None


def read(path: Path) -> Iterator[Anchor]:
    """Line by line."""
    try:
        with path.open(encoding="utf-8") as file:
            yield from (
                _parsed(line, f"Line {number} of {path}") for number, line in enumerate(file, 1)
            )
    except (OSError, UnicodeDecodeError) as error:
        raise AnchorsUnreadable(f"{path} cannot be read: {error}.") from None


def _parsed(line: str, place: str) -> Anchor:
    try:
        found = json.loads(line[:LONGEST_LINE])
        anchor = Anchor(found["number"], found["hash"], found["at"])
    except (ValueError, KeyError, TypeError):
        raise AnchorsUnreadable(f"{place} is no anchor.") from None
    well_formed = type(anchor.number) is int and anchor.number >= 0
    if not (well_formed and HASH.fullmatch(str(anchor.hash)) and isinstance(anchor.at, str)):
        raise AnchorsUnreadable(f"{place} is no anchor: number, hash and time are expected.")
    return anchor
