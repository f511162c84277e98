"""Who negotiates: an agent is the seat of that name, in whatever scenario it sits.

Read in as many queries whatever there is; what is known of an agent rests on the newest `MOST`
reports about it, of which the oldest count for less than a hundredth.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from django.db.models import Avg, Count, F, FloatField, Q, Window
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, DenseRank

from negotiation.engine.trust import Record, Settled, Stated, Trust, trust
from negotiation.lexicon import Face, faces
from negotiation.models import Negotiation, Scenario, Stop, TrustEntry
from negotiation.rosters import rosters

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.contrib.auth.models import AnonymousUser, User
    from django.db.models import QuerySet

    from negotiation.engine.trust import Provenance

MOST = 150


class Place(NamedTuple):
    """A seat of an agent: what the present version of a scenario says about it."""

    slug: str
    scenario: str
    seat: Mapping[str, Any]

    @property
    def objectives(self) -> list[tuple[str, float]]:
        """What it wants, with its share of all that it wants."""
        stated = self.seat.get("objectives") or []
        weights = sum(each["weight"] for each in stated) or 1
        named = [(each.get("label") or each["subject"].replace("_", " "), each) for each in stated]
        return [(label, each["weight"] / weights) for label, each in named]


@dataclass
class Agent:
    """`tables` and `agreements` of all time; `surplus`: the mean of what it ended with."""

    name: str
    face: Face
    places: list[Place] = field(default_factory=list)
    tables: int = 0
    agreements: int = 0
    surplus: float | None = None
    stop: Stop | None = None
    entries: Sequence[TrustEntry] = ()

    @property
    def owners(self) -> list[str]:
        return sorted({place.seat.get("owner") or "" for place in self.places} - {""})

    @property
    def strategies(self) -> list[str]:
        return sorted({place.seat.get("strategy") or "linear" for place in self.places})

    @property
    def claims(self) -> list[TrustEntry]:
        return [each for each in self.entries if each.fact]

    @property
    def kept(self) -> int:
        return sum(each.right for each in self.claims)

    @property
    def broken(self) -> int:
        return len(self.claims) - self.kept

    @property
    def trust(self) -> Trust:
        return trust_of(self.entries)

    @property
    def surplus_width(self) -> float:
        return round(100 * min(max(self.surplus or 0.0, 0.0), 1.0), 1)


def record_of(entries: Iterable[TrustEntry]) -> Record:
    """What the formula reads, from rows in any order. Parley itself runs every agent of today."""
    ordered = sorted(entries, key=lambda each: (each.report_id, each.pk))
    numbers = {pk: n for n, pk in enumerate(dict.fromkeys(each.report_id for each in ordered))}
    return Record(
        identity="verified organisation",
        reports=len(numbers),
        claims=[
            Settled(
                numbers[each.report_id], each.right, cast("Provenance", each.provenance),
                each.weight,
            )
            for each in ordered
            if each.fact
        ],
        stated=[
            Stated(each.stated, each.right)
            for each in ordered
            if not each.fact and each.stated is not None
        ],
    )  # fmt: skip


def trust_of(entries: Iterable[TrustEntry]) -> Trust:
    """Of a claim as this agent usually makes them: its provenance, its usual confidence."""
    record = record_of(entries)
    classes = [each.provenance for each in record.claims]
    usual = max(sorted(set(classes)), key=classes.count) if classes else "none"
    sure = [each.confidence for each in record.stated]
    stated = sum(sure) / len(sure) if sure else None
    return trust(record, provenance=usual, stated=stated)


class Trusted(NamedTuple):
    """A seat of a table, how far it is believed, and how many claims came true or did not."""

    face: Face
    trust: Trust
    kept: int
    broken: int


def trusted(user: User | AnonymousUser, seats: Mapping[str, Face]) -> list[Trusted]:
    """Of each seat of a table, as reports have it by now; one query."""
    entries = _by_seat(_newest(user, seats))
    found = []
    for name, face in seats.items():
        own = entries.get(name, ())
        claims = [each.right for each in own if each.fact]
        found.append(Trusted(face, trust_of(own), sum(claims), len(claims) - sum(claims)))
    return found


def agents(user: User | AnonymousUser, name: str = "") -> list[Agent]:
    """All agents with a seat in the present version of a scenario, or only the one of that name."""
    found = _seated(name)
    if not found:
        return []
    _count(user, found)
    stops = Stop.objects.visible_to(user).live().filter(scope=Stop.Scope.AGENT, seat__in=found)
    for stop in stops:
        found[stop.seat].stop = stop
    for seat, entries in _entries(user, found).items():
        found[seat].entries = entries
    return sorted(found.values(), key=lambda agent: agent.face.title.lower())


def _seated(name: str) -> dict[str, Agent]:
    rows = Scenario.objects.filter(current__isnull=False).order_by("pk")
    found: dict[str, Agent] = {}
    for slug, title, seats in rows.values_list("slug", "title", "current__document__seats"):
        drawn = faces((seat["name"], seat.get("title") or seat["name"]) for seat in seats)
        for seat in seats:
            if name in {"", seat["name"]}:
                agent = found.setdefault(seat["name"], Agent(seat["name"], drawn[seat["name"]]))
                agent.places.append(Place(slug, title, seat))
    return found


def _count(user: User | AnonymousUser, found: Mapping[str, Agent]) -> None:
    """Tables and agreements by version, as versions say who sits there; surpluses by agent."""
    seated = {row.pk: [seat for seat, _ in row.seats if seat in found] for row in rosters()}
    versions = [pk for pk, seats in seated.items() if seats]
    tables = Negotiation.objects.visible_to(user).filter(version__in=versions).order_by()
    agreed = Q(status=Negotiation.Status.AGREED)
    surpluses = {
        f"surplus_{place}": Avg(_surplus(seat), filter=agreed) for place, seat in enumerate(found)
    }
    for pk, n, agreements in tables.values_list("version").annotate(
        n=Count("pk"), agreed=Count("pk", filter=agreed)
    ):
        for seat in seated[pk]:
            found[seat].tables += n
            found[seat].agreements += agreements
    means = tables.aggregate(**surpluses)
    for place, agent in enumerate(found.values()):
        agent.surplus = means[f"surplus_{place}"]


def _surplus(seat: str) -> Cast:
    return Cast(KeyTextTransform(seat, KeyTransform("surplus", "summary")), FloatField())


def _entries(
    user: User | AnonymousUser, found: Iterable[str]
) -> Mapping[str, Sequence[TrustEntry]]:
    whole = _newest(user, found).select_related("report__execution", "negotiation__version")
    return _by_seat(whole.defer("negotiation__version__document", "negotiation__summary"))


def _newest(user: User | AnonymousUser, seats: Iterable[str]) -> QuerySet[TrustEntry]:
    newest_first = Window(DenseRank(), partition_by=F("seat"), order_by=F("report").desc())
    rows = TrustEntry.objects.visible_to(user).present().filter(seat__in=list(seats))
    return rows.annotate(nth=newest_first).filter(nth__lte=MOST)


def _by_seat(rows: Iterable[TrustEntry]) -> Mapping[str, Sequence[TrustEntry]]:
    entries: defaultdict[str, list[TrustEntry]] = defaultdict(list)
    for each in rows:
        entries[each.seat].append(each)
    for own in entries.values():
        own.sort(key=lambda each: (each.report_id, each.pk))
    return entries
