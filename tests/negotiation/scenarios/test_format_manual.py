"""docs/scenario-format.md says what the schema is."""

from __future__ import annotations

import re
from pathlib import Path

from negotiation.scenarios import catalogues
from negotiation.scenarios.compilers import compile_scenario
from negotiation.scenarios.expressions import FUNCTION_NAMES
from negotiation.scenarios.fields import Part
from negotiation.scenarios.loaders import load
from negotiation.scenarios.runs import run

MANUAL = (Path(__file__).parents[3] / "docs" / "scenario-format.md").read_text(encoding="utf-8")


def example() -> str:
    found = re.search(r"<!-- example -->\n```yaml\n(.*?)```", MANUAL, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_example_runs_to_an_agreement() -> None:
    finished = run(compile_scenario(load(example(), source="example.yaml")), seed=1)

    assert finished.summary.agreement is not None
    assert "europe-west6" not in finished.summary.agreement.values()


def test_every_field_is_explained() -> None:
    fields = {
        field.alias or name
        for part in Part.__subclasses__()
        for name, field in part.model_fields.items()
    }

    missing = [name for name in sorted(fields) if not re.search(rf"\b{name}\b", MANUAL)]
    assert missing == []


def test_every_function_of_formulas_is_named() -> None:
    assert [name for name in sorted(FUNCTION_NAMES) if name not in MANUAL] == []


def test_every_column_of_the_catalogue_is_listed() -> None:
    for table in catalogues.load("gcp_placement").tables.values():
        assert [name for name in table.columns if f"`{name}`" not in MANUAL] == []
