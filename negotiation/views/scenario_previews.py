"""What a draft comes to, while it is typed: pictures and answers; nothing is saved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import ValidationError

from negotiation import planes, value_charts
from negotiation.engine.formatting import amount, enough, offer_text, quantity
from negotiation.engine.table import BadTable
from negotiation.lexicon import faces
from negotiation.scenarios.errors import ScenarioError
from negotiation.scenarios.loaders import from_data
from negotiation.scenarios.previews import Preview, preview
from negotiation.scenarios.tables import value_function
from negotiation.scenarios.values import Value
from negotiation.spaces import cloud_of, frontier_of, point
from negotiation.views.rules_fields import is_number, path_of
from negotiation.views.scenario_subjects import Subjects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from negotiation.lexicon import Face
    from negotiation.scenarios.previews import Way
    from negotiation.scenarios.schema import ScenarioDocument
    from negotiation.value_charts import Part, ValueChart


@dataclass(frozen=True)
class Wish:
    """An objective of a seat, drawn; `path` is its place in the document."""

    path: str
    label: str
    chart: ValueChart | None


@dataclass(frozen=True)
class Wants:
    """What a seat wants: its face, shares of its weights, and a picture of each value function."""

    path: str
    face: Face
    parts: tuple[Part, ...]
    wishes: list[Wish]


@dataclass
class Answer:
    """Whether these seats can ever agree, in words."""

    can: bool
    sentence: str
    facts: list[str] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)
    best: str = ""
    worths: list[tuple[Face, float]] = field(default_factory=list)


def looked_at(document: ScenarioDocument) -> Preview | None:
    """None where the engine finds that the document makes no table after all."""
    try:
        with np.errstate(all="ignore"):
            return preview(document)
    except (BadTable, MemoryError):
        return None


def of_stored(document: Mapping[str, Any]) -> Preview | None:
    """Of a version as it is kept; None where today's program cannot read it any more."""
    try:
        return looked_at(from_data(document, source="The version"))
    except ScenarioError:
        return None


def wants(tree: Mapping[str, Any], found: Preview | None) -> list[Wants]:
    """Each seat of a draft, as far as it can be drawn."""
    subjects = Subjects(dict(tree))
    seats = tree.get("seats")
    named = [(place, seat) for place, seat in enumerate(seats if isinstance(seats, list) else [])
             if isinstance(seat, dict)]  # fmt: skip
    drawn = faces((str(place), _title(seat)) for place, seat in named)
    return [
        Wants(
            path=f"seats.{place}",
            face=drawn[str(place)],
            parts=value_charts.shares(list(_weights(seat, subjects))),
            wishes=[
                Wish(path_of(("seats", place, "objectives", number)),
                     _called(part, subjects), _chart(part, subjects, found))
                for number, part in _objectives(seat)
            ],
        )
        for place, seat in named
    ]  # fmt: skip


def answer(found: Preview) -> Answer:
    drawn_from = f" of {found.drawn:,} drawn at random from" if found.drawn else " of"
    told = Answer(
        can=bool(found.agreeable.size),
        sentence=_sentence(found),
        facts=[
            f"{len(found.lawful):,}{drawn_from} {amount(found.size)} combinations are lawful",
            f"{found.clearing:,} clear every seat’s limit",
        ],
        ways=[_way(way) for way in found.ways],
    )
    if found.table.dissent:
        told.facts.append(
            f"{len(found.agreeable):,} would do where {found.table.dissent} may be overruled"
        )
    if found.best is not None:
        told.best = offer_text(found.table.space, found.best_offer() or {})
        seats = faces((seat.name, seat.title) for seat in found.table.seats)
        told.worths = list(zip(seats.values(), found.utilities[found.best].tolist(), strict=True))
    return told


def _sentence(found: Preview) -> str:
    if found.told:
        return "Not as things look at first, but once they have told each other what they know."
    if found.agreeable.size:
        return "They can agree, as things look before anybody tells what they know."
    if found.drawn:
        return f"Of {found.drawn:,} offers drawn at random none would do; that is no proof."
    why = found.why_not or "No offer would do."
    return f"{why} That stays so when everybody has told what they know."


def _way(way: Way) -> str:
    if way.before is None or way.after is None:
        return f"Without the rule “{way.name}” there would be one."
    if way.kind == "seat":
        after = np.floor(way.after * 1000) / 1000
        return f"If {way.name}’s limit went from {way.before:g} to {after:g}, there would be one."
    after = enough(way.after, up=way.after > way.before)
    limits = f"{quantity(way.before)} to {quantity(after, way.unit)}"
    return f"If the limit of “{way.name}” went from {limits}, there would be one."


def space(found: Preview, x: str, y: str) -> dict[str, Any]:
    """The utility space of two seats, and which ones can be chosen."""
    names = [seat.name for seat in found.table.seats]
    first = x if x in names else names[0]
    second = y if y in names and y != first else next(name for name in names if name != first)
    return {
        "picture": _picture(found, names.index(first), names.index(second)),
        "x": first,
        "y": second,
        "seats": [(seat.name, seat.title) for seat in found.table.seats],
    }


def _picture(found: Preview, first: int, second: int) -> planes.Picture | None:
    both = found.utilities[:, [first, second]]
    lawful = both[found.lawful]
    if not len(lawful):
        return None
    x, y = (found.table.seats[place] for place in (first, second))
    drawn = faces((seat.name, seat.title) for seat in found.table.seats)
    limits = float(found.table.limits[first]), float(found.table.limits[second])
    best = point(both, found.best)
    return planes.Picture(
        x=drawn[x.name],
        y=drawn[y.name],
        cloud=planes.specks(cloud_of(lawful)),
        frontier=planes.curve(frontier_of(lawful)),
        limits=planes.limits(limits),
        acceptable=planes.acceptable(limits),
        nash=planes.place(best) if best else None,
    )


def _objectives(seat: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    parts = seat.get("objectives")
    for number, part in enumerate(parts if isinstance(parts, list) else []):
        if isinstance(part, dict):
            yield number, part


def _weights(seat: Mapping[str, Any], subjects: Subjects) -> Iterator[tuple[str, float]]:
    for _, part in _objectives(seat):
        weight = part.get("weight")
        if is_number(weight) and 0 < weight < 1e15:
            yield _called(part, subjects), float(weight)


def _called(part: Mapping[str, Any], subjects: Subjects) -> str:
    label = part.get("label")
    return label if isinstance(label, str) and label else subjects.label(part.get("subject"))


def _title(seat: Mapping[str, Any]) -> str:
    title = seat.get("title") or seat.get("name")
    return title if isinstance(title, str) and title.strip() else "?"


def _chart(part: Mapping[str, Any], subjects: Subjects, found: Preview | None) -> ValueChart | None:
    """None where it is no value function yet."""
    try:
        value = Value.model_validate(part.get("value"))
    except ValidationError:
        return None
    subject = part.get("subject")
    if value.table is not None:
        return value_charts.bars(
            [(subjects.option(subject, name), worth) for name, worth in value.table.items()]
        )
    figures: Any = ()
    if found is not None and isinstance(subject, str):
        figures = _figures(found, subject)
    try:
        worth = value_function(value, None)
        return value_charts.curve(value, worth, figures, unit=subjects.unit(subject))
    except (ValueError, IndexError):
        return None


def _figures(found: Preview, subject: str) -> Any:
    """What the lawful offers come to, or all where none is."""
    known = {*found.table.measure, *(issue.name for issue in found.table.space.issues)}
    if subject not in known:
        return ()
    column = found.table.lookup(subject)
    if column.dtype == object:
        return ()
    return np.unique(column[found.lawful] if len(found.lawful) else column)
