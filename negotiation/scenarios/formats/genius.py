"""Genius XML: a domain and a utility profile for each party.

u = min(1, Σ weight · value): the weights count as they are written, whatever they add up to, and
utilities are cut at 1, as in Genius 10 (AdditiveUtilitySpace, NonlinearUtilitySpace). Issues are
matched by index, items by their value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.engine.space import Issue
from negotiation.engine.table import Seat
from negotiation.engine.utility import Preferences
from negotiation.scenarios.formats import genius_xml
from negotiation.scenarios.formats.games import Game, distinct, objective
from negotiation.scenarios.formats.genius_regions import regions
from negotiation.scenarios.formats.genius_values import values
from negotiation.scenarios.formats.genius_xml import MOST_OPTIONS, STEPS
from negotiation.scenarios.formats.spots import Spot, shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from negotiation.engine.messages import Option
    from negotiation.scenarios.formats.genius_xml import IssueNode, Node

_DOMAIN, _PROFILE = "negotiation_template", "utility_space"
_KINDS = (None, "linear", "nonlinear")
_BELONGS = "give the profiles of this domain"
_MOST_VALUES = 1_000_000  # of options, for all parties: 250 MB and a few seconds


def read(paths: Sequence[Path]) -> Game:
    """The game of these files, the domain among them; raises `ScenarioError`."""
    roots = {path: genius_xml.read(path) for path in paths}
    for root in roots.values():
        if root.tag not in {_DOMAIN, _PROFILE}:
            root.spot.refuse(
                f"its root is <{root.tag}>", f"give a <{_DOMAIN}> and files of <{_PROFILE}>"
            )
    domain = _domain(roots)
    profiles = [path for path, root in roots.items() if root.tag == _PROFILE]
    nodes = _nodes(roots[domain])
    issues = _issues(nodes)
    _check_values(roots[domain].spot, issues, len(profiles))
    names = distinct(path.stem for path in profiles)
    return Game(
        title=domain.stem,
        source=str(domain),
        issues=tuple(issues.values()),
        seats=tuple(
            Seat(name=name, title=name, preferences=_preferences(roots[path], nodes, issues))
            for name, path in zip(names, profiles, strict=True)
        ),
    )


def _check_values(spot: Spot, issues: Mapping[int, Issue], profiles: int) -> None:
    options = sum(len(issue.options) for issue in issues.values())
    if options * profiles > _MOST_VALUES:
        spot.refuse(
            f"there are {options:,} options for {profiles} parties",
            f"use at most {_MOST_VALUES // profiles:,} in all",
        )


def _domain(roots: Mapping[Path, Node]) -> Path:
    found = [path for path, root in roots.items() if root.tag == _DOMAIN]
    if len(found) != 1:
        spot = Spot(", ".join(str(path) for path in (found or roots)))
        problem = f"there are {len(found)} domains" if found else "there is no domain"
        spot.refuse(problem, f"give one file whose root is <{_DOMAIN}>")
    return found[0]


def _nodes(root: Node) -> dict[int, IssueNode]:
    space = root.only(_PROFILE)
    if space is None:
        root.spot.refuse(f"there is no <{_PROFILE}>", "give a Genius domain")
    return genius_xml.issues(space)


def _issues(nodes: Mapping[int, IssueNode]) -> dict[int, Issue]:
    """The domain's issues by index; those of one name are told apart by a number."""
    names = distinct((node.name for node in nodes.values()), ())
    return {
        index: Issue(name, name, _options(node))
        for (index, node), name in zip(nodes.items(), names, strict=True)
    }


def _options(node: IssueNode) -> tuple[Option, ...]:
    if node.kind == "discrete":
        options = tuple(value for value, _ in node.items())
        if not options:
            node.spot.refuse("it has no items", "give at least one")
        return options
    bounds = node.bounds()
    if bounds is None:
        node.spot.refuse("it has no lowerbound and upperbound", "add them")
    low, high = bounds
    if node.kind == "integer":
        if high - low >= MOST_OPTIONS:
            node.spot.refuse(f"it has {high - low + 1:,} options", f"use at most {MOST_OPTIONS:,}")
        return tuple(range(int(low), int(high) + 1))
    step = node.spot.checked((high - low) / (STEPS - 1), "its range")
    return tuple(dict.fromkeys(low + step * number for number in range(STEPS)))


def _preferences(
    root: Node, nodes: Mapping[int, IssueNode], issues: Mapping[int, Issue]
) -> Preferences:
    _check_kind(root)
    profile = genius_xml.issues(root)
    _check_domain(root, profile, nodes)
    limit, discount = root.anywhere("reservation"), root.anywhere("discount_factor")
    reservation = limit.number("value", least=0) if limit else 0.0
    delta = _discount(discount) if discount else 1.0
    utility = next(
        (each for node in root.children("objective") if (each := node.only("utility"))), None
    )
    if utility is not None:
        return Preferences(
            regions=regions(utility, issues), reservation=reservation, discount=delta, ceiling=1.0
        )
    objectives = tuple(
        objective(issue, _weight(profile[index]), values(profile[index], issue))
        for index, issue in issues.items()
    )
    total = root.spot.checked(sum(each.weight for each in objectives), "the sum of the weights")
    if not total:
        root.spot.refuse("all weights are 0", "give one of them more")
    return Preferences(objectives, reservation, discount=delta, total=total, ceiling=1.0)


def _check_kind(root: Node) -> None:
    kind = root.get("type")
    if kind not in _KINDS:
        root.spot.refuse(
            f"its utility space is {shown(str(kind))}", "only linear and nonlinear are supported"
        )


def _check_domain(
    root: Node, profile: Mapping[int, IssueNode], nodes: Mapping[int, IssueNode]
) -> None:
    """Refuses a profile that was not written for the domain with these issues."""
    if strange := profile.keys() - nodes.keys():
        root.spot.refuse(f"the domain has no issue with the index {min(strange)}", _BELONGS)
    for index, node in nodes.items():
        if index not in profile:
            root.spot.refuse(f"issue {index}, {shown(node.name)}, is missing", _BELONGS)
        _check_issue(profile[index], node)


def _check_issue(own: IssueNode, domain: IssueNode) -> None:
    """Genius looks at the index alone. Here a name may differ where every item is the same."""
    if own.kind != domain.kind:
        own.spot.refuse(f"it is {own.kind}, the domain's is {domain.kind}", _BELONGS)
    if own.kind == "discrete":
        same = {value for value, _ in own.items()} >= {value for value, _ in domain.items()}
    else:
        same = False
        _check_bounds(own, domain)
    if not same and own.name.casefold() != domain.name.casefold():
        own.spot.refuse(f"the domain calls issue {own.index} {shown(domain.name)}", _BELONGS)


def _check_bounds(own: IssueNode, domain: IssueNode) -> None:
    bounds = own.bounds()
    if bounds is not None and bounds != domain.bounds():
        low, high = bounds
        own.spot.refuse(f"it goes from {low:g} to {high:g}, unlike the domain's", _BELONGS)


def _weight(node: IssueNode) -> float:
    if node.weight is None:
        node.spot.refuse("it has no weight", "add a <weight> with its index")
    return node.spot.number(node.weight.get("value"), "its weight", least=0)


def _discount(node: Node) -> float:
    """δ; none where it is 0, as in Genius."""
    delta = node.number("value", least=0)
    if delta > 1:
        node.spot.refuse(f"the discount factor is {delta:g}", "give a number from 0 to 1")
    return delta or 1.0
