"""What is wrong with a scenario document, where, and what would be right."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from negotiation.scenarios.texts import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Location = tuple[str | int, ...]

MOST = 50
"""Problems that one document is told about at a time; finding remedies for thousands takes long."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault. `line` and `column` count from 1; None where the document did not come as text.

    The column is known only of what is no YAML at all.
    """

    at: Location
    problem: str
    remedy: str = ""
    line: int | None = None
    column: int | None = None

    @property
    def path(self) -> str:
        return path_text(self.at)

    @property
    def place(self) -> str:
        """Where in the text: line 12, column 5."""
        line = f"line {self.line}" if self.line else ""
        return f"{line}, column {self.column}" if line and self.column else line

    @property
    def sentence(self) -> str:
        where = ", ".join(part for part in (self.place, self.path) if part)
        said = f"{self.problem}; {self.remedy}" if self.remedy else self.problem
        if not said.endswith(("?", ".")):
            said += "."
        return visible(f"{where}: {said}" if where else said)


class ScenarioError(ValueError):
    """The document cannot be used. `str()` is one sentence about the first problem."""

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        self.file = file
        self.problems = tuple(problems)
        super().__init__(self.sentences[0])

    @property
    def path(self) -> str:
        return self.problems[0].path

    @property
    def problem(self) -> str:
        return self.problems[0].problem

    @property
    def remedy(self) -> str:
        return self.problems[0].remedy

    @property
    def sentences(self) -> tuple[str, ...]:
        """One sentence for each problem, in the order of the document's parts."""
        return tuple(f"{visible(self.file)}, {problem.sentence}" for problem in self.problems)


def path_text(at: Location) -> str:
    """`("seats", 2, "title")` as people write it: `seats[2].title`."""
    text = ""
    for part in at:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """A remedy: the closest known name, or all of them when none is close."""
    names = sorted(known)
    close = get_close_matches(wrong, names, n=1, cutoff=0.6)
    # "cost" is close to "monthly_cost" for a person, not for an edit distance.
    close = close or [name for name in names if len(wrong) > 3 and (wrong in name or name in wrong)]
    if close:
        return f"did you mean '{close[0]}'?"
    if not names:
        return "none is declared"
    shown = ", ".join(names[:12])
    return f"known are {shown}" + (", …" if len(names) > 12 else "")
