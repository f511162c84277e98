"""What a browser sends from the scenario's editor."""

from __future__ import annotations

from typing import Any

from negotiation.models import ScenarioVersion
from negotiation.scenarios import drafts
from negotiation.scenarios.loaders import load_named
from negotiation.views import scenario_drafts
from negotiation.views.scenario_drafts import fields_of

LIMIT = "seats.0.reservation"
EDIT = "/scenarios/cloud-placement/edit/"
PREVIEW = "/scenarios/cloud-placement/preview/"
TREE = drafts.tree_of(load_named("cloud-placement"))
TEXT = drafts.text_of(TREE)


def form(tree: dict[str, Any] = TREE, /, **changed: str) -> dict[str, str]:
    """What the browser sends from the form's tab, some of it changed."""
    draft = scenario_drafts.opened(tree, "form")
    fields = {entry.path: entry.text for entry in fields_of(draft.groups)}
    typed = {"tab": "form", "draft": draft.text, "based_on": "1", "note": "Because", "go": "save"}
    assert set(changed) <= {*fields, *typed}, set(changed) - {*fields, *typed}
    return fields | typed | changed


def yaml(text: str = TEXT, **changed: str) -> dict[str, str]:
    typed = {"tab": "yaml", "draft": text, "based_on": "1", "note": "Because", "go": "save"}
    return typed | changed


def fields(answer: Any) -> dict[str, Any]:
    return {entry.path: entry for entry in fields_of(answer.context["draft"].groups)}


def stored(path: str) -> Any:
    return drafts.at(ScenarioVersion.objects.get(number=2).document, way(path))


def way(path: str) -> tuple[str | int, ...]:
    return tuple(int(part) if part.isdigit() else part for part in path.split("."))
