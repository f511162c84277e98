"""One change of a scenario in words, and what it does to the policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from negotiation.scenarios.words import figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from negotiation.scenarios.words import Words

Effect = Literal["tightens", "loosens", "neutral"]


@dataclass(frozen=True, slots=True)
class Change:
    text: str
    effect: Effect

    @property
    def sentence(self) -> str:
        return self.text if self.effect == "neutral" else f"{self.text}: {self.effect}"

    def to_dict(self) -> dict[str, str]:
        return {"text": self.text, "effect": self.effect}


def of_figure(
    label: str, before: float | None, after: float | None, *, up: Effect, unit: str, words: Words
) -> Iterator[Change]:
    """`up`: what a higher figure does. One that comes or goes cannot be told: it loosens."""
    if before == after:
        return
    if before is None or after is None:
        first, second = (
            figure(value) if value is not None else "none" for value in (before, after)
        )
        yield Change(f"{label} {first} → {second}", "neutral" if up == "neutral" else "loosens")
        return
    first, second = words.change("", before, after, unit)
    yield Change(f"{label} {first} → {second}", up if after > before else opposite(up))


def of_options(
    label: str,
    before: Sequence[object],
    after: Sequence[object],
    *,
    more: Effect,
    said: Callable[[object], str] = figure,
) -> Iterator[Change]:
    """`more`: what options do that come in. Both more and fewer: the one that loosens counts.

    `said`: an option in words, which two options may share.
    """
    added = [option for option in after if option not in before]
    gone = [option for option in before if option not in after]
    if added:
        yield Change(f"{label}, with {', '.join(map(said, added))} now", more)
    if gone:
        yield Change(f"{label}, without {', '.join(map(said, gone))} now", opposite(more))


def of_words(label: str, before: str, after: str) -> Iterator[Change]:
    if before != after:
        yield Change(f"{label}: “{before}” → “{after}”", "neutral")


def opposite(effect: Effect) -> Effect:
    turned: dict[Effect, Effect] = {"tightens": "loosens", "loosens": "tightens"}
    return turned.get(effect, "neutral")
