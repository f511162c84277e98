"""Documents that would take minutes or gigabytes are used in time, or refused."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import pytest

from negotiation.scenarios.compilers import compile_scenario
from negotiation.scenarios.errors import MOST, ScenarioError
from negotiation.scenarios.loaders import from_data
from tests.negotiation.scenarios.small import SMALL


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Generous: what this guards against takes minutes."""
    start = time.monotonic()
    yield
    assert time.monotonic() - start < seconds


def chained(length: int, *, back: int) -> dict[str, Any]:
    """Measures that each build on the `back` ones before."""
    document = deepcopy(SMALL)
    formulas = ["load"] + [
        " + ".join(f"a{before}" for before in range(max(0, number - back), number))
        for number in range(1, length)
    ]
    document["measures"] += [
        {"name": f"a{number}", "label": "a", "formula": formula}
        for number, formula in enumerate(formulas)
    ]
    return document


@pytest.mark.parametrize("back", [2, 20])
def test_measures_that_build_on_measures_are_computed_once(back: int) -> None:
    with within(15):
        scenario = compile_scenario(from_data(chained(90, back=back), source="a test"))
        scenario.table.lookup("a60")


def test_a_document_full_of_misspelt_options_is_refused_in_time() -> None:
    document = deepcopy(SMALL)
    options = [f"option-number-{number}" for number in range(500)]
    document["issues"].append({"name": "x", "label": "x", "options": options})
    table = {f"optoin-numbre-{number}": 0.1 for number in range(500)}
    for seat in document["seats"]:
        objective = {"subject": "x", "weight": 1, "value": {"table": table}}
        seat["objectives"] += [objective] * 10
    with within(15), pytest.raises(ScenarioError) as refused:
        from_data(document, source="a test")
    assert 1 <= len(refused.value.problems) <= MOST


def test_a_document_with_thousands_of_unknown_fields_names_the_first() -> None:
    document = deepcopy(SMALL) | {f"prototcol{number}": 1 for number in range(20_000)}
    with within(15), pytest.raises(ScenarioError) as refused:
        from_data(document, source="a test")
    assert len(refused.value.problems) <= MOST


def test_more_figures_than_fit_in_memory_are_refused() -> None:
    document = chained(40, back=1)
    for name in ("x", "y"):
        document["issues"].append({"name": name, "label": name, "options": list(range(300))})
        document["today"][name] = 0
    with pytest.raises(ScenarioError, match="combinations"):
        from_data(document, source="a test")
