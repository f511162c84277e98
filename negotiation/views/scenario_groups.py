"""A draft of a scenario as a form: groups of cards of fields, from whatever the draft holds.

A field is named by its place in the document. What has no shape that a form knows is one field of
YAML, so nothing of a draft is ever left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from negotiation.scenarios import schema
from negotiation.views import scenario_fields as fields
from negotiation.views.rules_fields import path_of
from negotiation.views.scenario_subjects import Subjects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from negotiation.scenarios.errors import Location
    from negotiation.views.rules_fields import Field

MOST_FIELDS = 900
"""A browser may send a thousand; what comes on top is written as YAML."""


@dataclass
class Card:
    """A part of the document. `kind` says what its head shows, `cards` are the parts in it."""

    at: Location
    title: str
    entries: list[Field]
    kind: str = ""
    cards: list[Card] = field(default_factory=list)
    # Lists that one more may be added to here: what to press, and what that says.
    grows: list[tuple[str, str]] = field(default_factory=list)
    moves: bool = True
    # What it is drawn with: what a seat wants, or one of its objectives.
    drawn: object = None
    focus: bool = False

    @property
    def path(self) -> str:
        return path_of(self.at)

    @property
    def fields(self) -> Iterator[Field]:
        yield from self.entries
        for card in self.cards:
            yield from card.fields

    @property
    def wrong(self) -> bool:
        return any(entry.error for entry in self.fields)

    @property
    def every(self) -> Iterator[Card]:
        yield self
        for card in self.cards:
            yield from card.every


@dataclass
class Group(Card):
    """A section of the form; `at` is its place, `about` a sentence."""

    about: str = ""
    moves: bool = False


def groups_of(tree: dict[str, Any]) -> list[Group]:
    """The whole draft, in the order in which people think of it."""
    subjects, left, found = Subjects(tree), MOST_FIELDS, []
    for make in (_basics, _issues, _seats, _constraints, _facts, _figures, _policy):
        group = make(tree, subjects)
        count = sum(1 for _ in group.fields)
        if count > left:
            group = _as_yaml(group, tree)
            count = len(group.entries)
        left -= count
        found.append(group)
    return found


def _as_yaml(group: Group, tree: dict[str, Any]) -> Group:
    entries = [fields.raw((name,), name, tree.get(name)) for name in group.at if name in tree]
    about = "Too many fields for a form; the same document as YAML."
    return Group(group.at, group.title, entries, group.kind, about=about)


def _basics(tree: dict[str, Any], _: Subjects) -> Group:
    entries = [
        *fields.stated(
            schema.ScenarioDocument, (), tree, "title", "description", "service", "action"
        ),
        *fields.stated(schema.Protocol, ("protocol",), tree.get("protocol", {})),
        *fields.stated(schema.Executor, ("executor",), tree.get("executor")),
        *fields.stated(schema.ScenarioDocument, (), tree, "today"),
    ]
    return Group((), "Basics", entries, "basics", about="What it is, and how they talk.")


def _issues(tree: dict[str, Any], _: Subjects) -> Group:
    def card(at: Location, part: Any) -> Card:
        return Card(at, _title(part), list(fields.stated(schema.Issue, at, part)), "issue")

    return _listed(tree, ("issues", "Issues", "What is negotiated.", "Add an issue"), card)


def _facts(tree: dict[str, Any], _: Subjects) -> Group:
    def card(at: Location, part: Any) -> Card:
        return Card(at, _title(part), list(fields.stated(schema.Fact, at, part)), "fact")

    return _listed(tree, ("facts", "Facts", "What nobody knows exactly.", "Add a fact"), card)


def _figures(tree: dict[str, Any], _: Subjects) -> Group:
    def card(at: Location, part: Any) -> Card:
        return Card(at, _title(part), list(fields.stated(schema.Measure, at, part)), "measure")

    about = "What an offer leads to, and what formulas read."
    group = _listed(tree, ("measures", "Figures", about, "Add a measure"), card)
    group.at = ("catalogue", "parameters", "lookups", "measures")
    own = ("catalogue", "parameters", "lookups")
    group.entries[:0] = fields.stated(schema.ScenarioDocument, (), tree, *own)
    return group


def _constraints(tree: dict[str, Any], subjects: Subjects) -> Group:
    def card(at: Location, part: Any) -> Card:
        if not isinstance(part, dict):
            return Card(at, "", [fields.raw(at, "Hard rule", part)])
        entries = [
            *fields.stated(schema.Constraint, at, part, "text", "author", "citation"),
            fields.of_subject(at, part, "About", subjects.of_rules),
            *fields.of_limit(at, part, subjects.unit(part.get("subject"))),
            *fields.stated(schema.Constraint, at, part, "when", "name"),
        ]
        return Card(at, _title(part), entries, "constraint")

    about = "No offer that breaks one is ever on the table."
    return _listed(tree, ("constraints", "Hard rules", about, "Add a hard rule"), card)


def _seats(tree: dict[str, Any], subjects: Subjects) -> Group:
    def card(at: Location, part: Any) -> Card:
        entries = list(fields.stated(schema.Seat, at, part))
        made = Card(at, _title(part), entries, "seat")
        if isinstance(part, dict):
            made.cards = [*_objectives(at, part, subjects), *_held(at, part, subjects)]
            made.grows = [(f"{made.path}.objectives", "Add an objective")]
            if subjects.free_facts(part):
                made.grows += [
                    (f"{made.path}.beliefs", "Add a belief"),
                    (f"{made.path}.knows", "Add what it knows"),
                ]
        return made

    about = "Who sits there, and what each wants."
    return _listed(tree, ("seats", "Seats", about, "Add a seat"), card)


def _objectives(at: Location, seat: dict[str, Any], subjects: Subjects) -> Iterator[Card]:
    objectives = seat.get("objectives", [])
    if not isinstance(objectives, list):
        yield Card(
            (*at, "objectives"), "", [fields.raw((*at, "objectives"), "Objectives", objectives)]
        )
        return
    for place, part in enumerate(objectives):
        where: Location = (*at, "objectives", place)
        if not isinstance(part, dict):
            yield Card(where, "", [fields.raw(where, "Objective", part)])
            continue
        subject = part.get("subject")
        entries = [
            fields.of_subject(where, part, "What", subjects.of_objectives),
            *fields.stated(schema.Objective, where, part, "weight"),
            *fields.of_value((*where, "value"), part.get("value"), subjects.unit(subject)),
            *fields.stated(schema.Objective, where, part, "label"),
        ]
        yield Card(where, subjects.label(subject), entries, "objective")


def _held(at: Location, seat: dict[str, Any], subjects: Subjects) -> Iterator[Card]:
    for name, model in (("beliefs", schema.Belief), ("knows", schema.Knowledge)):
        held = seat.get(name) or {}
        if not isinstance(held, dict):
            yield Card((*at, name), "", [fields.raw((*at, name), name, held)])
            continue
        for fact, part in held.items():
            where: Location = (*at, name, fact)
            entries = list(fields.stated(model, where, part))
            yield Card(where, subjects.label(fact), entries, name, moves=False)


def _policy(tree: dict[str, Any], _: Subjects) -> Group:
    entries = list(fields.stated(schema.ScenarioDocument, (), tree, "policy"))
    about = (
        "What is safe enough, and who decides the rest. What loosens it waits for a second admin."
    )
    return Group(("policy",), "Policy", entries, "policy", about=about)


def _listed(
    tree: dict[str, Any], said: tuple[str, str, str, str], card: Callable[[Location, Any], Card]
) -> Group:
    """`said`: the list's name and title, a sentence, and what one presses to add to it."""
    name, title, about, more = said
    parts = tree.get(name, [])
    if not isinstance(parts, list):
        return Group((name,), title, [fields.raw((name,), title, parts)], name, about=about)
    cards = [card((name, place), part) for place, part in enumerate(parts)]
    return Group((name,), title, [], name, cards, [(name, more)], about=about)


def _title(part: Any) -> str:
    if not isinstance(part, dict):
        return ""
    found = (part.get(name) for name in ("title", "label", "text", "name"))
    return next(
        (name for name in found if isinstance(name, str) and name.strip()), "Without a name"
    )
