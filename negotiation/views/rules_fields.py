"""What an admin may edit of a scenario: one field per figure, curve or list, from the document.

A field is named by its place in the document ("seats.0.reservation"), which is also how the
validation reports what is wrong there, so an error finds its field by itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from negotiation.scenarios.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from negotiation.scenarios.errors import Location
    from negotiation.scenarios.words import Words


class Kind(NamedTuple):
    """How a field is written: `show` and `read` are each other's inverse. `choices`: all texts
    that it may have, where it is chosen and not typed."""

    show: Callable[[Any], str]
    read: Callable[[str], Any]
    longest: int = 40
    wide: bool = False
    choices: tuple[str, ...] = ()


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
        return path_of(self.at)


def path_of(at: Location) -> str:
    return ".".join(str(part) for part in at)


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


def listed(values: Sequence[object]) -> str:
    return ", ".join(plain(each) if isinstance(each, int | float) else str(each) for each in values)


def _numbers(text: str) -> list[float]:
    return [number(part.strip()) for part in text.split(",")]


def names(text: str, *, known: Sequence[str]) -> list[str]:
    """Names with commas between; only known ones where it is known which there are."""
    names = [part.strip() for part in text.split(",")]
    for name in names:
        if not name:
            raise ValueError("Name at least one, with a comma between two.")
        if known and name not in known:
            raise ValueError(f"There is no “{name[:40]}”; {did_you_mean(name, known)}")
    return names


NUMBER: Kind = Kind(plain, number)
CURVE = Kind(_curve, _points, longest=1000, wide=True)
NUMBERS = Kind(listed, _numbers, longest=1000, wide=True)


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
