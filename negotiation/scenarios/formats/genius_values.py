"""What a Genius profile's evaluators make of each option of an issue.

The semantics are those of Genius 10 (EvaluatorDiscrete, EvaluatorInteger, EvaluatorReal): a
discrete evaluation is divided by the largest of its issue, an integer is counted from the lower
bound, a linear value is cut to 0…1, and a triangle is 0 at its ends and from its upper end on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.scenarios.formats.spots import shown

if TYPE_CHECKING:
    from negotiation.engine.messages import Option
    from negotiation.engine.space import Issue
    from negotiation.scenarios.formats.genius_xml import IssueNode, Node

_NOTHING = 0.00001
"""Where the largest evaluation of an issue is less, every option is worth 0, as in Genius."""


def values(profile: IssueNode, issue: Issue) -> dict[Option, float]:
    """The value of every option of `issue`, by what the profile says about it."""
    if profile.kind == "discrete":
        return _discrete(profile, issue)
    evaluator = profile.node.only("evaluator")
    if evaluator is None:
        profile.spot.refuse("it has no <evaluator>", "add one")
    if profile.kind == "integer":
        return _integer(evaluator, issue)
    return _real(evaluator, issue)


def _discrete(profile: IssueNode, issue: Issue) -> dict[Option, float]:
    evaluations = {
        value: item.number("evaluation", least=0)
        for value, item in profile.items()
        if item.get("evaluation") not in {None, "null"}
    }
    for option in issue.options:
        if option not in evaluations:
            profile.spot.refuse(
                f"the item {shown(str(option))} has no evaluation", "give it one, at least 0"
            )
    largest = max(evaluations.values())
    if largest < _NOTHING:
        return dict.fromkeys(issue.options, 0.0)
    return {option: evaluations[str(option)] / largest for option in issue.options}


def _integer(evaluator: Node, issue: Issue) -> dict[Option, float]:
    _kind(evaluator, ("linear",))
    slope, offset = evaluator.number("slope"), evaluator.number("offset")
    lowest = _figure(issue.options[0])
    return {option: _cut(slope * (_figure(option) - lowest) + offset) for option in issue.options}


def _real(evaluator: Node, issue: Issue) -> dict[Option, float]:
    kind = _kind(evaluator, ("linear", "constant", "triangular"))
    first = evaluator.number("parameter0")
    if kind == "constant":
        return dict.fromkeys(issue.options, evaluator.spot.checked(first, "parameter0", least=0))
    second = evaluator.number("parameter1")
    if kind == "linear":
        return {option: _cut(second * _figure(option) + first) for option in issue.options}
    top = evaluator.number("parameter2")
    if not first <= top <= second:
        evaluator.spot.refuse(
            f"the top of its triangle, {top:g}, is not between its ends {first:g} and {second:g}",
            "put parameter2 between parameter0 and parameter1",
        )
    return {option: _triangle(_figure(option), first, second, top) for option in issue.options}


def _triangle(figure: float, low: float, high: float, top: float) -> float:
    if not low <= figure < high:
        return 0.0
    if figure < top:
        return (figure - low) / (top - low)
    return 1 - (figure - top) / (high - top)


def _kind(evaluator: Node, known: tuple[str, ...]) -> str:
    kind = (evaluator.get("ftype") or "linear").lower()
    if kind == "faratin":
        evaluator.spot.refuse(
            "its evaluator is 'faratin', which Genius names but never computes",
            "use linear, constant or triangular",
        )
    if kind not in known:
        evaluator.spot.refuse(
            f"its evaluator is {shown(kind)}, which is not supported here",
            f"it can be {', '.join(known)}",
        )
    return kind


def _figure(option: Option) -> float:
    return float(option)


def _cut(value: float) -> float:
    return min(max(value, 0.0), 1.0)
