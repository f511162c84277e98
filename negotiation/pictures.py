"""The pictures beside a transcript: the utility space of two seats, concessions, offers side by
side. Drawn from a timeline, so they are the same for a prefix and for a table that ended there."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from negotiation import parallels, planes
from negotiation.presentation import terms
from negotiation.spaces import opposed, plane_of, space_of
from negotiation.strips import strips

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from negotiation.charts import Point
    from negotiation.lexicon import Face, Lexicon
    from negotiation.models import Negotiation
    from negotiation.spaces import Plane, Space
    from negotiation.timelines import Offered, Timeline

MAIN_DOTS, OTHER_DOTS = 16, 5
LINES_OF_A_SEAT = 4


def pictures(
    negotiation: Negotiation,
    lexicon: Lexicon,
    line: Timeline,
    pair: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """For `_picture.html`; each is None while there is nothing to draw."""
    deal = negotiation.agreement
    surplus = (negotiation.summary.get("surplus") if deal else None) or {}
    return {
        "space": space_picture(negotiation, lexicon, line, pair),
        "seats": list(lexicon.seats.values()),
        "chart": strips(
            *_conceded(line.offers, lexicon), lexicon.seats, head=line.upto, deal=surplus
        ),
        "parallel": _parallel(negotiation, lexicon, line),
    }


def space_picture(
    negotiation: Negotiation,
    lexicon: Lexicon,
    line: Timeline,
    pair: tuple[str, str] | None = None,
) -> planes.Picture | None:
    """The plane of `pair`, of those whose interests oppose most where it names no two seats."""
    if len(lexicon.seats) < 2 or not line.offers:
        return None
    space = space_of(negotiation, line)
    if space is None:
        return None
    if pair is None or len(set(pair) & set(space.names)) != 2:
        pair = opposed(negotiation, space)
    plane = plane_of(negotiation, line, space, pair)
    drawn = _Offers(lexicon, space, pair)
    return _picture(
        (lexicon.seats[pair[0]], lexicon.seats[pair[1]]), plane, drawn, line, negotiation
    )


def own_surplus(rows: Iterable[tuple[int, str, Any]]) -> dict[str, list[Point]]:
    """(seq, sender, surplus per seat) of offers → per seat (seq, what it asked for itself)."""
    asked: dict[str, list[Point]] = defaultdict(list)
    for seq, sender, surplus in rows:
        value = surplus.get(sender) if isinstance(surplus, dict) else None
        if isinstance(value, int | float):
            asked[sender].append((seq, value))
    return asked


def thinned(offers: Sequence[Offered], most: int) -> list[Offered]:
    """Evenly, with the first and the last."""
    if len(offers) <= most:
        return list(offers)
    span = (len(offers) - 1) / (most - 1)
    return [offers[round(number * span)] for number in range(most)]


def by_seat(offers: Iterable[Offered], lexicon: Lexicon) -> dict[str, list[Offered]]:
    found: dict[str, list[Offered]] = {name: [] for name in lexicon.seats}
    for each in offers:
        if each.sender in found:
            found[each.sender].append(each)
    return found


class _Offers:
    """Offers as dots of the plane of two seats."""

    def __init__(self, lexicon: Lexicon, space: Space, pair: tuple[str, str]) -> None:
        self.lexicon = lexicon
        self.space = space
        self.pair = pair
        self.places = [space.names.index(name) for name in pair]

    def dot(
        self, offered: Offered, *, ends: bool = False, who: str | None = None
    ) -> planes.Dot | None:
        """At what it is worth now; for what is not lawful any more, what it was worth then."""
        row = self.space.row_of(offered.offer)
        if row is not None:
            x, y = (float(self.space.utilities[row, place]) for place in self.places)
        elif all(name in offered.utilities for name in self.pair):
            x, y = (offered.utilities[name] for name in self.pair)
        else:
            return None
        first, second = (self.lexicon.seats[name].title for name in self.pair)
        sender = self.lexicon.face(offered.sender).title if who is None else who
        return planes.Dot(
            seq=offered.seq,
            at=planes.place((x, y)),
            text=f"#{offered.seq} {sender}: {first} {x:.2f}, {second} {y:.2f}",
            terms=in_words(self.lexicon, offered),
            best=row in self.space.best,
            ends=ends,
        )

    def dots(self, offers: Sequence[Offered]) -> list[planes.Dot]:
        last = offers[-1].seq if offers else 0
        found = (self.dot(each, ends=each.seq == last) for each in offers)
        return [dot for dot in found if dot is not None]


def in_words(lexicon: Lexicon, offered: Offered) -> str:
    return " · ".join(term.spoken for term in terms(lexicon, offered.offer))


def _picture(
    seats: tuple[Face, Face],
    plane: Plane,
    drawn: _Offers,
    line: Timeline,
    negotiation: Negotiation,
) -> planes.Picture:
    by_sender = by_seat(line.offers, drawn.lexicon)
    main = [face.name for face in seats]
    all_dots = [
        (drawn.lexicon.seats[name], drawn.dots(thinned(offers, _most(name in main))))
        for name, offers in by_sender.items()
    ]
    return planes.Picture(
        x=seats[0],
        y=seats[1],
        cloud=planes.specks(plane.cloud),
        frontier=planes.curve(plane.frontier),
        limits=planes.limits(plane.limits),
        acceptable=planes.acceptable(plane.limits),
        nash=planes.place(plane.nash) if plane.nash else None,
        kalai=planes.corner(plane.kalai) if plane.kalai and plane.kalai != plane.nash else None,
        paths=planes.paths([(face, dots) for face, dots in all_dots if dots], main),
        deal=_deal(drawn, line, negotiation),
    )


def _most(is_main: bool) -> int:
    return MAIN_DOTS if is_main else OTHER_DOTS


def _deal(drawn: _Offers, line: Timeline, negotiation: Negotiation) -> planes.Dot | None:
    if not negotiation.agreement:
        return None
    worth = negotiation.summary.get("utilities") or {}
    agreed = line.offers[-1]._replace(seq=line.upto, offer=negotiation.agreement, utilities=worth)
    return drawn.dot(agreed, ends=True, who="agreement")


def _conceded(
    offers: Sequence[Offered], lexicon: Lexicon
) -> tuple[dict[str, list[Point]], dict[str, list[Point]]]:
    """Per seat: what it asked for itself, and the most that others' offers have given it."""
    asked = own_surplus((each.seq, each.sender, each.surplus) for each in offers)
    offered: dict[str, list[Point]] = {name: [] for name in lexicon.seats}
    for each in offers:
        for name, value in each.surplus.items():
            best = offered.get(name)
            if best is not None and each.sender != name and (not best or value > best[-1][1]):
                best.append((each.seq, value))
    return asked, offered


def _parallel(
    negotiation: Negotiation, lexicon: Lexicon, line: Timeline
) -> parallels.Parallels | None:
    if not line.offers:
        return None
    issues = line.knowledge.table.space.issues
    rulers = [(issue.name, parallels.Ruler(issue.options)) for issue in issues]
    deal = negotiation.agreement or {}
    now: Mapping[str, Any] = deal or line.offers[-1].offer
    words = lexicon.words
    return parallels.Parallels(
        axes=tuple(
            parallels.Axis(
                label=words.label(issue.name),
                now=words.value(issue.name, now[issue.name]) if issue.name in now else "",
                y=row * parallels.ROW,
                ticks=parallels.ticks(rulers[row][1], row),
                low=words.value(issue.name, issue.options[0]),
                high=words.value(issue.name, issue.options[-1]),
            )
            for row, issue in enumerate(issues)
        ),
        lines=tuple(_lines(lexicon, line.offers, rulers)),
        deal=parallels.course(deal, rulers),
        height=len(issues) * parallels.ROW,
    )


def _lines(
    lexicon: Lexicon,
    offers: Sequence[Offered],
    rulers: Sequence[tuple[str, parallels.Ruler]],
) -> Iterable[parallels.Line]:
    seats = by_seat(offers, lexicon)
    middle = (len(seats) - 1) / 2
    for number, (name, own) in enumerate(seats.items()):
        aside = max(min((number - middle) * parallels.ASIDE, 9.0), -9.0)
        newest = own[-LINES_OF_A_SEAT:]
        for each in newest:
            yield parallels.Line(
                face=lexicon.seats[name],
                seq=each.seq,
                path=parallels.course(each.offer, rulers, aside),
                old=each is not newest[-1],
                text=f"#{each.seq} {lexicon.seats[name].title}: {in_words(lexicon, each)}",
            )
