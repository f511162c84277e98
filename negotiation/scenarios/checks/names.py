from __future__ import annotations

import keyword
from typing import TYPE_CHECKING, Any

from negotiation.engine.messages import MEDIATOR, SYSTEM
from negotiation.scenarios.errors import Location, Problem
from negotiation.scenarios.expressions import FUNCTION_NAMES

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from negotiation.scenarios.vocabulary import Vocabulary

# `confidence` is what the policy asks of an agreement; a measure of that name would hide it.
_TAKEN = FUNCTION_NAMES | set(keyword.kwlist) | {"confidence"}
_TAKEN_BY_SPEAKERS = {MEDIATOR, SYSTEM}

Named = tuple[str, Location]


def check_names(known: Vocabulary) -> Iterator[Problem]:
    """One name means one thing: within the formulas' names, the seats, the rules, the gates."""
    document = known.document
    names: list[Named] = [(name, ("parameters", name)) for name in document.parameters]
    for part in ("lookups", "facts", "issues", "measures"):
        names += _names_in(getattr(document, part), part)
    yield from _unique(names, _TAKEN)
    yield from _unique(_names_in(document.seats, "seats"), _TAKEN_BY_SPEAKERS)
    yield from _unique(_names_in(document.constraints, "constraints"))
    yield from _unique(_names_in(document.policy.gates, "policy", "gates"))
    yield from _unique(_names_in(document.policy.risk.dimensions, "policy", "risk", "dimensions"))


def _names_in(parts: Sequence[Any], *at: str) -> list[Named]:
    return [(part.name, (*at, number, "name")) for number, part in enumerate(parts)]


def _unique(named: list[Named], taken: Container[str] = ()) -> Iterator[Problem]:
    seen: set[str] = set()
    for name, at in named:
        if name in taken:
            yield Problem(at, f"the name '{name}' is taken by Parley itself", "choose another")
        elif name in seen:
            yield Problem(at, f"the name '{name}' is there twice", "choose another")
        seen.add(name)
