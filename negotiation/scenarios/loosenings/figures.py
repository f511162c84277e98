"""Figures of the policy that stand by themselves, and who decides by score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.scenarios.loosenings.changes import Change, of_figure, of_words, opposite
from negotiation.scenarios.words import figure, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from negotiation.scenarios.loosenings.changes import Effect
    from negotiation.scenarios.policy_parts import Freeze, Policy, Tier
    from negotiation.scenarios.words import Words

# What a higher figure does. A window that is longer or shorter changes nothing that is carried out:
# what nobody decides is not.
_FIGURES: tuple[tuple[str, str, Effect, str], ...] = (
    ("minimum_confidence", "Confidence needed", "tightens", ""),
    ("review_from", "A person decides from", "loosens", "points"),
    ("refuse_from", "Refused from", "loosens", "points"),
    ("audit_share", "Share of the automatic ones that is looked at", "tightens", ""),
    ("capacity", "Decisions a day that people can take", "neutral", ""),
    ("grant_hours", "An approval holds for", "loosens", "hours"),
    ("budget.harm", "Risk without a person", "loosens", ""),
    ("budget.hours", "Used risk is forgotten in", "tightens", "hours"),
    ("irreversible.severity", "What cannot be undone needs people from a loss of", "loosens", ""),
    ("irreversible.people", "People for what cannot be undone", "tightens", ""),
)
_COUNTED = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
FIGURES = frozenset(name.split(".")[0] for name, *_ in _FIGURES)


def of_figures(before: Policy, after: Policy, words: Words) -> Iterator[Change]:
    for name, label, up, unit in _FIGURES:
        was, now = _at(before, name), _at(after, name)
        yield from of_figure(label, was, now, up=up, unit=unit, words=words)


def _at(policy: Policy, name: str) -> float | None:
    part: object = policy
    for step in name.split("."):
        part = getattr(part, step)
    return part if isinstance(part, int | float) else None


def of_tiers(before: Sequence[Tier], after: Sequence[Tier]) -> Iterator[Change]:
    """For each demand the scores at which it is made; fewer of them loosen."""
    both = [*before, *after]
    for count in range(2, max(tier.people for tier in both) + 1):
        yield from _demand(f"{_COUNTED[count]} people", _people(count), before, after)
    for count in range(1, max(tier.seniors for tier in both) + 1):
        who = f"{_COUNTED[count]} senior manager{'s' * (count > 1)}"
        yield from _demand(who, _seniors(count), before, after)
    yield from _demand("Own verdict first", lambda tier: tier.own_verdict, before, after)
    yield from _windows(before, after)


def _people(count: int) -> Callable[[Tier], bool]:
    return lambda tier: tier.people >= count


def _seniors(count: int) -> Callable[[Tier], bool]:
    return lambda tier: tier.seniors >= count


def _demand(
    who: str, asked: Callable[[Tier], bool], before: Sequence[Tier], after: Sequence[Tier]
) -> Iterator[Change]:
    begins = sorted({tier.from_ for tier in (*before, *after)})
    was = [asked(_reached(before, score)) for score in begins]
    now = [asked(_reached(after, score)) for score in begins]
    if was == now:
        return
    weaker = any(old and not new for old, new in zip(was, now, strict=True))
    told = [_scores(begins, wanted) for wanted in (was, now)]
    unit = "" if told[1] == "never" else " points"
    yield Change(f"{who} from {told[0]} → {told[1]}{unit}", "loosens" if weaker else "tightens")


def _reached(tiers: Sequence[Tier], score: float) -> Tier:
    return [tier for tier in tiers if tier.from_ <= score][-1]


def _scores(begins: Sequence[float], wanted: Sequence[bool]) -> str:
    """ "60", "60 to 75", "0 to 60 and from 75", "never"."""
    spans: list[list[float | None]] = []
    for begin, there in zip(begins, wanted, strict=True):
        if there and (not spans or spans[-1][1] is not None):
            spans.append([begin, None])
        elif not there and spans and spans[-1][1] is None:
            spans[-1][1] = begin
    texts = [
        figure(begin) if end is None else f"{figure(begin)} to {figure(end)}"
        for begin, end in spans
    ]
    # What goes on without an end is not "and 75", which would be that score alone.
    last = "from " if len(spans) > 1 and spans[-1][1] is None else ""
    return " and ".join([*texts[:-1], f"{last}{texts[-1]}"]) if texts else "never"


def _windows(before: Sequence[Tier], after: Sequence[Tier]) -> Iterator[Change]:
    was, now = ([_window(tier) for tier in tiers] for tiers in (before, after))
    yield from of_words("Time to decide", ", ".join(was), ", ".join(now))


def _window(tier: Tier) -> str:
    again = f", escalated {tier.escalations} ×" if tier.escalations else ""
    return f"{figure(tier.window_hours, 'h')}{again} from {figure(tier.from_)} points"


def of_freezes(before: Sequence[Freeze], after: Sequence[Freeze]) -> Iterator[Change]:
    old, new = ({part.name: part for part in parts} for parts in (before, after))
    for name in dict.fromkeys([*old, *new]):
        was, now = old.get(name), new.get(name)
        if was is None and now is not None:
            yield Change(f"Freeze “{now.text}” from {_span(now)}", "tightens")
        elif was is not None and now is None:
            yield Change(f"Freeze “{was.text}” removed", "loosens")
        elif was is not None and now is not None:
            yield from _freeze(was, now)


def _span(freeze: Freeze) -> str:
    return f"{moment(freeze.begins)} to {moment(freeze.ends)}"


def _freeze(was: Freeze, now: Freeze) -> Iterator[Change]:
    yield from of_words(f"Freeze “{was.text}”", was.text, now.text)
    moved: tuple[tuple[str, str, str, Effect], ...] = (
        ("begins", was.begins, now.begins, "loosens"),
        ("ends", was.ends, now.ends, "tightens"),
    )
    for label, old, new, later in moved:
        if old != new:
            effect = later if new > old else opposite(later)
            yield Change(f"Freeze “{now.text}” {label} {moment(old)} → {moment(new)}", effect)
