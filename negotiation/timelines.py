"""What was offered and told at a table, read once per process and cut where somebody looks.

A transcript only grows, so what was read stays true: each look reads the rows that are new, and a
look at the past is a prefix. Nothing of a message is kept but what pictures are made of.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from negotiation.engine.messages import TELLING, Act
from negotiation.engine.messages import Message as EngineMessage
from negotiation.engine.retellings import Retelling

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from negotiation.engine.messages import Offer
    from negotiation.models import Negotiation

KEPT_OFFERS = 200_000
"""Offers in the memory of a process, of all tables together; the table that was looked at least
recently goes first."""

_EACH = 200  # what else is kept of a table weighs as much as so many offers

KEPT_KNOWLEDGE = 4
"""What the seats knew at so many moments is kept of each table: a scrubber goes back and forth."""

_OFFERS = (Act.PROPOSE, Act.REVISE, Act.MEDIATE)


class Offered(NamedTuple):
    """One offer, with what it was worth to each seat when it was made."""

    seq: int
    sender: str
    offer: Offer
    utilities: Mapping[str, float]
    surplus: Mapping[str, float]


@dataclass
class _Table:
    """All that was read of one table. `knowledge`: by the last message that changed it."""

    read: int = 0
    numbers: list[int] = field(default_factory=list)
    offers: list[Offered] = field(default_factory=list)
    telling: list[EngineMessage] = field(default_factory=list)
    knowledge: OrderedDict[int, Retelling] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)


class Timeline(NamedTuple):
    """Up to and with message `upto`. `changed` is the last of them that moved what seats know."""

    upto: int
    offers: list[Offered]
    changed: int
    knowledge: Retelling

    @property
    def standing(self) -> dict[str, Offered]:
        """The newest offer of each speaker, in the order in which they began."""
        return {each.sender: each for each in self.offers}


Key = tuple[int, str, "datetime"]
_tables: OrderedDict[Key, _Table] = OrderedDict()
_lock = Lock()


def key_of(negotiation: Negotiation) -> Key:
    """Names the table in this process; a number alone may come again in another database."""
    return negotiation.pk, negotiation.version.document_hash, negotiation.opened_at


def timeline(negotiation: Negotiation) -> Timeline:
    """As it was after message `negotiation.head`."""
    key, upto = key_of(negotiation), negotiation.head
    with _lock:
        table = _tables.setdefault(key, _Table())
        _tables.move_to_end(key)
    with table.lock:
        _read(negotiation, table, upto)
        offers = table.offers[: bisect_right(table.numbers, upto)]
        changed = max((each.seq for each in table.telling if each.seq <= upto), default=0)
        knowledge = _knowledge(negotiation, table, changed)
    _forget()
    return Timeline(upto, offers, changed, knowledge)


def _read(negotiation: Negotiation, table: _Table, upto: int) -> None:
    if table.read >= upto:
        return
    rows = negotiation.messages.filter(seq__gt=table.read, seq__lte=upto).order_by("seq")
    told = rows.filter(act__in=TELLING).values_list("body", flat=True)
    told_now = [EngineMessage.from_dict(body) for body in told if _tells(body)]
    columns = ("body__offer", "body__private__utilities", "body__private__surplus")
    for seq, sender, offer, utilities, surplus in rows.filter(act__in=_OFFERS).values_list(
        "seq", "sender", *columns
    ):
        if offer:
            table.numbers.append(seq)
            table.offers.append(Offered(seq, sender, offer, utilities or {}, surplus or {}))
    table.telling += told_now
    table.read = upto


def _tells(body: Mapping[str, Any]) -> bool:
    return bool(body.get("evidence") or body.get("requirements"))


def _knowledge(negotiation: Negotiation, table: _Table, changed: int) -> Retelling:
    """Goes on from the newest that is kept of before, if there is one."""
    kept = table.knowledge
    if changed not in kept:
        before = max((seq for seq in kept if seq < changed), default=None)
        begun = (
            Retelling.begin(negotiation.version.compiled().table)
            if before is None
            else kept[before]
        )
        since = before or 0
        said = [each for each in table.telling if since < each.seq <= changed]
        kept[changed] = begun.after(said)
        while len(kept) > KEPT_KNOWLEDGE:
            kept.popitem(last=False)
    kept.move_to_end(changed)
    return kept[changed]


def _forget() -> None:
    with _lock:
        weight = sum(_EACH + len(table.offers) for table in _tables.values())
        while weight > KEPT_OFFERS and len(_tables) > 1:
            _, gone = _tables.popitem(last=False)
            weight -= _EACH + len(gone.offers)
