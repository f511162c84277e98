"""A scenario that somebody is still writing: plain data that need not be right yet.

A form and YAML are two ways to write the same data, so what is wrong in one of them can be carried
to the other as it was typed.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from negotiation.scenarios import documents, loaders
from negotiation.scenarios.checks import problems_of
from negotiation.scenarios.errors import MOST, Problem, ScenarioError
from negotiation.scenarios.schema import ScenarioDocument
from negotiation.scenarios.writings import as_people_write, as_yaml

if TYPE_CHECKING:
    from negotiation.scenarios.errors import Location

SOURCE = "The scenario"
_MENDED = 2  # rounds: what is in the place of a fault may not fit there either
_MISSING = object()


def tree_of(document: ScenarioDocument) -> dict[str, Any]:
    """What people would have written: what has its usual value is left out."""
    stated = document.model_dump(mode="json", exclude_defaults=True)
    tree: dict[str, Any] = as_people_write(stated)
    return tree


def without_blanks(data: Any) -> Any:
    """A document that was stored, without what it says is not there."""
    if isinstance(data, dict):
        return {key: without_blanks(value) for key, value in data.items() if value is not None}
    if isinstance(data, list):
        return [without_blanks(value) for value in data]
    return data


def text_of(tree: dict[str, Any]) -> str:
    return as_yaml(tree)


def at(tree: Any, way: Location) -> Any:
    """What is there; None where nothing is."""
    found = _found(tree, way)
    return None if found is _MISSING else found


def put(tree: Any, way: Location, value: Any) -> None:
    """Sets what is there; None takes it away. Groups of fields on the way are made."""
    *before, last = way
    for part in before:
        following = _found(tree, (part,))
        if not isinstance(following, dict | list):
            following = {}
            _set(tree, part, following)
        tree = following
    if value is None:
        remove(tree, (last,))
    else:
        _set(tree, last, value)


def remove(tree: Any, way: Location) -> None:
    holder = _found(tree, way[:-1])
    if _found(holder, way[-1:]) is not _MISSING:
        del holder[way[-1]]


def move(tree: Any, way: Location, by: int) -> None:
    """One place up or down in its list; at the end of it nothing happens."""
    holder, place = _found(tree, way[:-1]), way[-1]
    if not isinstance(holder, list) or not isinstance(place, int):
        return
    if 0 <= place < len(holder) and 0 <= place + by < len(holder):
        holder.insert(place + by, holder.pop(place))


def checked(
    parsed: documents.Document, fallback: dict[str, Any]
) -> tuple[ScenarioDocument | None, list[Problem]]:
    """The document, or all that is wrong with it at once.

    What has a wrong shape hides what does not fit together. So it is mended with what `fallback`,
    a document that was right, has in its place, and the rest is asked again.
    """
    try:
        document = loaders.shaped(ScenarioDocument, parsed, SOURCE)
    except ScenarioError as error:
        found = list(error.problems)
        return None, (found + _hidden(parsed, found, fallback))[:MOST]
    unfit = [loaders.located(problem, parsed) for problem in problems_of(document)]
    return (None if unfit else document), unfit


def _hidden(
    parsed: documents.Document, shapes: list[Problem], fallback: dict[str, Any]
) -> list[Problem]:
    mended = copy.deepcopy(parsed.data)
    wrong = shapes
    for _ in range(_MENDED):
        for problem in wrong:
            if problem.at:
                put(mended, problem.at, copy.deepcopy(_alike(fallback, problem.at)))
        try:
            document = loaders.shaped(ScenarioDocument, documents.Document(mended, {}), SOURCE)
        except ScenarioError as error:
            wrong = list(error.problems)
            continue
        places = {problem.at for problem in shapes}
        return [
            loaders.located(problem, parsed)
            for problem in problems_of(document)
            if not any(problem.at[: len(place)] == place for place in places)
        ]
    return []


def _alike(tree: Any, way: Location) -> Any:
    """What is in this place, or in the same place of the first part of a shorter list."""
    for part in way:
        if isinstance(tree, list) and isinstance(part, int):
            tree = tree[part] if part < len(tree) else tree[0] if tree else None
        else:
            tree = tree.get(part) if isinstance(tree, dict) else None
    return tree


def _found(tree: Any, way: Location) -> Any:
    for part in way:
        if not _has(tree, part):
            return _MISSING
        tree = tree[part]
    return tree


def _has(tree: Any, part: str | int) -> bool:
    if isinstance(tree, list):
        return isinstance(part, int) and 0 <= part < len(tree)
    return isinstance(tree, dict) and part in tree


def _set(tree: Any, part: str | int, value: Any) -> None:
    if isinstance(tree, dict) or _has(tree, part):
        tree[part] = value
