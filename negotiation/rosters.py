"""Who sits where: the scenario versions and their seats, without reading documents twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from negotiation.models import ScenarioVersion

if TYPE_CHECKING:
    from collections.abc import Iterable

Seat = tuple[str, str]


class Roster(NamedTuple):
    """One version: its scenario, and name and title of each seat."""

    pk: int
    number: int
    slug: str
    title: str
    current: bool
    seats: tuple[Seat, ...]


# Versions never change, so each one's seats are read once per process.
_seats: dict[tuple[int, str], tuple[Seat, ...]] = {}


def rosters() -> list[Roster]:
    """All versions, the newest last."""
    found = list(
        ScenarioVersion.objects.order_by("pk").values_list(
            "pk",
            "document_hash",
            "number",
            "scenario__slug",
            "scenario__title",
            "scenario__current",
        )
    )
    _read(key for key in ((row[0], row[1]) for row in found) if key not in _seats)
    return [
        Roster(pk, number, slug, title, pk == current, _seats[pk, digest])
        for pk, digest, number, slug, title, current in found
    ]


def _read(missing: Iterable[tuple[int, str]]) -> None:
    wanted = dict(missing)
    if not wanted:
        return
    rows = ScenarioVersion.objects.filter(pk__in=wanted).values_list("pk", "document__seats")
    for pk, seats in rows:
        named = ((seat["name"], seat.get("title") or seat["name"]) for seat in seats or ())
        _seats[pk, wanted[pk]] = tuple(named)
