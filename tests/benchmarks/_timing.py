"""Medians of some runs, and the rows they make."""

from __future__ import annotations

from statistics import median, quantiles
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

from tests.benchmarks._reference import why_not
from tests.benchmarks._rows import Rival, Row

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.benchmarks._reference import Taken

COMMAND = "make bench ONLY=engine"
RUNS = 5
Made = TypeVar("Made")


def seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """The median time of one run."""
    return seconds_of(lambda: None, lambda _: work(), runs)


def seconds_of(make: Callable[[], Made], work: Callable[[Made], object], runs: int = RUNS) -> float:
    """The median time of `work`; what it works on is made anew for each run, and not counted."""
    return median(_times(make, work, runs))


def percentile_of(work: Callable[[], object], runs: int, percent: int) -> float:
    """Milliseconds that `percent` of the runs do not take."""
    times = _times(lambda: None, lambda _: work(), runs)
    return 1_000 * quantiles(times, n=100)[percent - 1]


def _times(make: Callable[[], Made], work: Callable[[Made], object], runs: int) -> list[float]:
    times = []
    for _ in range(runs):
        made = make()
        start = perf_counter()
        work(made)
        times.append(perf_counter() - start)
    return times


def judged(
    name: str, value: float, unit: str, *, least: float = 0, most: float = 0, note: str = ""
) -> Row:
    goal = f"at least {least:,g}" if least else f"at most {most:,g}"
    ok = value >= least if least else value <= most
    return Row(f"engine.{name}", value, unit, goal, ok, COMMAND, note=note)


def told(name: str, value: float, unit: str) -> Row:
    return Row(f"engine.{name}", value, unit, command=COMMAND)


def unmeasured(name: str, why: str) -> Row:
    return Row(f"engine.{name}", None, "", command=COMMAND, note=why)


def faster(name: str, own: float, taken: Taken | None, least: float) -> Row:
    """Our seconds beside those of the reference engine, in milliseconds."""
    ms, goal = 1_000 * own, f"at least {least:,g} ×"
    if taken is None:
        return Row(f"engine.{name}", ms, "ms", goal, None, COMMAND, note=why_not())
    ratio = taken.seconds / own
    rival = Rival(value=1_000 * taken.seconds, ratio=ratio, bound=taken.bound)
    ok = None if taken.bound and ratio < least else ratio >= least
    return Row(f"engine.{name}", ms, "ms", goal, ok, COMMAND, rival)
