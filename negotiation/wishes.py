"""What a reviewer may ask of the next agreement: a row for each issue and figure of the scenario.

Of an issue with few options people leave those that may be agreed on, of a figure they say how much
at most or at least. Links may bring rows with them: `?require=monthly_cost:at_most:40000`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from negotiation.engine.requirements import TESTS, Requirement
from negotiation.lexicon import lexicon_for
from negotiation.scenarios.vocabulary import subjects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from django.http import QueryDict

    from negotiation.engine.messages import Option
    from negotiation.engine.space import Issue
    from negotiation.models import Decision, ScenarioVersion
    from negotiation.scenarios.words import Words

FEW = 12
"""A number with more options than this is asked for as a span of them, not one by one."""

LONGEST = 40
_NUMBER = re.compile(
    r"([+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?(?:e[+-]?\d{1,2})?) ?([kmg]?)", re.IGNORECASE
)
_SCALES = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9}


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of an issue: what is sent for it, its words, and whether it may be agreed on."""

    value: str
    text: str
    kept: bool
    agreed: bool


class Level(NamedTuple):
    """A figure that can be picked, and what it is called."""

    value: str
    text: str


@dataclass(slots=True)
class Wish:
    """One row. `choices` for an issue whose options are ticked, else a figure with what was typed
    or picked for `least` and `most`; `levels` are what can be picked, if not any figure."""

    name: str
    label: str
    unit: str
    agreed: str
    choices: list[Choice] = field(default_factory=list)
    least: str = ""
    most: str = ""
    error: str = ""
    options: Mapping[str, Option] = field(default_factory=dict)
    levels: Sequence[Level] = ()

    @property
    def many(self) -> bool:
        """Whether there are so many choices that all or none of them is a beginning."""
        return len(self.choices) > FEW

    @property
    def changed(self) -> bool:
        """Whether it asks for anything."""
        if not self.choices:
            return bool(self.least.strip() or self.most.strip())
        return not all(choice.kept for choice in self.choices)

    @property
    def written(self) -> str:
        """What was typed or picked, in words; empty if nothing was."""
        if self.choices:
            kept = [choice.text for choice in self.choices if choice.kept]
            return f"only {', '.join(kept) or 'nothing'}" if self.changed else ""
        called = {level.value: level.text for level in self.levels}
        ends = (("at least", self.least.strip()), ("at most", self.most.strip()))
        return ", ".join(f"{end} {called.get(text, text)}" for end, text in ends if text)


@dataclass(frozen=True, slots=True)
class Wishes:
    """All rows; `more` are the figures that no seat, rule or gate is about."""

    issues: list[Wish]
    figures: list[Wish]
    more: list[Wish]

    def __iter__(self) -> Iterator[Wish]:
        yield from (*self.issues, *self.figures, *self.more)

    @property
    def unfolded(self) -> bool:
        """Whether something among `more` is asked for or wrong."""
        return any(wish.changed or wish.error for wish in self.more)

    @property
    def wrong(self) -> list[Wish]:
        return [wish for wish in self if wish.error]


def link(requirements: Iterable[Requirement]) -> str:
    """The query with which the page of a send-back asks for these already."""
    pairs = [
        ("require", f"{each.subject}:{each.test}:{','.join(map(str, each.limits))}")
        for each in requirements
    ]
    return urlencode(pairs)


def linked(texts: Iterable[str]) -> list[Requirement]:
    """What such a link asks for; a part that cannot be read is left out."""
    found = []
    for text in texts:
        subject, _, rest = text.partition(":")
        test, _, limit = rest.partition(":")
        if subject and limit and test in TESTS:
            several = tuple(limit.split(",")) if test in {"in", "not_in"} else limit
            found.append(Requirement(subject=subject, test=test, limit=several))
    return found


def rows(decision: Decision) -> Wishes:
    """The rows of a decision's scenario; nothing is asked for yet."""
    figures = _agreed_figures(json.loads(decision.package))
    return rows_of(decision.negotiation.version, decision.agreed, figures)


def rows_of(
    version: ScenarioVersion,
    offer: Mapping[str, Option] | None = None,
    agreed: Mapping[str, Any] | None = None,
) -> Wishes:
    """The rows of a scenario, with what was agreed where that is known."""
    table, words = version.compiled().table, lexicon_for(version).words
    agreed = agreed or {}
    levels = {each.name: each.levels for each in version.compiled().document.measures}
    matter = subjects(version.compiled().document)
    figures = {
        measure.name: Wish(
            name=measure.name,
            label=measure.label,
            unit=measure.unit,
            agreed=words.value(measure.name, agreed.get(measure.name), measure.unit)
            if offer
            else "",
            levels=_levels(levels.get(measure.name, {})),
        )
        for measure in table.measures
    }
    return Wishes(
        issues=[_issue(issue, words, offer or {}) for issue in table.space.issues],
        figures=[figures.pop(name) for name in matter if name in figures],
        more=list(figures.values()),
    )


def _levels(levels: Mapping[Any, str]) -> list[Level]:
    """Where figures only stand for an order, they are called by their names."""
    known = sorted((float(figure), text) for figure, text in levels.items())
    return [Level(f"{figure:g}", text) for figure, text in known]


def _agreed_figures(package: Mapping[str, Any]) -> dict[str, Any]:
    effects = {name: each.get("value") for name, each in package.get("effects", {}).items()}
    read = {each["name"]: each["value"] for each in package.get("read", {}).get("figures", ())}
    return read | effects


def _issue(issue: Issue, words: Words, agreed: Mapping[str, Option]) -> Wish:
    span = issue.numeric and len(issue.options) > FEW
    choices = [
        Choice(str(option), words.value(issue.name, option), True, option == agreed.get(issue.name))
        for option in issue.options
    ]
    return Wish(
        name=issue.name,
        label=issue.label,
        unit=issue.unit,
        agreed=words.value(issue.name, agreed[issue.name]) if agreed else "",
        choices=[] if span else choices,
        options={str(option): option for option in issue.options},
        levels=[Level(one.value, one.text) for one in choices] if span else (),
    )


def asking(wishes: Wishes, requirements: Iterable[Requirement]) -> Wishes:
    """The rows as if somebody had filled them in with `requirements`, as far as they go."""
    known = {wish.name: wish for wish in wishes}
    for each in requirements:
        if wish := known.get(each.subject):
            _ask(wish, each)
    return wishes


def _ask(wish: Wish, asked: Requirement) -> None:
    texts = {str(limit) for limit in asked.limits}
    if not wish.choices:
        limit = str(asked.limits[0])
        wish.most = limit if asked.test in {"at_most", "equals"} else wish.most
        wish.least = limit if asked.test in {"at_least", "equals"} else wish.least
        return
    some = {value for value, option in wish.options.items() if _fits(option, asked, texts, value)}
    wish.choices = [_kept(each, each.value in some) for each in wish.choices]


def _fits(option: Option, asked: Requirement, texts: set[str], value: str) -> bool:
    if asked.test not in {"at_most", "at_least"}:
        return (value in texts) != (asked.test == "not_in")
    limit = number(str(asked.limits[0]))
    if isinstance(option, str) or limit is None:
        return True
    return option <= limit if asked.test == "at_most" else option >= limit


def _kept(choice: Choice, kept: bool) -> Choice:
    return Choice(choice.value, choice.text, kept, choice.agreed)


def typed(wishes: Wishes, data: QueryDict) -> Wishes:
    """The rows as they were sent, kept as they were typed; what cannot be read has an error."""
    for wish in wishes:
        if wish.choices:
            sent = set(data.getlist(f"keep:{wish.name}"))
            wish.choices = [_kept(each, each.value in sent) for each in wish.choices]
            if not sent & wish.options.keys():
                wish.error = "Leave at least one option."
            elif sent - wish.options.keys():
                wish.error = "Something was sent that is no option here. Look at it again."
        else:
            wish.least = data.get(f"least:{wish.name}", "")[:LONGEST]
            wish.most = data.get(f"most:{wish.name}", "")[:LONGEST]
            wish.error = _wrong_figure(wish)
    return wishes


def _wrong_figure(wish: Wish) -> str:
    least, most = (number(text, wish.unit) for text in (wish.least, wish.most))
    unread = [
        text
        for text, found in ((wish.least, least), (wish.most, most))
        if text.strip() and found is None
    ]
    if unread:
        return "Write a number, like 40000, 40,000 or 40k."
    if least is not None and most is not None and least > most:
        return "At least is more than at most: nothing is both."
    return ""


def requirements(wishes: Iterable[Wish]) -> list[Requirement]:
    """What rows without an error ask for."""
    return [each for wish in wishes if wish.changed for each in _of(wish)]


def _of(wish: Wish) -> Sequence[Requirement]:
    if wish.choices:
        kept = tuple(wish.options[each.value] for each in wish.choices if each.kept)
        rest = tuple(wish.options[each.value] for each in wish.choices if not each.kept)
        if len(kept) == 1:
            return [Requirement(subject=wish.name, test="equals", limit=kept[0])]
        if len(rest) < len(kept):
            return [Requirement(subject=wish.name, test="not_in", limit=rest)]
        return [Requirement(subject=wish.name, test="in", limit=kept)]
    least, most = number(wish.least, wish.unit), number(wish.most, wish.unit)
    if least is not None and least == most and not wish.options:
        return [Requirement(subject=wish.name, test="equals", limit=least)]
    found: list[Requirement] = []
    if least is not None:
        found.append(Requirement(subject=wish.name, test="at_least", limit=least))
    if most is not None:
        found.append(Requirement(subject=wish.name, test="at_most", limit=most))
    return found


def number(text: str, unit: str = "") -> float | None:
    """A figure as people write it: 40000 · 40,000 · 40 k · $40k · 12 %; None if it is none."""
    bare = text.strip().replace("\u00a0", " ").replace("\u202f", " ")
    for sign in (unit, unit.partition(" ")[0], unit[:1] if unit[:1] in "$€£" else ""):
        bare = bare.removesuffix(sign).removeprefix(sign).strip()
    found = _NUMBER.fullmatch(bare)
    if found is None:
        return None
    return float(found[1].replace(",", "")) * _SCALES[found[2].lower()]
