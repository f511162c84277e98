"""Hard rules and gates: which came, which went, and which catch less than before."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from negotiation.scenarios.loosenings.changes import (
    Change,
    of_figure,
    of_options,
    of_words,
    opposite,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from negotiation.scenarios.limits import OneLimit
    from negotiation.scenarios.loosenings.changes import Effect
    from negotiation.scenarios.policy_parts import Gate
    from negotiation.scenarios.schema import Constraint, ScenarioDocument
    from negotiation.scenarios.words import Words

# What a higher limit, or more options in it, does to the rule.
_RULES: dict[str, Effect] = {
    "at_most": "loosens", "at_least": "tightens", "in": "loosens", "not_in": "tightens",
}  # fmt: skip
_GATES: dict[str, Effect] = {
    "at_least": "loosens", "above": "loosens", "below": "tightens", "not_in": "loosens",
}  # fmt: skip


class _Catch(NamedTuple):
    """What a rule holds against what: all that decides whom it catches."""

    subject: str
    kind: str
    limit: Any
    when: tuple[str, str, Any] | None = None


@dataclass(frozen=True)
class _Kind:
    """How one sort of rule is read."""

    called: str
    more: Mapping[str, Effect]
    words: Words

    def pairs(
        self, old: Mapping[str, Any], new: Mapping[str, Any], same: Callable[[Any, Any], bool]
    ) -> Iterator[tuple[Any, Any]]:
        """Rules of one name; a rule under another name is the one that says the same."""
        left = [name for name in new if name not in old]
        for name, was in old.items():
            now = new.get(name)
            if now is None:
                alike = next((other for other in left if same(was, new[other])), None)
                if alike is not None:
                    left.remove(alike)
                    now = new[alike]
            yield was, now
        for name in left:
            yield None, new[name]

    def caught(self, was: _Catch, now: _Catch, label: str) -> Iterator[Change]:
        if (was.subject, was.kind) != (now.subject, now.kind) or was.kind not in self.more:
            if was[:3] != now[:3]:
                yield Change(f"{label} asks for something else now", "loosens")
        elif isinstance(was.limit, list) and isinstance(now.limit, list):
            said = partial(self.words.value, was.subject)
            more = self.more[was.kind]
            yield from of_options(label, was.limit, now.limit, more=more, said=said)
        else:
            up, unit = self.more[was.kind], self.words.unit(was.subject)
            limits = was.limit, now.limit
            yield from of_figure(label, *limits, up=up, unit=unit, words=self.words)
        if was.when != now.when:
            yield Change(f"{label} {_condition(was.when, now.when)}", _narrower(was, now))

    def gone_or_new(self, was: Any, now: Any) -> Change:
        if now is None:
            return Change(f"{self.called} “{was.text}” removed", "loosens")
        return Change(f"{self.called} “{now.text}” added", "tightens")


def _condition(was: tuple[str, str, Any] | None, now: tuple[str, str, Any] | None) -> str:
    if was is None:
        return "holds under a condition only"
    return "holds always" if now is None else "holds under another condition"


def _narrower(was: _Catch, now: _Catch) -> Effect:
    return "tightens" if was.when is not None and now.when is None else "loosens"


def of_constraints(
    before: ScenarioDocument, after: ScenarioDocument, words: Words
) -> Iterator[Change]:
    kind = _Kind("Hard rule", _RULES, words)
    old, new = ({rule.name: rule for rule in each.constraints} for each in (before, after))

    def same(was: Constraint, now: Constraint) -> bool:
        return _rule(was, before) == _rule(now, after)

    for was, now in kind.pairs(old, new, same):
        if was is None or now is None:
            yield kind.gone_or_new(was, now)
            continue
        label = f"Hard rule “{now.text}”"
        yield from kind.caught(_rule(was, before), _rule(now, after), label)
        yield from of_words("Hard rule", was.text, now.text)
        yield from of_words(f"{label}, author", was.author, now.author)
        yield from of_words(f"{label}, citation", was.citation, now.citation)


def _rule(rule: Constraint, document: ScenarioDocument) -> _Catch:
    return _Catch(*_test(rule, document), when=_test(rule.when, document) if rule.when else None)


def _test(test: OneLimit, document: ScenarioDocument) -> tuple[str, str, Any]:
    """With the figure or list itself where the limit is the name of a parameter."""
    ((kind, limit),) = test.limits.items()
    if isinstance(limit, str) and kind in _RULES:
        limit = document.parameters.get(limit, limit)
    return test.subject, kind, limit  # type: ignore[attr-defined]


def of_gates(before: Sequence[Gate], after: Sequence[Gate], words: Words) -> Iterator[Change]:
    kind = _Kind("Gate", _GATES, words)
    old, new = ({gate.name: gate for gate in gates} for gates in (before, after))
    for was, now in kind.pairs(old, new, _same_gate):
        if was is None or now is None:
            yield kind.gone_or_new(was, now)
            continue
        label = f"Gate “{now.text}”"
        yield from kind.caught(_gate(was), _gate(now), label)
        people = "people", was.people, now.people
        if people[1] != people[2]:
            yield from of_figure(
                f"{label}, people", *people[1:], up=opposite("loosens"), unit="", words=words
            )
        yield from of_words("Gate", was.text, now.text)


def _same_gate(was: Gate, now: Gate) -> bool:
    return _gate(was) == _gate(now) and was.people <= now.people


def _gate(gate: Gate) -> _Catch:
    ((kind, limit),) = gate.limits.items()
    return _Catch(gate.subject, kind, limit)
