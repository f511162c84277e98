"""Two edits of one document put together."""

from __future__ import annotations

from typing import Any

Named = dict[str, Any]


def merged(base: Any, mine: Any, theirs: Any) -> Any:
    """`theirs`, with what `mine` changed of `base` on top; where both changed one place, mine.

    Parts of lists are told apart by their names, whatever their order.
    """
    if mine == base:
        return theirs
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return _mappings(base if isinstance(base, dict) else {}, mine, theirs)
    if _are_named(mine) and _are_named(theirs) and _are_named(base):
        parts = (_by_name(each) for each in (base, mine, theirs))
        return list(_mappings(*parts).values())
    return mine


def _mappings(base: Named, mine: Named, theirs: Named) -> Named:
    """Keys that one of the two removed are gone, unless the other changed what is there."""
    found = {}
    for key in dict.fromkeys([*theirs, *mine]):
        was = base.get(key)
        if key not in mine:
            if key not in base or theirs[key] != was:
                found[key] = theirs[key]
        elif key not in theirs:
            if key not in base or mine[key] != was:
                found[key] = mine[key]
        else:
            found[key] = merged(was, mine[key], theirs[key])
    return found


def _are_named(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(part, dict) and "name" in part for part in value
    )


def _by_name(parts: list[Named]) -> Named:
    return {part["name"]: part for part in parts}
