"""The budget in the editor, also of versions from before there was one."""

from __future__ import annotations

from typing import Any

import pytest

from negotiation.scenarios.loaders import load_named
from negotiation.scenarios.schema import ScenarioDocument
from negotiation.views.rules_form import NotSaved, document_from, policy_sections


def older() -> dict[str, Any]:
    document = load_named("batch-placement").model_dump(mode="json")
    del document["policy"]["budget"]
    # As every page of the policy reads a stored version.
    return ScenarioDocument.model_validate(document).model_dump(mode="json")


def test_an_older_version_shows_the_budget_that_it_has_by_default() -> None:
    shown = {field.path: field.text for part in policy_sections(older()) for field in part.fields}
    assert shown["policy.budget.harm"] == "0.1"
    assert shown["policy.budget.hours"] == "24"


def test_a_budget_is_saved_into_an_older_version() -> None:
    document = older()
    saved = document_from(
        document, {"policy.budget.harm": "0.02"}, form_of=policy_sections, source="form"
    )
    assert (saved.policy.budget.harm, saved.policy.budget.hours) == (0.02, 24)
    assert document == older(), "what was read is never changed"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("policy.budget.harm", "-0.1"),
        ("policy.budget.harm", "much"),
        ("policy.budget.hours", "0"),
        ("policy.budget.hours", "10000"),
    ],
)
def test_a_budget_that_makes_no_sense_is_told_beside_its_field(path: str, text: str) -> None:
    with pytest.raises(NotSaved) as refusal:
        document_from(older(), {path: text}, form_of=policy_sections, source="form")
    wrong = [field for part in refusal.value.sections for field in part.fields if field.error]
    assert [field.path for field in wrong] == [path]
