"""The editor of a scenario's rules: a form of the document, and the document from the form."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from negotiation.scenarios.errors import ScenarioError
from negotiation.scenarios.loaders import from_data
from negotiation.scenarios.texts import visible
from negotiation.scenarios.words import Words
from negotiation.views import rules_fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from negotiation.scenarios.errors import Location
    from negotiation.scenarios.schema import ScenarioDocument
    from negotiation.views.rules_fields import Field


@dataclass
class Section:
    """`more`: fields that are folded away, because they change seldom."""

    title: str
    about: str
    entries: list[Field]
    more: list[Field] = field(default_factory=list)

    @property
    def fields(self) -> list[Field]:
        return [*self.entries, *self.more]

    @property
    def unfolded(self) -> bool:
        return any(entry.error for entry in self.more)


class NotSaved(Exception):
    """Some figures cannot be saved; the form says which, and why."""

    def __init__(self, sections: list[Section], others: list[str]) -> None:
        super().__init__(self.__doc__)
        self.sections = sections
        self.others = others

    @property
    def count(self) -> int:
        return sum(bool(entry.error) for entry in _fields(self.sections)) + len(self.others)


def sections(document: Mapping[str, Any]) -> list[Section]:
    """What an admin may edit here, with its present values."""
    words, policy = Words.of(document), document["policy"]
    found = [
        Section(
            seat["title"],
            seat["description"],
            list(rules_fields.of_seat(("seats", place), seat, words)),
            list(rules_fields.of_values(("seats", place), seat, words)),
        )
        for place, seat in enumerate(document["seats"])
    ]
    hard = list(rules_fields.of_constraints(document, words))
    found.append(Section("Hard limits", "No offer beyond these is ever on the table.", hard))
    about = "What is safe enough to be carried out without asking a person."
    found.append(Section("Risk tolerance", about, list(rules_fields.of_policy(policy, words))))
    gates = list(rules_fields.of_gates(policy, words))
    found.append(Section("Always a person", "Whatever the score.", gates))
    about = "What decides when the seats do not agree. What a rule imposes goes to a person."
    found.append(Section("No agreement", about, list(rules_fields.of_resolution(document))))
    return [part for part in found if part.fields]


def document_from(
    document: Mapping[str, Any], posted: Mapping[str, str], *, source: str
) -> ScenarioDocument:
    """The document with the posted figures; raises `NotSaved` with the form as it was typed."""
    edited, form = copy.deepcopy(dict(document)), sections(document)
    for entry in _fields(form):
        text = posted.get(entry.path, entry.text).strip()
        if text == entry.text:
            continue
        entry.text = text[: entry.kind.longest]
        try:
            _put(edited, entry.at, entry.kind.read(text))
        except ValueError as error:
            entry.error = visible(str(error))
    if any(entry.error for entry in _fields(form)):
        raise NotSaved(form, [])
    try:
        return from_data(edited, source=source)
    except ScenarioError as error:
        raise NotSaved(form, _blame(form, error)) from error


def carried_over(
    base: Mapping[str, Any], mine: list[Section], newer: Mapping[str, Any]
) -> list[Section]:
    """The form of a newer version, with only those figures put in that were changed from `base`."""
    was = {entry.path: entry.text for entry in _fields(sections(base))}
    changed = {
        entry.path: entry.text for entry in _fields(mine) if entry.text != was.get(entry.path)
    }
    form = sections(newer)
    for entry in _fields(form):
        entry.text = changed.get(entry.path, entry.text)
    return form


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
