"""What an admin may edit of a scenario: one field per figure, curve or list, from the document.

A field is named by its place in the document ("seats.0.reservation"), which is also how the
validation reports what is wrong there, so an error finds its field by itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from negotiation.engine.table import RESOLUTIONS
from negotiation.scenarios.errors import did_you_mean
from negotiation.scenarios.policy_parts import Budget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from negotiation.scenarios.errors import Location
    from negotiation.scenarios.words import Words

LIMITS = {"at_most": "at most", "at_least": "at least", "above": "above", "below": "below"}
LISTS = {"in": "one of", "not_in": "none of"}


class Kind(NamedTuple):
    """How a field is written: `show` and `read` are each other's inverse."""

    show: Callable[[Any], str]
    read: Callable[[str], Any]
    longest: int = 40
    wide: bool = False


@dataclass
class Field:
    at: Location
    label: str
    text: str
    help: str = ""
    unit: str = ""
    kind: Kind = field(default_factory=lambda: NUMBER)
    error: str = ""

    @property
    def path(self) -> str:
        return ".".join(str(part) for part in self.at)


def plain(value: float) -> str:
    """A figure as it stands in an input: no thousands marks, no needless zeros."""
    return f"{value:.15g}"


def number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError("This is not a number. Write one like 0.35.") from None
    if not math.isfinite(value):
        raise ValueError("This is not a finite number. Write one like 0.35.")
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _curve(points: Sequence[Sequence[float]]) -> str:
    return ", ".join(f"{plain(figure)}: {plain(value)}" for figure, value in points)


def _points(text: str) -> list[list[float]]:
    try:
        points = [[number(part) for part in point.split(":")] for point in text.split(",")]
    except ValueError:
        points = []
    if len(points) < 2 or any(len(point) != 2 for point in points):
        raise ValueError("Write at least two points as figure: value, like 0: 1, 36: 0.")
    return points


def _listed(values: Sequence[object]) -> str:
    return ", ".join(plain(each) if isinstance(each, int | float) else str(each) for each in values)


def _numbers(text: str) -> list[float]:
    return [number(part.strip()) for part in text.split(",")]


def _names(text: str, *, known: Sequence[str]) -> list[str]:
    """Names with commas between; only known ones where it is known which there are."""
    names = [part.strip() for part in text.split(",")]
    for name in names:
        if not name:
            raise ValueError("Name at least one, with a comma between two.")
        if known and name not in known:
            raise ValueError(f"There is no “{name[:40]}”; {did_you_mean(name, known)}")
    return names


def _some_names(text: str, *, known: Sequence[str]) -> list[str]:
    return _names(text, known=known) if text else []


NUMBER: Kind = Kind(plain, number)
CURVE = Kind(_curve, _points, longest=1000, wide=True)
NUMBERS = Kind(_listed, _numbers, longest=1000, wide=True)


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def of_seat(at: Location, seat: Mapping[str, Any], words: Words) -> Iterator[Field]:
    """How much it wants what, and its limit."""
    for place, objective in enumerate(seat["objectives"]):
        label = objective.get("label") or words.label(objective["subject"])
        where = (*at, "objectives", place, "weight")
        yield Field(where, label, plain(objective["weight"]), unit="weight")
    limit = plain(seat["reservation"])
    about = "The least utility it accepts, 0 to 1."
    yield Field((*at, "reservation"), "Limit", limit, about, "utility")


def of_values(at: Location, seat: Mapping[str, Any], words: Words) -> Iterator[Field]:
    """Which figures are good: the value functions of a seat."""
    for place, objective in enumerate(seat["objectives"]):
        subject, value = objective["subject"], objective["value"]
        label = objective.get("label") or words.label(subject)
        where, unit = (*at, "objectives", place, "value"), words.unit(subject)
        if value.get("points") is not None:
            about = f"Figure{f' in {unit}' if unit else ''}: value from 0 to 1."
            yield Field((*where, "points"), label, _curve(value["points"]), about, kind=CURVE)
        elif value.get("table") is not None:
            for option, worth in value["table"].items():
                name = f"{label}: {words.value(subject, option)}"
                yield Field((*where, "table", option), name, plain(worth), unit="value")
        else:
            for end, meaning in (("worst", "worth 0 at"), ("best", "worth 1 at")):
                name = f"{label}, {meaning}"
                yield Field((*where, end), name, plain(value[end]), unit=unit)


def of_constraints(document: Mapping[str, Any], words: Words) -> Iterator[Field]:
    shown: set[Location] = set()
    for place, rule in enumerate(document["constraints"]):
        for kind in (*LIMITS, *LISTS):
            limit: Any = rule.get(kind)
            at: Location = ("constraints", place, kind)
            if isinstance(limit, str):
                at, limit = ("parameters", limit), document["parameters"].get(limit)
            made = _limit(at, rule, limit, f"{rule['author']}.", words)
            if made and at not in shown:
                shown.add(at)
                yield made


def of_gates(policy: Mapping[str, Any], words: Words) -> Iterator[Field]:
    for place, gate in enumerate(policy["gates"]):
        for kind, meaning in (LIMITS | LISTS).items():
            at = ("policy", "gates", place, kind)
            about = f"A person decides when it is {meaning} {'these' if kind in LISTS else 'this'}."
            made = _limit(at, gate, gate.get(kind), about, words)
            if made:
                yield made


def of_policy(policy: Mapping[str, Any], words: Words) -> Iterator[Field]:
    for name, label, about, unit in _POLICY:
        yield Field(("policy", name), label, plain(policy[name]), about, unit)
    for place, tier in enumerate(policy.get("tiers") or ()):
        for name, label, about, unit in _TIER:
            which = f"{label}, tier {place + 1}"
            yield Field(("policy", "tiers", place, name), which, plain(tier[name]), about, unit)
    budget = Budget.model_validate(policy.get("budget") or {})
    for name, label, about, unit in _BUDGET:
        yield Field(("policy", "budget", name), label, plain(getattr(budget, name)), about, unit)
    for place, part in enumerate(policy["risk"]["dimensions"]):
        at: Location = ("policy", "risk", "dimensions", place, "tolerance")
        about = f"{words.label(part['loss'])}. Halving this doubles the expected harm."
        label, unit = f"Tolerated loss: {part['label']}", words.unit(part["loss"])
        yield Field(at, label, plain(part["tolerance"]), about, unit)


def of_resolution(document: Mapping[str, Any]) -> Iterator[Field]:
    """What is tried when the seats do not agree; either list may be empty."""
    seats = [seat["name"] for seat in document["seats"]]
    for name, label, about, known in (
        ("resolution", "One after the other", f"Of {', '.join(RESOLUTIONS)}.", RESOLUTIONS),
        ("precedence", "Order of precedence", "Seats, the most important first.", seats),
    ):
        kind = Kind(_listed, partial(_some_names, known=known), longest=1000, wide=True)
        present = _listed(document["policy"].get(name, []))
        yield Field(("policy", name), label, present, about, kind=kind)


_POLICY = (
    ("minimum_confidence", "Confidence needed", "Below it a person decides. From 0 to 1.", ""),
    ("review_from", "A person decides from", "Risk score, 0 to 100.", "points"),
    ("refuse_from", "Refused from", "Nobody can clear it.", "points"),
    ("grant_hours", "An approval holds for", "After it the approval is void.", "hours"),
)

_TIER = (
    ("from", "Begins at", "Risk score; the first begins at 0.", "points"),
    ("people", "People who decide", "Distinct persons, for exactly this package.", "people"),
    ("seniors", "Senior managers among them", "", "people"),
    ("window_hours", "Time to decide", "If nobody does, it escalates or expires.", "hours"),
    ("escalations", "How often it escalates", "Each time with as many hours again.", "times"),
)

_BUDGET = (
    ("harm", "Risk without a person", "Expected harm; once it is used up, a person decides.", ""),
    ("hours", "Used risk is forgotten in", "Evenly, hour by hour.", "hours"),
)


def _limit(
    at: Location, rule: Mapping[str, Any], limit: Any, about: str, words: Words
) -> Field | None:
    """The field of a rule's limit, or None where it has none that is a figure or a list."""
    if is_number(limit):
        return Field(at, rule["text"], plain(limit), about, words.unit(rule["subject"]))
    if not isinstance(limit, list) or any("," in str(each) for each in limit):
        return None
    kind = NUMBERS
    if not all(is_number(each) for each in limit):
        known = words.known(rule["subject"])
        read = partial(_names, known=[*known, *limit] if known else [])
        kind = Kind(_listed, read, longest=1000, wide=True)
        about = f"{about} {', '.join(words.value(rule['subject'], each) for each in limit)}"
    return Field(at, rule["text"], _listed(limit), about, kind=kind)
