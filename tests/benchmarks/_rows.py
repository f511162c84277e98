"""What every benchmark module yields: one measured figure beside its goal."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Rival:
    """The same work done by something else: its figure, and how many times better ours is.

    `bound`: it was stopped before it was done, so that both are at least so much.
    """

    value: float
    ratio: float
    bound: bool = False


@dataclass(frozen=True)
class Row:
    """`ok` is None where a figure is only told, not judged; `command` repeats this row alone.

    Without a `value` nothing could be measured, and `note` says why. `reference`: the reference
    engine, `loop`: a plain loop that only makes frozen messages.
    """

    name: str
    value: float | None
    unit: str
    goal: str = ""
    ok: bool | None = None
    command: str = ""
    reference: Rival | None = None
    loop: Rival | None = None
    note: str = ""
