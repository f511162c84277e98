"""The shipped scenario with parts of it changed, and random policies for it."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

from negotiation.scenarios.loaders import from_data, load_named
from negotiation.scenarios.schema import ScenarioDocument

SHIPPED = load_named("cloud-placement")


def plain() -> dict[str, Any]:
    return copy.deepcopy(SHIPPED.model_dump(mode="json"))


def changed(path: str, value: Any) -> ScenarioDocument:
    """`changed("policy.review_from", 50)`; a part of a list is named by its place or its name."""
    data = plain()
    *way, last = path.split(".")
    part: Any = data
    for step in way:
        part = part[_place(part, step)] if isinstance(part, list) else part[step]
    if isinstance(part, list):
        part[_place(part, last)] = value
    else:
        part[last] = value
    return from_data(data, source="A test")


def without(path: str, name: str) -> ScenarioDocument:
    """The list at `path` without the part of this name."""
    data = plain()
    part: Any = data
    for step in path.split("."):
        part = part[step]
    part.pop(_place(part, name))
    return from_data(data, source="A test")


def _place(parts: list[Any], step: str) -> int:
    if step.isdigit():
        return int(step)
    return next(place for place, part in enumerate(parts) if part["name"] == step)


def _shares() -> st.SearchStrategy[float]:
    return st.integers(0, 100).map(lambda percent: percent / 100)


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    """The `policy` of a document: the figures are drawn, the names are the shipped ones."""
    policy: dict[str, Any] = plain()["policy"]
    review = draw(st.integers(0, 90))
    begins = sorted(draw(st.sets(st.integers(1, 99), max_size=3)))
    policy |= {
        "minimum_confidence": draw(_shares()),
        "review_from": review,
        "refuse_from": draw(st.integers(review + 1, 100)),
        "audit_share": draw(_shares()),
        "budget": {"harm": draw(_shares()) / 10, "hours": draw(st.integers(1, 100))},
        "irreversible": {"severity": draw(_shares()), "people": draw(st.integers(1, 3))},
        "tiers": [draw(_tier(begin)) for begin in (0, *begins)],
        "gates": [gate for gate in policy["gates"] if draw(st.booleans())],
        "freezes": [draw(_freeze())] if draw(st.booleans()) else [],
        "capacity": draw(st.none() | st.integers(1, 100)),
    }
    for dimension in policy["risk"]["dimensions"]:
        dimension["tolerance"] = draw(st.sampled_from([0.5, 3, 40, 1_000, 150_000]))
    return policy


@st.composite
def _tier(draw: st.DrawFn, begins: int) -> dict[str, Any]:
    people = draw(st.integers(1, 4))
    return {
        "from": begins,
        "people": people,
        "seniors": draw(st.integers(0, people)),
        "window_hours": draw(st.integers(1, 48)),
        "escalations": draw(st.integers(0, 2)),
        "own_verdict": draw(st.booleans()),
    }


@st.composite
def _freeze(draw: st.DrawFn) -> dict[str, Any]:
    begins = draw(st.datetimes().filter(lambda moment: 1970 < moment.year < 2100))
    ends = begins.replace(year=begins.year + 1, day=min(begins.day, 28))
    text = draw(st.sampled_from(["Christmas", "Closing of the year", "1e5", "no"]))
    return {
        "name": "freeze",
        "text": text,
        "begins": f"{begins.isoformat()}Z",
        "ends": f"{ends.isoformat()}Z",
    }


def with_policies(policy: dict[str, Any]) -> ScenarioDocument:
    return from_data(plain() | {"policy": policy}, source="A test")
