"""What every benchmark module yields: one measured figure beside its goal."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """`ok` is None where a figure is only told, not judged; `command` repeats this row alone."""

    name: str
    value: float
    unit: str
    goal: str = ""
    ok: bool | None = None
    command: str = ""
