"""Where in whose file a reader is, to say so when something there cannot be used."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import NoReturn

from negotiation.scenarios.errors import Problem, ScenarioError

_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INTEGER = re.compile(r"[-+]?[0-9]{1,15}")
_SHOWN = 60
_LARGEST = 1e12


@dataclass(frozen=True, slots=True)
class Spot:
    """A file and a part of it: "issue 'Price', item 'High'"; `line` counts from 1."""

    source: str
    at: str = ""
    line: int | None = None

    def within(self, part: str) -> Spot:
        return Spot(self.source, f"{self.at}, {part}" if self.at else part, self.line)

    def on(self, line: int) -> Spot:
        return Spot(self.source, self.at, line)

    def refuse(self, problem: str, remedy: str = "") -> NoReturn:
        at = (self.at,) if self.at else ()
        raise ScenarioError(self.source, [Problem(at, problem, remedy, self.line)]) from None

    def number(self, text: str | None, what: str, *, least: float = -math.inf) -> float:
        """The figure that `text` writes; refuses words, NaN, infinities and less than `least`."""
        if text is None:
            self.refuse(f"{what} is missing", "add it")
        text = text.strip()
        if not _NUMBER.fullmatch(text):
            self.refuse(f"{what} is {shown(text)}, which is no number", "write a number")
        return self.checked(float(text), what, least=least)

    def integer(self, text: str | None, what: str) -> int:
        if text is None:
            self.refuse(f"{what} is missing", "add it")
        text = text.strip()
        if not _INTEGER.fullmatch(text):
            self.refuse(f"{what} is {shown(text)}, which is no whole number", "write one")
        return int(text)

    def checked(self, value: float, what: str, *, least: float = -math.inf) -> float:
        """`value` if it is not less than `least` nor so large that nothing is left of others."""
        if not abs(value) <= _LARGEST:
            self.refuse(f"{what} is too large to count with", "write a smaller number")
        if value < least:
            self.refuse(f"{what} is {value:g}, less than {least:g}", f"write {least:g} or more")
        return value


def shown(text: str) -> str:
    return f"'{text[:_SHOWN]}…'" if len(text) > _SHOWN else f"'{text}'"
