"""The editor of a scenario's rules: which figures it offers, and how they go back in.

A figure's field is named by its place in the document ("seats.0.reservation"), which is also how
the validation reports what is wrong there, so an error finds its field by itself.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from negotiation.scenarios.errors import ScenarioError
from negotiation.scenarios.loaders import from_data
from negotiation.scenarios.texts import visible
from negotiation.scenarios.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from negotiation.scenarios.schema import ScenarioDocument

LIMITS = ("at_most", "at_least", "above", "below")
WORDS = {"at_most": "at most", "at_least": "at least", "above": "above", "below": "below"}


@dataclass
class Entry:
    """One figure of the form."""

    path: str
    label: str
    text: str
    help: str = ""
    unit: str = ""
    error: str = ""


@dataclass
class Section:
    title: str
    about: str
    entries: list[Entry]


class NotSaved(Exception):
    """Some figures cannot be saved; the form says which, and why."""

    def __init__(self, sections: list[Section], others: list[str]) -> None:
        super().__init__(self.__doc__)
        self.sections = sections
        self.others = others

    @property
    def count(self) -> int:
        wrong = sum(bool(entry.error) for part in self.sections for entry in part.entries)
        return wrong + len(self.others)


def sections(document: Mapping[str, Any]) -> list[Section]:
    """What an admin may edit here, with its present values."""
    words = Words.of(document)
    found = [
        Section(seat["title"], seat["description"], list(_of_seat(number, seat, words)))
        for number, seat in enumerate(document["seats"])
    ]
    if limits := list(_of_constraints(document, words)):
        found.append(Section("Hard limits", "No offer beyond these is ever on the table.", limits))
    about = "What is safe enough to be carried out without asking a person."
    found.append(Section("Risk tolerance", about, list(_of_policy(document["policy"], words))))
    return [part for part in found if part.entries]


def document_from(
    document: Mapping[str, Any], posted: Mapping[str, str], *, source: str
) -> ScenarioDocument:
    """The document with the posted figures; raises `NotSaved` with the form as it was typed."""
    edited = copy.deepcopy(dict(document))
    form = sections(document)
    for entry in (entry for part in form for entry in part.entries):
        text = posted.get(entry.path, entry.text).strip()
        if text == entry.text:
            continue
        entry.text = text[:40]
        try:
            _put(edited, entry.path, _number(text))
        except ValueError as error:
            entry.error = str(error)
    if any(entry.error for part in form for entry in part.entries):
        raise NotSaved(form, [])
    try:
        return from_data(edited, source=source)
    except ScenarioError as error:
        raise NotSaved(form, _blame(form, error)) from error


def carried_over(
    base: Mapping[str, Any], mine: list[Section], newer: Mapping[str, Any]
) -> list[Section]:
    """The form of a newer version, with only those figures put in that were changed from `base`."""
    was = {entry.path: entry.text for part in sections(base) for entry in part.entries}
    changed = {
        entry.path: entry.text
        for part in mine
        for entry in part.entries
        if entry.text != was.get(entry.path)
    }
    form = sections(newer)
    for entry in (entry for part in form for entry in part.entries):
        entry.text = changed.get(entry.path, entry.text)
    return form


def _blame(form: list[Section], error: ScenarioError) -> list[str]:
    """Puts each problem beside its field; gives back those that have none."""
    entries = {entry.path: entry for part in form for entry in part.entries}
    others = []
    for problem in error.problems:
        entry = entries.get(".".join(str(part) for part in problem.at))
        if entry:
            said = f"{problem.problem}; {problem.remedy}" if problem.remedy else problem.problem
            entry.error = visible(said[:1].upper() + said[1:])
        else:
            others.append(problem.sentence)
    return others


def _of_seat(number: int, seat: Mapping[str, Any], words: Words) -> Iterator[Entry]:
    for place, objective in enumerate(seat["objectives"]):
        label = objective.get("label") or words.label(objective["subject"])
        path = f"seats.{number}.objectives.{place}.weight"
        yield Entry(path, label, plain(objective["weight"]), unit="weight")
    yield Entry(
        f"seats.{number}.reservation", "Limit", plain(seat["reservation"]),
        help="The least utility it accepts, 0 to 1.", unit="utility",
    )  # fmt: skip


def _of_constraints(document: Mapping[str, Any], words: Words) -> Iterator[Entry]:
    shown = set()
    for number, rule in enumerate(document["constraints"]):
        for kind in LIMITS:
            limit, path = rule.get(kind), f"constraints.{number}.{kind}"
            if isinstance(limit, str):
                path = f"parameters.{limit}"
                limit = document["parameters"].get(limit)
            if _is_number(limit) and path not in shown:
                shown.add(path)
                unit = words.unit(rule["subject"])
                yield Entry(path, rule["text"], plain(limit), f"{rule['author']}", unit)


def _of_policy(policy: Mapping[str, Any], words: Words) -> Iterator[Entry]:
    yield Entry(
        "policy.minimum_confidence",
        "Confidence needed",
        plain(policy["minimum_confidence"]),
        "Below it a person decides. Between 0 and 1.",
    )
    yield Entry(
        "policy.review_from",
        "A person decides from",
        plain(policy["review_from"]),
        "Risk score, 0 to 100.",
        "points",
    )
    yield Entry(
        "policy.refuse_from",
        "Refused from",
        plain(policy["refuse_from"]),
        "Nobody can clear it.",
        "points",
    )
    for number, part in enumerate(policy["risk"]["dimensions"]):
        path = f"policy.risk.dimensions.{number}.tolerance"
        help_ = f"{words.label(part['loss'])}. Halving this doubles the expected harm."
        unit = words.unit(part["loss"])
        yield Entry(path, f"Tolerated loss: {part['label']}", plain(part["tolerance"]), help_, unit)
    for number, gate in enumerate(policy["gates"]):
        for kind in LIMITS:
            if _is_number(gate.get(kind)):
                yield Entry(
                    f"policy.gates.{number}.{kind}",
                    gate["text"],
                    plain(gate[kind]),
                    f"A person decides when it is {WORDS[kind]} this.",
                    words.unit(gate["subject"]),
                )


def plain(value: float) -> str:
    """A figure as it stands in an input: no thousands marks, no needless zeros."""
    return f"{value:.15g}"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError("This is not a number. Write one like 0.35.") from None
    if not math.isfinite(value):
        raise ValueError("This is not a finite number. Write one like 0.35.")
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _put(document: Any, path: str, value: float) -> None:
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in way:
        document = document[part]
    document[last] = value
