"""The editor of a scenario's rules: a form of the document, and the document from the form."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from negotiation.scenarios.errors import ScenarioError
from negotiation.scenarios.loaders import from_data
from negotiation.scenarios.texts import visible
from negotiation.scenarios.words import Words
from negotiation.views import policy_fields
from negotiation.views.rules_fields import path_of
from negotiation.views.scenario_steps import reformed
from negotiation.views.scenario_subjects import Subjects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from negotiation.scenarios.errors import Location
    from negotiation.scenarios.schema import ScenarioDocument
    from negotiation.views.rules_fields import Field


@dataclass
class Section:
    """`at`: what it is about, if that may be removed; `kind`: the group it is shown in."""

    title: str
    about: str
    entries: list[Field]
    at: Location = ()
    kind: str = ""

    @property
    def path(self) -> str:
        return path_of(self.at)

    @property
    def fields(self) -> list[Field]:
        return self.entries


class NotSaved(Exception):
    """Some figures cannot be saved; the form says which, and why."""

    def __init__(self, sections: list[Section], others: list[str]) -> None:
        super().__init__(self.__doc__)
        self.sections = sections
        self.others = others

    @property
    def count(self) -> int:
        return sum(bool(entry.error) for entry in _fields(self.sections)) + len(self.others)


def policy_sections(document: Mapping[str, Any]) -> list[Section]:
    """What an admin may edit of the policy, with its present values."""
    return [part for part in _policy(document, Words.of(document)) if part.fields]


GROUPS = {
    "judging": (
        "Risk tolerance",
        "What is safe enough to be carried out without asking a person.",
        "",
    ),
    "losses": ("Losses", "What could be lost, against what is tolerated.", ""),
    "tiers": ("Who decides", "By score. The first decides what gates send to people, too.", "tier"),
    "gates": ("Gates", "People decide, whatever the score.", "gate"),
    "freezes": ("Freezes", "Times in which nothing is automatic.", "freeze"),
    "hard": ("Hard limits", "No offer beyond these is ever on the table.", ""),
    "agreement": ("Agreement", "What is imposed on seats goes to a person.", ""),
}


@dataclass
class PolicyGroup:
    """Sections of one kind. `one`: what may be added to it."""

    kind: str
    sections: list[Section]

    @property
    def title(self) -> str:
        return GROUPS[self.kind][0]

    @property
    def about(self) -> str:
        return GROUPS[self.kind][1]

    @property
    def one(self) -> str:
        return GROUPS[self.kind][2]

    @property
    def wrong(self) -> bool:
        return any(entry.error for part in self.sections for entry in part.fields)


def policy_groups(sections: list[Section]) -> list[PolicyGroup]:
    """Every kind that has sections, or may get some."""
    found = [PolicyGroup(kind, [part for part in sections if part.kind == kind]) for kind in GROUPS]
    return [group for group in found if group.sections or group.one]


def _policy(document: Mapping[str, Any], words: Words) -> Iterator[Section]:
    policy = document["policy"]
    yield Section("Risk tolerance", "", list(policy_fields.of_judging(policy)), kind="judging")
    yield Section("Losses", "", list(policy_fields.of_losses(policy, words)), kind="losses")
    tiers = len(policy["tiers"])
    for place, tier in enumerate(policy["tiers"]):
        title, fields = f"Tier {place + 1}", list(policy_fields.of_tier(place, tier))
        at: Location = ("policy", "tiers", place)
        yield Section(title, "", fields, at=at if tiers > 1 else (), kind="tiers")
    subjects = Subjects(dict(document)).of_rules
    for place, gate in enumerate(policy["gates"]):
        gate_fields = list(policy_fields.of_gate(place, gate, words, subjects))
        yield Section(gate["text"], "", gate_fields, at=("policy", "gates", place), kind="gates")
    for place, freeze in enumerate(policy["freezes"]):
        entries = list(policy_fields.of_freeze(place, freeze))
        at = ("policy", "freezes", place)
        yield Section(freeze["text"], "", entries, at=at, kind="freezes")
    hard = list(policy_fields.of_constraints(document, words))
    yield Section("Hard limits", "", hard, kind="hard")
    agreement = list(policy_fields.of_agreement(document))
    yield Section("Agreement", "", agreement, kind="agreement")


def document_from(
    document: Mapping[str, Any],
    posted: Mapping[str, str],
    *,
    form_of: Callable[[Mapping[str, Any]], list[Section]],
    source: str,
) -> ScenarioDocument:
    """The document with the posted figures; raises `NotSaved` with the form as it was typed."""
    edited, form = copy.deepcopy(dict(document)), form_of(document)
    limits = []
    for entry in _fields(form):
        text = posted.get(entry.path, entry.text).strip()
        if text == entry.text:
            continue
        if entry.at[-1] == "limit":  # no place of the document: the limit becomes another one
            limits.append((entry.at, entry.text, text))
            continue
        entry.text = text[: entry.kind.longest]
        try:
            _put(edited, entry.at, entry.kind.read(text))
        except ValueError as error:
            entry.error = visible(str(error))
    for at, before, after in limits:
        reformed(edited, at, before, after)
    if any(entry.error for entry in _fields(form)):
        raise NotSaved(form, [])
    try:
        return from_data(edited, source=source)
    except ScenarioError as error:
        raise NotSaved(form, _blame(form, error)) from error


def _fields(form: list[Section]) -> Iterator[Field]:
    for part in form:
        yield from part.fields


def _blame(form: list[Section], error: ScenarioError) -> list[str]:
    """Puts each problem beside its field; gives back those that have none."""
    others = []
    for problem in error.problems:
        entry = next((entry for entry in _fields(form) if _is_about(problem.at, entry.at)), None)
        if entry:
            said = f"{problem.problem}; {problem.remedy}" if problem.remedy else problem.problem
            entry.error = visible(said[:1].upper() + said[1:])
        else:
            others.append(problem.sentence)
    return others


def _is_about(problem: Location, entry: Location) -> bool:
    """In the field, inside what it holds (a point), or about the value function it is an end of."""
    whole = problem[-1:] == ("value",) and entry[:-1] == problem
    return whole or problem[: len(entry)] == entry


def _put(document: Any, at: Location, value: Any) -> None:
    *way, last = at
    for part in way:
        # A part that older versions do not have.
        document = document.setdefault(part, {}) if isinstance(document, dict) else document[part]
    document[last] = value
