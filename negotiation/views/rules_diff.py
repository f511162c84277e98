"""What changed between two versions of a scenario, in its own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from negotiation.lexicon import figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Difference:
    """One place that differs; None stands for "was not there" or "is not there any more"."""

    where: str
    before: str | None
    after: str | None


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    return list(_of_mappings(before, after, ()))


def _of_mappings(
    before: Mapping[str, Any], after: Mapping[str, Any], way: tuple[str, ...]
) -> Iterator[Difference]:
    for key in [*before, *(key for key in after if key not in before)]:
        yield from _of_values(before.get(key), after.get(key), (*way, key.replace("_", " ")))


def _of_values(before: Any, after: Any, way: tuple[str, ...]) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _of_mappings(before, after, way)
    elif _has_names(before) and _has_names(after):
        yield from _of_lists(before, after, way)
    else:
        yield Difference(" › ".join(way), _text(before), _text(after))


def _of_lists(
    before: list[dict[str, Any]], after: list[dict[str, Any]], way: tuple[str, ...]
) -> Iterator[Difference]:
    """Lists of parts are compared part by part, whatever their order."""
    old, new = ({_name(part): part for part in parts} for parts in (before, after))
    for name in [*old, *(name for name in new if name not in old)]:
        part = new.get(name) or old[name]
        title = str(part.get("title") or part.get("label") or part.get("text") or name)
        yield from _of_values(old.get(name), new.get(name), (*way, title))


def _has_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(part, dict) and _name(part) for part in value)


def _name(part: dict[str, Any]) -> str:
    return str(part.get("name") or part.get("subject") or "")


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, dict):
        return str(value.get("title") or value.get("label") or value.get("text") or "changed")
    if isinstance(value, list):
        return ", ".join(_text(part) or "" for part in value)
    return figure(value)
