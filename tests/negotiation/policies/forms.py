"""What a browser sends from the policy's editor."""

from __future__ import annotations

from typing import Any

from negotiation.models import ScenarioVersion
from negotiation.scenarios.policies import policy_of, policy_yaml
from negotiation.views.rules_form import policy_sections
from tests.negotiation.policies.documents import SHIPPED

PAGE = "/scenarios/cloud-placement/policy/"
EDIT, TRY = f"{PAGE}edit/", f"{PAGE}try/"
TEXT = policy_yaml(policy_of(SHIPPED))


def form(**changed: str) -> dict[str, str]:
    """What the browser sends from the form's tab, some of it changed."""
    plain = SHIPPED.model_dump(mode="json")
    fields = {entry.path: entry.text for part in policy_sections(plain) for entry in part.fields}
    typed = {"tab": "form", "draft": TEXT, "based_on": "1", "note": "Because", "go": "save"}
    assert set(changed) <= {*fields, *typed}
    return fields | typed | changed


def yaml(text: str = TEXT, **changed: str) -> dict[str, str]:
    typed = {"tab": "yaml", "draft": text, "based_on": "1", "note": "Because", "go": "save"}
    return typed | changed


def stored(path: str) -> Any:
    part: Any = ScenarioVersion.objects.get(number=2).document
    for step in path.split("."):
        part = part[int(step)] if isinstance(part, list) else part[step]
    return part
