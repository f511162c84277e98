"""Preference tables in JSON as NegoLog writes them: one profile for each party.

{"reservationValue": 0.2, "issueWeights": {issue: weight}, "issues": {issue: {option: value}}};
u = Σ weight · value, as written.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from negotiation.engine.space import Issue
from negotiation.engine.table import Seat
from negotiation.engine.utility import Preferences
from negotiation.scenarios import documents
from negotiation.scenarios.errors import ScenarioError
from negotiation.scenarios.formats.games import Game, distinct, objective
from negotiation.scenarios.formats.spots import Spot, shown
from negotiation.scenarios.texts import refused_character

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from negotiation.engine.messages import Option

PROFILES = "profile*.json"
_FIELDS = ("reservationValue", "issueWeights", "issues")
Table = dict[str, dict[str, float]]


def read(paths: Sequence[Path]) -> Game:
    """The game of these profiles; the first one's issues are the domain. Raises `ScenarioError`."""
    spots = [Spot(str(path)) for path in paths]
    profiles = [_parsed(path, spot) for path, spot in zip(paths, spots, strict=True)]
    tables = [_table(spot, each) for spot, each in zip(spots, profiles, strict=True)]
    for spot, table in zip(spots, tables, strict=True):
        _check_issues(spot, table, tables[0])
    issues = tuple(Issue(name, name, tuple(options)) for name, options in tables[0].items())
    names = distinct(path.stem for path in paths)
    return Game(
        title=paths[0].resolve().parent.name,
        source=", ".join(spot.source for spot in spots),
        issues=issues,
        seats=tuple(
            Seat(name=name, title=name, preferences=_preferences(spot, profile, table, issues))
            for name, spot, profile, table in zip(names, spots, profiles, tables, strict=True)
        ),
    )


def holds_one(path: Path) -> bool:
    """Whether a JSON file looks like a profile, and not like a scenario."""
    try:
        return '"issueWeights"' in path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def _parsed(path: Path, spot: Spot) -> dict[str, Any]:
    text = documents.read_file(path, source=spot.source, kind="JSON")
    unique = partial(_unique, spot)
    try:
        data = json.loads(text, object_pairs_hook=unique, parse_constant=partial(_constant, spot))
    except json.JSONDecodeError as error:
        spot.on(error.lineno).refuse(f"this is not valid JSON ({error.msg})", "mend it")
    except RecursionError:
        spot.refuse("the file is nested too deeply", "flatten it")
    except ScenarioError:
        raise
    except ValueError:  # a number of thousands of digits
        spot.refuse("a number is too long to read", "write a shorter one")
    if not isinstance(data, dict):
        spot.refuse("the file is not an object", f"write one with {', '.join(_FIELDS)}")
    return data


def _unique(spot: Spot, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if refused_character(key):
            spot.refuse("a name holds a control character", "remove it")
        if key in found:
            spot.refuse(f"the key {shown(key)} is there twice", "keep one of them")
        found[key] = value
    return found


def _constant(spot: Spot, name: str) -> NoReturn:
    spot.refuse(f"'{name}' is not a finite number", "write a figure")


def _table(spot: Spot, profile: dict[str, Any]) -> Table:
    """The values of the options by issue."""
    issues = _object(spot, profile, "issues")
    within = spot.within("issues")
    table = {
        name: {
            option: _number(within.within(name), value, option)
            for option, value in _object(within, issues, name).items()
        }
        for name in issues
    }
    if not table:
        within.refuse("there is no issue", "give at least one")
    for name, options in table.items():
        if not options:
            within.within(name).refuse("it has no options", "give at least one")
    return table


def _check_issues(spot: Spot, table: Table, first: Table) -> None:
    for name in first.keys() ^ table.keys():
        lacks = "is missing" if name in first else "is not in the first profile"
        spot.refuse(f"the issue {shown(name)} {lacks}", "give every party the same issues")
    for name, options in first.items():
        for option in options.keys() ^ table[name].keys():
            lacks = "is missing" if option in options else "is not in the first profile"
            spot.within(f"issues, {name}").refuse(
                f"the option {shown(option)} {lacks}", "give every party the same options"
            )


def _preferences(
    spot: Spot, profile: dict[str, Any], table: Table, issues: tuple[Issue, ...]
) -> Preferences:
    weights, within = _object(spot, profile, "issueWeights"), spot.within("issueWeights")
    if strange := sorted(weights.keys() - table.keys()):
        within.refuse(f"there is no issue {shown(strange[0])}", "weigh the issues alone")
    objectives = []
    for issue in issues:
        if issue.name not in weights:
            within.refuse(f"the issue {shown(issue.name)} has no weight", "give it one")
        weight = _number(within, weights[issue.name], issue.name)
        values: dict[Option, float] = {
            option: table[issue.name][str(option)] for option in issue.options
        }
        objectives.append(objective(issue, weight, values))
    total = within.checked(sum(each.weight for each in objectives), "the sum")
    if not total:
        within.refuse("all weights are 0", "give one of them more")
    if "reservationValue" not in profile:
        spot.refuse("reservationValue is missing", "add it")
    limit = _number(spot, profile["reservationValue"], "reservationValue")
    return Preferences(tuple(objectives), limit, total=total)


def _object(spot: Spot, holder: dict[str, Any], name: str) -> dict[str, Any]:
    if name not in holder:
        spot.refuse(f"{name} is missing", "add it")
    if not isinstance(holder[name], dict):
        spot.within(name).refuse("this is not an object", 'write {"name": …}')
    found: dict[str, Any] = holder[name]
    return found


def _number(spot: Spot, value: object, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        spot.refuse(f"{what} is no number", "write a figure")
    try:
        return spot.checked(float(value), what, least=0)
    except OverflowError:
        spot.refuse(f"{what} is too large to count with", "write a smaller number")
