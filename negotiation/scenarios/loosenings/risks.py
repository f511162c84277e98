"""How much is at stake: losses, tolerances, reach, reversibility, and the formulas behind them.

Whether another formula gives lower figures cannot be told from the text, so it loosens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.scenarios.definitions import Definitions, read_by_the_judge
from negotiation.scenarios.loosenings.changes import Change, of_figure, of_words
from negotiation.scenarios.policy_parts import Reversibility
from negotiation.scenarios.words import figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from negotiation.scenarios.loosenings.changes import Effect
    from negotiation.scenarios.policy_parts import Dimension
    from negotiation.scenarios.schema import ScenarioDocument
    from negotiation.scenarios.words import Words


def of_risk(before: ScenarioDocument, after: ScenarioDocument, words: Words) -> Iterator[Change]:
    yield from _dimensions(before, after, words)
    was, now = (_figure(each.policy.risk.affected, each) for each in (before, after))
    yield from _stated("Affected", was, now, up="tightens", words=words)
    was, now = (_figure(each.policy.risk.population, each) for each in (before, after))
    yield from _stated("Population", was, now, up="loosens", words=words)
    yield from _reversibility(before, after, words)


def _dimensions(
    before: ScenarioDocument, after: ScenarioDocument, words: Words
) -> Iterator[Change]:
    old, new = (
        {part.name: part for part in each.policy.risk.dimensions} for each in (before, after)
    )
    for name in dict.fromkeys([*old, *new]):
        was, now = old.get(name), new.get(name)
        if was is None and now is not None:
            yield Change(f"Loss of {now.label} is looked at", "tightens")
        elif was is not None and now is None:
            yield Change(f"Loss of {was.label} is not looked at any more", "loosens")
        elif was is not None and now is not None:
            yield from _dimension(was, now, words)


def _dimension(was: Dimension, now: Dimension, words: Words) -> Iterator[Change]:
    label = f"Tolerance of {now.label}"
    if was.loss != now.loss:
        figures = f"“{words.label(was.loss)}” → “{words.label(now.loss)}”"
        yield Change(f"Loss of {now.label} is measured by {figures}", "loosens")
    tolerances, unit = (was.tolerance, now.tolerance), words.unit(now.loss)
    yield from of_figure(label, *tolerances, up="loosens", unit=unit, words=words)
    yield from of_words("Dimension", was.label, now.label)


def _stated(
    label: str, was: float | str, now: float | str, *, up: Effect, words: Words
) -> Iterator[Change]:
    if isinstance(was, float) and isinstance(now, float):
        yield from of_figure(label, was, now, up=up, unit="", words=words)
    elif was != now:
        yield Change(f"{label} is measured in another way", "loosens")


def _figure(stated: float | str, document: ScenarioDocument) -> float | str:
    value = document.parameters.get(stated) if isinstance(stated, str) else stated
    return float(value) if isinstance(value, int | float) else str(stated)


def _reversibility(
    before: ScenarioDocument, after: ScenarioDocument, words: Words
) -> Iterator[Change]:
    was, now = before.policy.risk.reversibility, after.policy.risk.reversibility
    if isinstance(was, Reversibility) and isinstance(now, Reversibility) and was.by == now.by:
        for option in (each for each in now.levels if each in was.levels):
            label = f"How hard {words.value(now.by, option)} is to undo"
            levels = was.levels[option], now.levels[option]
            yield from of_figure(label, *levels, up="tightens", unit="", words=words)
        yield from _new_levels(was, now, words)
    elif isinstance(was, float | int) and isinstance(now, float | int):
        label = "How hard it is to undo"
        yield from of_figure(label, was, now, up="tightens", unit="", words=words)
    else:
        yield Change("How hard it is to undo is told in another way", "loosens")


def _new_levels(was: Reversibility, now: Reversibility, words: Words) -> Iterator[Change]:
    """What could be taken out in one save and come back easier in the next."""
    for option in (each for each in now.levels if each not in was.levels):
        level = now.levels[option]
        text = f"How hard {words.value(now.by, option)} is to undo: {figure(level)}, which is new"
        yield Change(text, "loosens" if level < 1 else "tightens")


def of_readings(
    before: ScenarioDocument, after: ScenarioDocument, words: Words
) -> Iterator[Change]:
    """What the judge reads and what now means something else."""
    old, new = (Definitions(each, assumptions=True) for each in (before, after))
    limits = {
        stated
        for stated in (after.policy.risk.affected, after.policy.risk.population)
        if stated in after.parameters
    }
    for name in read_by_the_judge(after):
        was, now = old.of(name), new.of(name)
        # A name that was not there before was not read by the rules that were there either.
        if name not in limits and was not in (now, old.of("")):
            yield Change(f"“{words.label(name)}” is worked out in another way", "loosens")
