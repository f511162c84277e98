"""What changed between two versions of a scenario, in its own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from negotiation.scenarios.words import Words, figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WORDS = {"reservation": "limit", "sd": "±"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One place that differs; None stands for "was not there" or "is not there any more"."""

    where: str
    before: str | None
    after: str | None


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    return list(_Comparison(Words.of(after)).of_mappings(before, after, ()))


class _Comparison:
    """Walks two documents side by side; `way` is how one got there, in words."""

    def __init__(self, words: Words) -> None:
        self.words = words

    def of_mappings(
        self, before: Mapping[str, Any], after: Mapping[str, Any], way: tuple[str, ...]
    ) -> Iterator[Difference]:
        for key in dict.fromkeys([*before, *after]):
            here = (*way, WORDS.get(key, key.replace("_", " ")))
            yield from self.of_values(before.get(key), after.get(key), here)

    def of_values(self, before: Any, after: Any, way: tuple[str, ...]) -> Iterator[Difference]:
        if before == after:
            return
        if isinstance(before, dict) and isinstance(after, dict):
            yield from self.of_mappings(before, after, way)
        elif _has_names(before) and _has_names(after):
            yield from self.of_lists(before, after, way[:-1])
        else:
            yield Difference(" › ".join(way), self.text(before), self.text(after))

    def of_lists(
        self, before: list[dict[str, Any]], after: list[dict[str, Any]], way: tuple[str, ...]
    ) -> Iterator[Difference]:
        """Lists of parts are compared part by part, whatever their order."""
        old, new = ({_name(part): part for part in parts} for parts in (before, after))
        for name in dict.fromkeys([*old, *new]):
            title = self.title(new.get(name) or old[name])
            yield from self.of_values(old.get(name), new.get(name), (*way, title))

    def title(self, part: Mapping[str, Any]) -> str:
        for key in ("title", "label", "text"):
            if part.get(key):
                return str(part[key])
        return str(part.get("name") or self.words.label(part["subject"]))

    def text(self, value: Any) -> str | None:
        if value is None:
            return None
        if isinstance(value, dict):
            return self.title(value) if _name(value) else "changed"
        if isinstance(value, list):
            return ", ".join(self.text(part) or "" for part in value)
        return figure(value)


def _has_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(part, dict) and _name(part) for part in value)


def _name(part: Mapping[str, Any]) -> str:
    return str(part.get("name") or part.get("subject") or "")
