"""A draft of a scenario as it was typed: as a form or as YAML, which are the same document.

The YAML is always sent along; in the form's tab it is hidden, and what the form says goes on top of
it. So nothing typed is lost when the tabs are switched, also of what is not right yet.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from negotiation.scenarios import documents, drafts
from negotiation.scenarios.errors import Problem, ScenarioError
from negotiation.scenarios.texts import refused_character, visible
from negotiation.views.scenario_groups import Group, groups_of
from negotiation.views.scenario_kinds import READ_AGAIN
from negotiation.views.scenario_steps import reformed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from negotiation.scenarios.errors import Location
    from negotiation.scenarios.schema import ScenarioDocument
    from negotiation.views.rules_fields import Field
    from negotiation.views.scenario_previews import Wants

FORM, YAML = "form", "yaml"
LONGEST = 300_000
"""Of the text behind a form: both are sent, and a request has its limit."""


@dataclass
class Draft:
    """`tree`: the data, None where the text is no YAML. `document`: where it is right as well."""

    tab: str
    text: str
    tree: dict[str, Any] | None
    document: ScenarioDocument | None
    problems: list[Problem] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    # What is about no field of the form.
    others: list[Problem] = field(default_factory=list)
    too_long: bool = False
    placed: list[tuple[Field, Problem]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return min(max(self.text.count("\n") + 2, 16), 44)

    @property
    def told(self) -> list[tuple[str, str, Problem]]:
        """Each problem with the field it is about: path, label."""
        found = {id(problem): entry for entry, problem in self.placed}
        return [
            (found[id(problem)].path, _called(found[id(problem)], self.groups), problem)
            if id(problem) in found
            else ("", "", problem)
            for problem in self.problems
        ]

    @property
    def excerpts(self) -> list[tuple[Problem, str]]:
        """Each problem of the YAML with the line that it is on."""
        lines = dict(enumerate(self.text.split("\n"), start=1))
        return [(problem, lines.get(problem.line or 0, "")[:120]) for problem in self.problems]

    def tell(self, problem: Problem) -> None:
        """One more that only the rest of the world knows of."""
        self.problems.append(problem)
        _place_one(self, problem, list(fields_of(self.groups)))

    def look_at(self, where: Location) -> None:
        """The first field of this part gets the focus."""
        inside = (each for each in fields_of(self.groups) if each.at[: len(where)] == where)
        if where and (found := next(inside, None)):
            found.focus = True
            for group in self.groups:
                for card in group.every:
                    card.focus = card.focus or found in list(card.fields)

    def draw(self, wants: list[Wants]) -> None:
        """Pictures into their cards."""
        drawn: dict[str, object] = {each.path: each for each in wants}
        drawn |= {wish.path: wish for each in wants for wish in each.wishes}
        for group in self.groups:
            for card in group.every:
                card.drawn = drawn.get(card.path)


def opened(tree: dict[str, Any], tab: str) -> Draft:
    """A document that nobody has typed anything in yet."""
    return _made(tab, drafts.text_of(tree), documents.Document(tree, {}), {}, fallback=tree)


def read(posted: Mapping[str, str], base: dict[str, Any]) -> Draft:
    """What was typed on top of `base`, right or not."""
    tab = YAML if posted.get("tab") == YAML else FORM
    text = posted.get("draft", drafts.text_of(base)).replace("\r\n", "\n")
    try:
        parsed = documents.parse(text, source=drafts.SOURCE)
    except ScenarioError as error:
        return Draft(YAML, text, None, None, list(error.problems))
    if tab == YAML:
        return _made(tab, text, parsed, {}, fallback=base)
    tree, unread = _typed(parsed.data, posted)
    if tree != parsed.data:
        text, parsed = drafts.text_of(tree), documents.Document(tree, {})
    return _made(tab, text, parsed, unread, fallback=base)


def turned(draft: Draft, tab: str, base: dict[str, Any]) -> Draft:
    """The same draft in the other tab; in YAML with the lines of what is wrong."""
    if draft.tree is None or tab == draft.tab:
        return draft
    return read({"tab": tab, "draft": draft.text}, base)


def changed(tree: dict[str, Any], base: dict[str, Any]) -> Draft:
    """The draft as this tree, as a form."""
    return _made(FORM, drafts.text_of(tree), documents.Document(tree, {}), {}, fallback=base)


def _made(
    tab: str,
    text: str,
    parsed: documents.Document,
    unread: Mapping[Location, tuple[str, str]],
    *,
    fallback: dict[str, Any],
) -> Draft:
    document, problems = drafts.checked(parsed, fallback)
    draft = Draft(tab, text, parsed.data, document, problems)
    if tab == FORM and len(text) > LONGEST:
        draft.tab, draft.too_long = YAML, True
    if draft.tab == FORM:
        draft.groups = groups_of(parsed.data)
        _place(draft, unread)
    return draft


def _typed(
    tree: dict[str, Any], posted: Mapping[str, str]
) -> tuple[dict[str, Any], dict[Location, tuple[str, str]]]:
    """The tree with what the form says, and what could not be read: its text and why."""
    typed, unread = copy.deepcopy(tree), {}
    reformings = []
    for entry in fields_of(groups_of(tree)):
        text = posted.get(entry.path, entry.text).replace("\r\n", "\n").strip()
        if entry.at[-1] in {"form", "limit"}:
            reformings.append((entry, text))
            continue
        again = entry.kind in READ_AGAIN and isinstance(drafts.at(typed, entry.at), str)
        if text == entry.text.strip() and not again:
            continue
        text = text[: entry.kind.longest]
        found = refused_character(text, newlines=True)
        if found is not None:
            unread[entry.at] = (text, f"There is a control character ({found}); remove it.")
            continue
        try:
            value = entry.kind.read(text)
        except ValueError as error:
            value, unread[entry.at] = text, (text, visible(str(error)))
        drafts.put(typed, entry.at, value)
    for entry, text in reformings:
        reformed(typed, entry.at, entry.text, text)
    return typed, unread


def fields_of(groups: list[Group]) -> Iterator[Field]:
    for group in groups:
        yield from group.fields


def _place(draft: Draft, unread: Mapping[Location, tuple[str, str]]) -> None:
    """Puts each problem beside its field."""
    entries = list(fields_of(draft.groups))
    for entry in entries:
        if entry.at in unread:
            entry.text, entry.error = unread[entry.at]
    for problem in draft.problems:
        _place_one(draft, problem, entries)
    known = {entry.path for entry, _ in draft.placed}
    for entry in entries:
        if entry.error and entry.path not in known:  # a character that no document may hold
            problem = Problem(entry.at, entry.error)
            draft.problems.append(problem)
            draft.placed.append((entry, problem))


def _place_one(draft: Draft, problem: Problem, entries: list[Field]) -> None:
    about = _field_of(problem.at, entries)
    if about is None:
        draft.others.append(problem)
        return
    draft.placed.append((about, problem))
    said = f"{problem.problem}; {problem.remedy}" if problem.remedy else problem.problem
    about.error = about.error or visible(said[:1].upper() + said[1:])


def _field_of(at: Location, entries: list[Field]) -> Field | None:
    """The field that the place is in, or the first one in that place."""
    holding = [entry for entry in entries if at[: len(entry.at)] == entry.at]
    if holding:
        return max(holding, key=lambda entry: len(entry.at))
    return next((entry for entry in entries if at and entry.at[: len(at)] == at), None)


def _called(entry: Field, groups: list[Group]) -> str:
    """Where a field is, for the summary: Cost, Monthly cost, Weight."""
    cards = [inner for group in groups for card in group.cards for inner in (card, *card.cards)]
    way = [card.title for card in cards if card.title and entry.at[: len(card.at)] == card.at]
    return ", ".join([*way, entry.label])
