"""A field of a form: one figure, curve or list of a document.

A field is named by its place in the document ("seats.0.reservation"), which is also how the
validation reports what is wrong there, so an error finds its field by itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard

from negotiation.scenarios.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from negotiation.scenarios.errors import Location


class Kind(NamedTuple):
    """How a field is written: `show` and `read` are each other's inverse. `choices`: all texts
    that it may have, where it is chosen and not typed. `rows`: of a field for several lines."""

    show: Callable[[Any], str]
    read: Callable[[str], Any]
    longest: int = 40
    wide: bool = False
    choices: tuple[str, ...] = ()
    rows: int = 0
    code: bool = False


@dataclass
class Field:
    at: Location
    label: str
    text: str
    help: str = ""
    unit: str = ""
    kind: Kind = field(default_factory=lambda: NUMBER)
    error: str = ""
    # What each choice is called, where that is not the choice itself.
    words: Mapping[str, str] = field(default_factory=dict)
    focus: bool = False

    @property
    def path(self) -> str:
        return path_of(self.at)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What may be chosen, and what that is called; also what is chosen and is none of them."""
        known = self.kind.choices
        texts = known if self.text in known else (*known, self.text)
        return [(text, self.words.get(text, text)) for text in texts]

    @property
    def rows(self) -> int:
        return min(max(self.text.count("\n") + 1, self.kind.rows), 24)


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


def is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
