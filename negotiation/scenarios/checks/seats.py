from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from negotiation.scenarios.errors import Location, Problem, did_you_mean
from negotiation.scenarios.vocabulary import Vocabulary, option_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from negotiation.scenarios.schema import Objective, Seat


def check_seats(known: Vocabulary) -> Iterator[Problem]:
    for number, seat in enumerate(known.document.seats):
        at: Location = ("seats", number)
        seen: set[str] = set()
        for place, objective in enumerate(seat.objectives):
            where = (*at, "objectives", place)
            if objective.subject in seen:
                problem = f"there are two objectives on '{objective.subject}'"
                yield Problem((*where, "subject"), problem, "join them")
            seen.add(objective.subject)
            yield from _check_objective(known, objective, where)
        yield from _check_held(known, seat, at)


def _check_objective(known: Vocabulary, objective: Objective, at: Location) -> Iterator[Problem]:
    subject, value = objective.subject, objective.value
    if subject not in known.subjects or subject in known.document.parameters:
        subjects = known.subjects.keys() - known.document.parameters.keys()
        remedy = did_you_mean(subject, subjects)
        yield Problem((*at, "subject"), f"unknown measure or issue '{subject}'", remedy)
        return
    where = (*at, "value")
    if value.table is not None:
        yield from _check_table(known, subject, value.table, (*where, "table"))
    elif known.subjects[subject] == "text":
        remedy = "give an issue a table" if subject in known.issues else "use the issue itself"
        yield Problem(where, f"the values of '{subject}' are texts", remedy)
    if value.points is not None:
        yield from _check_points(value.points, (*where, "points"))


def _check_table(
    known: Vocabulary, subject: str, table: dict[str, float], at: Location
) -> Iterator[Problem]:
    if subject not in known.issues:
        yield Problem(at, f"'{subject}' is no issue", "use worst and best, a triangle or points")
        return
    options = option_texts(known.issues[subject])
    for text in options.keys() - table.keys():
        yield Problem(at, f"the option '{text}' is missing", "give it a value from 0 to 1")
    for text in table.keys() - options.keys():
        yield Problem((*at, text), f"there is no option '{text}'", did_you_mean(text, options))


def _check_points(points: list[list[float]], at: Location) -> Iterator[Problem]:
    for number, point in enumerate(points):
        if len(point) != 2 or not 0 <= point[1] <= 1:
            remedy = "write [figure, value from 0 to 1]"
            yield Problem((*at, number), "this is no point", remedy)
            return
    for number, (before, after) in enumerate(pairwise(points), start=1):
        if after[0] <= before[0]:
            problem = f"{after[0]:g} does not come after {before[0]:g}"
            yield Problem((*at, number), problem, "order the points by their figures")


def _check_held(known: Vocabulary, seat: Seat, at: Location) -> Iterator[Problem]:
    """Beliefs and knowledge are about facts, and about one fact there is one of the two."""
    for field in ("beliefs", "knows"):
        for name in getattr(seat, field):
            if name not in known.facts:
                remedy = did_you_mean(name, known.facts)
                yield Problem((*at, field, name), f"unknown fact '{name}'", remedy)
    for name in seat.beliefs.keys() & seat.knows.keys():
        problem = f"'{seat.name}' believes and knows '{name}'"
        yield Problem((*at, "beliefs", name), problem, "keep what it knows")


def check_protocol(known: Vocabulary) -> Iterator[Problem]:
    protocol, count = known.document.protocol, len(known.document.seats)
    if protocol.kind == "alternating" and protocol.dissent:
        problem = "alternating offers need everybody's consent"
        yield Problem(("protocol", "dissent"), problem, "write 0, or use mediated")
    if protocol.dissent >= count:
        problem = f"{protocol.dissent} of {count} seats could be overruled"
        yield Problem(("protocol", "dissent"), problem, "leave at least one")
