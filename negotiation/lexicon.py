"""Words and marks for people: what a scenario calls its things, and how its seats are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from negotiation.engine.messages import MEDIATOR, PERSON, SYSTEM
from negotiation.models import ScenarioVersion
from negotiation.scenarios.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

COLOURS = 6

# Outlines in a square of 24, in the order of the seats: circle, square, diamond, hexagon,
# triangle, pill.
SHAPES = (
    "M12 1a11 11 0 1 1 0 22a11 11 0 1 1 0-22z",
    "M4 2h16a2 2 0 0 1 2 2v16a2 2 0 0 1-2 2h-16a2 2 0 0 1-2-2v-16a2 2 0 0 1 2-2z",
    "M12-1l13 13l-13 13l-13-13z",
    "M12 0l10.500 6v12l-10.500 6l-10.500-6v-12z",
    "M12-1l13.500 24h-27z",
    "M6 4h12a8 8 0 0 1 0 16h-12a8 8 0 0 1 0-16z",
)
TRIANGLE = 4


@dataclass(frozen=True, slots=True)
class Face:
    """How a speaker is drawn: initials on a shape, filled with the seat's colour (0: none)."""

    name: str
    title: str
    initials: str
    number: int
    shape: str
    text_y: float = 12
    kind: str = "seat"  # seat | mediator | system | person


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words and faces of one scenario version."""

    words: Words
    seats: Mapping[str, Face]
    rounds: int = 0
    # The measure that the seats' objectives weigh most: what an agreement is told by in short.
    main: str = ""

    def face(self, sender: str) -> Face:
        return self.seats.get(sender) or _stranger(sender)


def _stranger(sender: str) -> Face:
    if sender == MEDIATOR:
        return Face(sender, "Mediator", "M", 0, SHAPES[0], kind="mediator")
    if sender == SYSTEM:
        return Face(sender, "Parley", "P", 0, SHAPES[1], kind="system")
    if sender.startswith(PERSON):
        name = sender.removeprefix(PERSON)
        return Face(sender, name, name[:2].upper(), 0, SHAPES[0], kind="person")
    return Face(sender, sender, sender[:2].title(), 0, SHAPES[0])


def lexicon_of(document: Mapping[str, Any]) -> Lexicon:
    """Reads words and faces out of a scenario document."""
    seats = [(seat["name"], seat.get("title") or seat["name"]) for seat in document["seats"]]
    rounds = document.get("protocol", {}).get("rounds", 0)
    return Lexicon(Words.of(document), faces(seats), rounds, _weightiest(document))


def _weightiest(document: Mapping[str, Any]) -> str:
    weights = dict.fromkeys((part["name"] for part in document.get("measures") or ()), 0.0)
    for seat in document["seats"]:
        objectives = seat.get("objectives") or ()
        total = sum(each.get("weight", 1) for each in objectives) or 1
        for each in objectives:
            if each.get("subject") in weights:
                weights[each["subject"]] += each.get("weight", 1) / total
    return max(weights, key=lambda name: weights[name], default="")


def faces(seats: Iterable[tuple[str, str]]) -> dict[str, Face]:
    """A face for each (name, title): initials, colours and shapes tell seats apart."""
    found: dict[str, Face] = {}
    taken: set[str] = set()
    for place, (name, title) in enumerate(seats):
        initials = next((two for two in _initials(title) if two not in taken), str(place + 1))
        taken.add(initials)
        shape = (place + place // COLOURS) % len(SHAPES)
        found[name] = Face(
            name=name,
            title=title,
            initials=initials,
            number=place % COLOURS + 1,
            shape=SHAPES[shape],
            text_y=15.5 if shape == TRIANGLE else 12,
        )
    return found


def _initials(title: str) -> Iterable[str]:
    words = title.split()
    if len(words) > 1:
        yield (words[0][0] + words[1][0]).upper()
    letters = "".join(words)
    for other in letters[1:]:
        yield letters[0].upper() + other.lower()
    yield letters[:1].upper()


_known: dict[tuple[int, str], Lexicon] = {}
KEPT = 500


def lexicons(versions: Iterable[ScenarioVersion]) -> dict[int, Lexicon]:
    """By primary key. Versions never change, so each is read once per process."""
    wanted = {version.pk: (version.pk, version.document_hash) for version in versions}
    missing = [pk for pk, key in wanted.items() if key not in _known]
    if len(_known) + len(missing) > KEPT:
        _known.clear()
        missing = list(wanted)
    if missing:
        rows = ScenarioVersion.objects.filter(pk__in=missing).values_list("pk", "document")
        for pk, document in rows:
            _known[wanted[pk]] = lexicon_of(document)
    return {pk: _known[key] for pk, key in wanted.items()}


def lexicon_for(version: ScenarioVersion) -> Lexicon:
    return lexicons([version])[version.pk]
