"""Verifies the audit trail: row by row, in constant memory, up to the first that is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from negotiation.models import AuditEntry, AuditHead
from negotiation.models.audit import GENESIS, sha256

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

    from negotiation.services.anchors import Anchor

CHUNK = 2000


class ChainBroken(Exception):
    """`number` is the first row that is wrong; the text says what is wrong with it."""

    def __init__(self, number: int, sentence: str) -> None:
        super().__init__(sentence)
        self.number = number


@dataclass
class _Chain:
    """As far as it has been followed."""

    anchors: Iterator[Anchor]
    number: int = 0
    hash: str = GENESIS
    before: str = ""

    def __post_init__(self) -> None:
        self._anchor = next(self.anchors, None)
        self._meet_anchors()

    def follow(self, entry: AuditEntry) -> None:
        _check(self, entry)
        self.before, self.hash, self.number = self.hash, entry.hash, entry.number
        self._meet_anchors()

    def end(self) -> None:
        if self._anchor is not None:
            raise ChainBroken(
                self.number + 1,
                f"Row {self.number + 1} is missing: the anchor of {self._anchor.at} saw row"
                f" {self._anchor.number}, and the trail ends with row {self.number}.",
            )

    def _meet_anchors(self) -> None:
        while self._anchor is not None and self._anchor.number <= self.number:
            seen = self._anchor
            if seen.number < self.number:
                raise ChainBroken(
                    seen.number + 1,
                    f"Row {seen.number + 1} was missing at {seen.at}, when the trail ended with"
                    f" row {seen.number}; an anchor before that saw row {self.number}.",
                )
            if seen.hash != self.hash:
                raise ChainBroken(
                    self.number,
                    f"Row {self.number} is not the one that the anchor of {seen.at} saw: the"
                    " trail was written anew, from this row or from one before it.",
                )
            self._anchor = next(self.anchors, None)


def verify(anchors: Iterable[Anchor] = ()) -> int:
    """The number of rows, all of them sound; raises `ChainBroken` at the first that is not."""
    chain = _Chain(iter(anchors))
    _follow(chain)
    with transaction.atomic():
        # What was written meanwhile, while nobody can write more.
        head = AuditHead.objects.select_for_update().filter(pk=1).first()
        _follow(chain)
        _check_head(chain, head)
    chain.end()
    return chain.number


def entries(*, after: int = 0) -> Iterator[AuditEntry]:
    """All rows with a higher number, in order; no cursor is left open when one stops early."""
    # 0 and less are no numbers, but a forger may have thought otherwise.
    rows = AuditEntry.objects.filter(number__gt=after) if after else AuditEntry.objects.all()
    while chunk := _read(rows.order_by("number", "id"), CHUNK):
        yield from chunk
        last = chunk[-1]
        rows = AuditEntry.objects.filter(number__gte=last.number).exclude(
            number=last.number, id__lte=last.pk
        )


def _read(rows: QuerySet[AuditEntry], size: int) -> list[AuditEntry]:
    """The first of the rows; fewer if one after them cannot be read."""
    try:
        return list(rows[:size])
    except ValueError:
        if size == 1:
            raise
        return _read(rows, size // 2)


def _follow(chain: _Chain) -> None:
    """From the row after the last one that was followed to the end."""
    try:
        for entry in entries(after=chain.number):
            chain.follow(entry)
    except ValueError as error:
        number = chain.number + 1
        raise ChainBroken(number, f"Row {number} cannot be read: {error}") from error


def _check(chain: _Chain, entry: AuditEntry) -> None:
    expected = chain.number + 1
    if entry.number < expected:
        raise ChainBroken(entry.number, f"Row {entry.number} was inserted: no row has that number.")
    if entry.number > expected:
        raise ChainBroken(
            expected,
            f"Row {expected} is missing: row {chain.number} is followed by {entry.number}.",
        )
    try:
        digest = entry.digest
    except (ValueError, TypeError, AttributeError):
        digest = ""
    if entry.previous_hash == chain.hash and entry.hash == sha256(chain.hash + digest):
        return
    raise _found(chain, entry, digest)


def _found(chain: _Chain, entry: AuditEntry, digest: str) -> ChainBroken:
    number, sound_alone = entry.number, entry.hash == sha256(entry.previous_hash + digest)
    if entry.hash == sha256(chain.hash + digest):
        return ChainBroken(number, f"Row {number} was changed: it names another row before it.")
    if entry.previous_hash == chain.before:
        return ChainBroken(
            chain.number,
            f"Row {chain.number} was inserted: row {number} was written as the one after row"
            f" {chain.number - 1}.",
        )
    if sound_alone:
        return ChainBroken(
            number,
            f"Row {number} does not follow row {chain.number}: one of the two was replaced, or"
            " rows between them were taken out.",
        )
    return ChainBroken(
        number,
        f"Row {number} was changed or moved: what it says does not give the hash that it carries.",
    )


def _check_head(chain: _Chain, head: AuditHead | None) -> None:
    if head is None:
        if chain.number:
            raise ChainBroken(chain.number, "The row that marks the end of the trail is missing.")
        return
    if head.number > chain.number:
        raise ChainBroken(
            chain.number + 1,
            f"Row {chain.number + 1} is missing: the trail had {head.number} rows.",
        )
    if head.number < chain.number:
        raise ChainBroken(
            head.number + 1,
            f"Row {head.number + 1} was inserted: the trail ended with row {head.number}.",
        )
    if head.hash != chain.hash:
        raise ChainBroken(head.number, f"Row {head.number} is not the one the trail ended with.")
