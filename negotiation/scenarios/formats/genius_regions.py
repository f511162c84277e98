"""Hyper-rectangles of a non-linear Genius profile (ANAC 2014) as regions.

Genius divides the sum by `maxutility` and cuts at 1. A rectangle counts its `utility` times its
`weight` inside all its bounds; one that EXCLUDES counts it outside; one without bounds always.
Inner functions count times their weights, the outermost does not. What is not a sum is refused:
a maximum of rectangles is not a sum of regions.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, NamedTuple

from negotiation.engine.utility import Region
from negotiation.scenarios.formats.games import distinct
from negotiation.scenarios.formats.spots import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from negotiation.engine.space import Issue
    from negotiation.scenarios.formats.genius_xml import Node

_DEEPEST = 32
_MOST = 10_000
_FEW = 3
Bounds = dict[str, tuple[float, float]]


class _Rectangle(NamedTuple):
    bounds: Bounds
    value: float


def regions(utility: Node, issues: Mapping[int, Issue]) -> tuple[Region, ...]:
    """The regions of a <utility>; `issues` by their index. Raises `ScenarioError`."""
    largest = utility.number("maxutility")
    if largest <= 0:
        utility.spot.refuse(f"its maxutility is {largest:g}", "give a number above 0")
    function = utility.only("ufun")
    if function is None:
        utility.spot.refuse("it has no <ufun>", "add one")
    if not any(issue.numeric for issue in issues.values()):
        utility.spot.refuse("rectangles need an integer issue", "give weights and evaluations")
    found = [each for each in _rectangles(function, issues, 1.0, 1) if each.value]
    if not 0 < len(found) <= _MOST:
        utility.spot.refuse(f"there are {len(found)} rectangles that count", f"give 1 to {_MOST:,}")
    names = distinct(
        (f"rectangle {number}" for number in range(1, len(found) + 1)),
        [issue.name for issue in issues.values()],
    )
    return tuple(
        Region(name, _label(name, each.bounds), each.bounds, each.value / largest)
        for name, each in zip(names, found, strict=True)
    )


def _label(name: str, bounds: Bounds) -> str:
    """The name and, where they are few, the bounds: "rectangle 3 (price 2–5, date 0–1)"."""
    if len(bounds) > _FEW:
        return name
    told = [f"{issue} {low:g}–{high:g}" for issue, (low, high) in bounds.items()]
    return f"{name} ({', '.join(told)})"


def _rectangles(
    function: Node, issues: Mapping[int, Issue], weight: float, depth: int
) -> Iterator[_Rectangle]:
    if depth > _DEEPEST:
        function.spot.refuse(f"functions are nested deeper than {_DEEPEST}", "flatten them")
    _check_kind(function)
    for rectangle in function.children("hyperRectangle"):
        own = rectangle.number("utility") * _weight(rectangle) * weight
        rectangle.spot.checked(own, "its utility times its weights")
        yield from _parts(rectangle, issues, own)
    for inner in function.children("ufun"):
        yield from _rectangles(inner, issues, weight * _weight(inner), depth + 1)


def _check_kind(function: Node) -> None:
    kind = function.get("type") or "PlainUfun"
    if kind != "PlainUfun":
        function.spot.refuse(f"its function is {shown(kind)}", "only PlainUfun is supported")
    aggregation = (function.get("aggregation") or "").lower()
    members = len(function.children("hyperRectangle")) + len(function.children("ufun"))
    alone = aggregation in {"max", "min"} and members == 1
    if aggregation != "sum" and not alone:
        function.spot.refuse(
            f"its aggregation is {shown(aggregation)}", "only sums of rectangles are supported"
        )
    known = {"hyperRectangle", "ufun"}
    for child in function.element:
        if child.tag not in known:
            function.spot.refuse(
                f"it holds <{child.tag}>", "only hyper-rectangles and functions are supported"
            )


def _weight(node: Node) -> float:
    return node.number("weight") if node.get("weight") is not None else 1.0


def _parts(rectangle: Node, issues: Mapping[int, Issue], value: float) -> Iterator[_Rectangle]:
    """One rectangle as what is added inside of bounds."""
    inside, outside = rectangle.children("INCLUDES"), rectangle.children("EXCLUDES")
    if inside and outside:
        rectangle.spot.refuse(
            "a rectangle has INCLUDES and EXCLUDES, of which Genius drops the first",
            "make two of it",
        )
    bounds = _bounds(inside or outside, issues)
    if outside or not inside:
        yield _Rectangle(_everywhere(issues), value)
    if outside:
        value = -value
    if bounds and all(low <= high for low, high in bounds.values()):
        yield _Rectangle(bounds, value)


def _bounds(nodes: list[Node], issues: Mapping[int, Issue]) -> Bounds:
    bounds: Bounds = {}
    for node in nodes:
        index, low, high = node.integer("index"), node.integer("min"), node.integer("max")
        issue = issues.get(index)
        if issue is None:
            node.spot.refuse(f"a bound names the issue {index}", "name one of the domain's")
        if not issue.numeric:
            node.spot.refuse(f"a bound names '{issue.name}', whose options are words", "remove it")
        before = bounds.get(issue.name, (-inf, inf))
        bounds[issue.name] = (max(before[0], low), min(before[1], high))
    return bounds


def _everywhere(issues: Mapping[int, Issue]) -> Bounds:
    numeric = next(issue for issue in issues.values() if issue.numeric)
    return {numeric.name: (float(numeric.options[0]), float(numeric.options[-1]))}
