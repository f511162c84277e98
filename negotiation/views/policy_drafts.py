"""A draft of a policy as it was typed: as a form or as YAML, which are the same document.

The YAML is always sent along; in the form's tab it is hidden, and what the form says goes on top of
it. So nothing typed is lost when the tabs are switched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from negotiation.scenarios.errors import ScenarioError
from negotiation.scenarios.policies import load_policy, policy_of, policy_yaml
from negotiation.scenarios.schema import ScenarioDocument
from negotiation.scenarios.writings import as_yaml
from negotiation.views.rules_form import (
    NotSaved,
    PolicyGroup,
    Section,
    document_from,
    policy_groups,
    policy_sections,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from negotiation.models import ScenarioVersion
    from negotiation.scenarios.errors import Problem

FORM, YAML = "form", "yaml"
SOURCE = "The policy"
# What a part is that was just added; the form says the rest.
_NEW_TIER = {"people": 2, "seniors": 0, "window_hours": 8, "escalations": 0, "own_verdict": False}
_NEW_GATE: dict[str, Any] = {"text": "Say what needs a person", "above": 0, "people": 1}
_NEW_FREEZE: dict[str, Any] = {
    "text": "Say what and why",
    "begins": "2030-01-01T00:00Z",
    "ends": "2030-01-02T00:00Z",
}


class NotRead(Exception):
    """The draft cannot be used as it stands; it says why, where and in which tab."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(self.__doc__)
        self.draft = draft


@dataclass
class Draft:
    """What the editor shows. `problems` are of the YAML, `sections` and `others` of the form."""

    tab: str
    text: str
    sections: list[Section] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    # None where it cannot be read as it stands.
    document: ScenarioDocument | None = None

    @property
    def wrong(self) -> int:
        of_form = sum(bool(entry.error) for part in self.sections for entry in part.fields)
        return of_form + len(self.others) + len(self.problems)

    @property
    def groups(self) -> list[PolicyGroup]:
        return policy_groups(self.sections)

    @property
    def rows(self) -> int:
        return min(max(self.text.count("\n") + 2, 12), 60)


def present(version: ScenarioVersion) -> ScenarioDocument:
    """A stored version in today's form; raises pydantic's ValidationError."""
    return ScenarioDocument.model_validate(version.document)


def shown(document: ScenarioDocument, tab: str, text: str | None = None) -> Draft:
    """A document in one of the tabs; `text`: as it was typed, comments and all."""
    plain = document.model_dump(mode="json")
    written = text or policy_yaml(policy_of(document))
    return Draft(tab, written, policy_sections(plain), document=document)


def read(base: ScenarioDocument, posted: Mapping[str, str]) -> tuple[ScenarioDocument, Draft]:
    """The scenario that was typed, and the draft as it stands; raises `NotRead`."""
    tab = YAML if posted.get("tab") == YAML else FORM
    text = posted.get("draft", "").replace("\r\n", "\n") or policy_yaml(policy_of(base))
    try:
        document = load_policy(text, document=base, source=SOURCE)
    except ScenarioError as error:
        raise NotRead(Draft(YAML, text, problems=list(error.problems))) from error
    if tab == YAML:
        return document, shown(document, tab, text)
    plain = document.model_dump(mode="json")
    try:
        edited = document_from(plain, posted, form_of=policy_sections, source=SOURCE)
    except NotSaved as refusal:
        raise NotRead(Draft(FORM, text, refusal.sections, others=refusal.others)) from refusal
    return edited, shown(edited, tab, text if edited == document else None)


def grown(document: ScenarioDocument, kind: str) -> ScenarioDocument:
    """With one more tier, gate or freeze; raises `ScenarioError` where there is no room for one."""
    data = policy_of(document).model_dump(mode="json", exclude_none=True)
    policy = data["policy"]
    if kind == "tiers":
        highest = policy["tiers"][-1]["from"]
        policy["tiers"].append({"from": min(highest + 5, 100), **_NEW_TIER})
        return _loaded(document, data)
    new: dict[str, Any] = _NEW_FREEZE if kind == "freezes" else _NEW_GATE
    if kind == "gates":
        new = new | {"subject": _measure(document)}
    taken = {part["name"] for part in policy[kind]}
    numbered = (f"{kind.removesuffix('s')}-{number}" for number in range(1, 100))
    policy[kind].append({"name": next(name for name in numbered if name not in taken), **new})
    return _loaded(document, data)


def _measure(document: ScenarioDocument) -> str:
    """What a new gate is about: the measure that the judge reads first."""
    return document.policy.risk.dimensions[0].loss


def without(document: ScenarioDocument, path: str) -> ScenarioDocument:
    """Without the part at `policy.gates.0`; raises `ScenarioError` where it has to stay."""
    data = policy_of(document).model_dump(mode="json", exclude_none=True)
    _, kind, place = path.split(".")
    del data["policy"][kind][int(place)]
    return _loaded(document, data)


def _loaded(document: ScenarioDocument, data: dict[str, Any]) -> ScenarioDocument:
    return load_policy(as_yaml(data), document=document, source=SOURCE)
