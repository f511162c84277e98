"""What the rules and objectives of a draft can be about, as far as the draft says so."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from negotiation.scenarios import catalogues

if TYPE_CHECKING:
    from collections.abc import Iterator


class Subjects:
    def __init__(self, tree: dict[str, Any]) -> None:
        self.tree = tree

    @cached_property
    def of_objectives(self) -> dict[str, str]:
        """Issues, measures and lookups by their names, as people call them."""
        return {name: label for kind in ("issues", "measures", "lookups")
                for name, label in self._named(kind)}  # fmt: skip

    @cached_property
    def of_rules(self) -> dict[str, str]:
        return self.of_objectives | {name: name.replace("_", " ") for name in self.parameters}

    @property
    def parameters(self) -> dict[str, Any]:
        stated = self.tree.get("parameters")
        return stated if isinstance(stated, dict) else {}

    @property
    def lists(self) -> list[str]:
        """Parameters that are lists."""
        return [name for name, value in self.parameters.items() if isinstance(value, list)]

    def names(self, kind: str) -> Iterator[str]:
        return (name for name, _ in self._named(kind))

    @cached_property
    def facts(self) -> dict[str, str]:
        return dict(self._named("facts"))

    def free_facts(self, seat: dict[str, Any]) -> list[str]:
        """Those of which a seat neither believes nor knows anything yet."""
        held = [seat.get(name) for name in ("beliefs", "knows")]
        taken = {fact for part in held if isinstance(part, dict) for fact in part}
        return [fact for fact in self.facts if fact not in taken]

    def label(self, name: object) -> str:
        return (self.of_rules | self.facts).get(str(name), str(name))

    def unit(self, name: object) -> str:
        for kind in ("issues", "measures"):
            for part in self._parts(kind):
                if part.get("name") == name:
                    return part["unit"] if isinstance(part.get("unit"), str) else ""
        return ""

    def options(self, name: object) -> list[str]:
        """The options of an issue, as keys of a table of values."""
        for part in self._parts("issues"):
            if part.get("name") == name and isinstance(part.get("options"), list):
                values = (one.get("value") if isinstance(one, dict) else one
                          for one in part["options"])  # fmt: skip
                return [str(value) for value in values if isinstance(value, str | int | float)]
        return []

    def option(self, name: object, text: str) -> str:
        """The label of an option that has one."""
        for part in self._parts("issues"):
            if part.get("name") == name and isinstance(part.get("options"), list):
                for one in part["options"]:
                    if isinstance(one, dict) and str(one.get("value")) == text:
                        return str(one.get("label", text))
        return text

    def _named(self, kind: str) -> Iterator[tuple[str, str]]:
        columns = self._columns if kind == "lookups" else {}
        for part in self._parts(kind):
            name, label = part.get("name"), part.get("label")
            if isinstance(name, str):
                called = label if isinstance(label, str) and label else None
                column = columns.get((str(part.get("table")), str(part.get("column"))))
                yield name, called or column or name.replace("_", " ")

    @cached_property
    def _columns(self) -> dict[tuple[str, str], str]:
        name = self.tree.get("catalogue")
        if name not in catalogues.names():
            return {}
        tables = catalogues.load(str(name)).tables
        return {(table, column): said.label for table, parts in tables.items()
                for column, said in parts.columns.items()}  # fmt: skip

    def _parts(self, kind: str) -> Iterator[dict[str, Any]]:
        parts = self.tree.get(kind)
        if isinstance(parts, list):
            yield from (part for part in parts if isinstance(part, dict))
