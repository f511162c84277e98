"""What the floor shows of a transcript: how far each seat has conceded, and who stepped in.

A bounded number of messages is read of each table, however long it is, and only what is new since
the last look of this process.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from negotiation.engine.messages import Act
from negotiation.models import Message
from negotiation.pictures import own_surplus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from negotiation.charts import Point
    from negotiation.models import Negotiation

# So many messages of one table are read at most: a thumbnail has no room for more.
SAMPLE = 64
KEPT = 1_000
GOLDEN = 0.618034
OFFERS = (Act.PROPOSE, Act.REVISE)


@dataclass(frozen=True, slots=True)
class Trace:
    """Up to message `head`: per seat what it asked for itself, and the people who spoke."""

    head: int = 0
    asked: Mapping[str, Sequence[Point]] = field(default_factory=dict)
    people: tuple[str, ...] = ()


Said = tuple[int, str, str, Any]
Key = tuple[int, "datetime"]
_known: dict[Key, Trace] = {}


def traces(tables: Iterable[Negotiation]) -> dict[int, Trace]:
    """By primary key, in one query, or in none if nobody has said anything since."""
    wanted = {table.pk: table for table in tables}
    found = {pk: _known.get(_key(table), Trace()) for pk, table in wanted.items()}
    behind = [table for table in wanted.values() if found[table.pk].head < table.head]
    said = _said(behind, found)
    for table in behind:
        found[table.pk] = _grown(found[table.pk], said[table.pk], table.head)
        _known[_key(table)] = found[table.pk]
    for oldest in list(_known)[:-KEPT]:
        _known.pop(oldest, None)
    return found


def forget() -> None:
    """As in a process that has just started."""
    _known.clear()


def _key(table: Negotiation) -> Key:
    return table.pk, table.opened_at


def _said(behind: Sequence[Negotiation], known: Mapping[int, Trace]) -> dict[int, list[Said]]:
    """Of each table the offers among a sample of what is new, and all that people said."""
    found: dict[int, list[Said]] = defaultdict(list)
    if not behind:
        return found
    wanted = Q(negotiation__in=[table.pk for table in behind], act=Act.INTERVENE)
    for table in behind:
        wanted |= Q(negotiation=table.pk, seq__in=_sample(known[table.pk].head, table.head))
    rows = Message.objects.filter(wanted, act__in=[*OFFERS, Act.INTERVENE])
    columns = ("negotiation_id", "seq", "sender", "act", "body__private__surplus")
    for pk, *row in rows.values_list(*columns):
        found[pk].append(tuple(row))
    return found


def _sample(after: int, upto: int) -> list[int]:
    """All numbers, or so many of them that are spread evenly, with the last ones.

    The steps are uneven, or of seats that take turns always the same would be read.
    """
    new = upto - after
    if new <= SAMPLE:
        return list(range(after + 1, upto + 1))
    early, late = SAMPLE - SAMPLE // 8, SAMPLE // 8
    width = (new - late) / early
    spread = {after + 1 + int((i + i * GOLDEN % 1) * width) for i in range(early)}
    return sorted(spread | set(range(upto - late + 1, upto + 1)))


def _grown(known: Trace, said: Sequence[Said], head: int) -> Trace:
    offers = [(seq, sender, surplus) for seq, sender, act, surplus in said if act in OFFERS]
    more = own_surplus(offers)
    people = (sender for _, sender, act, _ in said if act == Act.INTERVENE)
    return Trace(
        head=head,
        asked={
            name: _thinned([*known.asked.get(name, ()), *more.get(name, ())])
            for name in {**known.asked, **more}
        },
        people=tuple(dict.fromkeys([*known.people, *people])),
    )


def _thinned(points: Sequence[Point]) -> Sequence[Point]:
    """The newest ones, and of the older ones every other as long as there are too many."""
    while len(points) > SAMPLE:
        half = len(points) // 2
        points = [*points[:half:2], *points[half:]]
    return points
