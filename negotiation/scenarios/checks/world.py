from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from negotiation.engine.pools import SIZE as POOL
from negotiation.engine.space import ENUMERABLE
from negotiation.scenarios import catalogues
from negotiation.scenarios.errors import Location, Problem, did_you_mean
from negotiation.scenarios.expressions import BadExpression, compile_expression
from negotiation.scenarios.fields import UNKNOWN
from negotiation.scenarios.vocabulary import Vocabulary, option_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from negotiation.scenarios.schema import Issue, Lookup


MOST_FIGURES = 50_000_000  # 400 MB of float64


def check_issues(known: Vocabulary) -> Iterator[Problem]:
    """Options are unique and of one kind; their figures fit into memory."""
    for number, issue in enumerate(known.document.issues):
        at: Location = ("issues", number, "options")
        if len(option_texts(issue)) != len(issue.values):
            twice = next(value for value in issue.values if _count(issue, value) > 1)
            yield Problem(at, f"the option '{twice}' is there twice", "keep one of them")
        if len({isinstance(value, str) for value in issue.values}) > 1:
            yield Problem(at, "the options are numbers and texts", "use one kind")
    size = prod(len(issue.options) for issue in known.document.issues)
    figures = (size if size <= ENUMERABLE else POOL) * max(1, len(known.document.measures))
    if figures > MOST_FIGURES:
        yield Problem(
            ("measures",),
            f"the combinations times the measures give {figures:,} figures, more than"
            f" {MOST_FIGURES:,}",
            "use fewer options or measures",
        )


def _count(issue: Issue, option: object) -> int:
    return [str(value) for value in issue.values].count(str(option))


def check_lookups(known: Vocabulary) -> Iterator[Problem]:
    name = known.document.catalogue
    if name is not None and known.catalogue is None:
        remedy = did_you_mean(name, catalogues.names())
        yield Problem(("catalogue",), f"there is no catalogue '{name}'", remedy)
        return
    for number, lookup in enumerate(known.document.lookups):
        yield from _check_lookup(known, lookup, ("lookups", number))


def _check_lookup(known: Vocabulary, lookup: Lookup, at: Location) -> Iterator[Problem]:
    if known.catalogue is None:
        yield Problem(at, "a lookup needs a catalogue", "name one under 'catalogue'")
        return
    table = known.catalogue.tables.get(lookup.table)
    if table is None:
        remedy = did_you_mean(lookup.table, known.catalogue.tables)
        yield Problem((*at, "table"), f"there is no table '{lookup.table}'", remedy)
        return
    if lookup.column not in table.columns:
        remedy = did_you_mean(lookup.column, table.columns)
        yield Problem((*at, "column"), f"there is no column '{lookup.column}'", remedy)
    if lookup.keys.keys() != set(table.keys):
        wanted = ", ".join(table.keys)
        yield Problem((*at, "keys"), f"the table '{lookup.table}' has other keys", f"give {wanted}")
        return
    for key in table.keys:
        yield from _check_key(known, lookup, key, table.key_values(key), (*at, "keys", key))
    yield from _check_instead(known, lookup, (*at, "instead"))


def _check_key(
    known: Vocabulary, lookup: Lookup, key: str, rows: frozenset[str], at: Location
) -> Iterator[Problem]:
    issue_name = lookup.keys[key]
    if issue_name not in known.issues:
        remedy = did_you_mean(issue_name, known.issues)
        yield Problem(at, f"there is no issue '{issue_name}'", remedy)
        return
    for text in option_texts(known.issues[issue_name]):
        if text not in rows and text not in lookup.instead:
            problem = f"the option '{text}' of '{issue_name}' is no row of '{lookup.table}'"
            yield Problem(at, problem, f"{did_you_mean(text, rows)} Or state it under 'instead'.")


def _check_instead(known: Vocabulary, lookup: Lookup, at: Location) -> Iterator[Problem]:
    issues = [known.issues[name] for name in lookup.keys.values() if name in known.issues]
    options = {text for issue in issues for text in option_texts(issue)}
    column = known.column_of(lookup)
    for text, value in lookup.instead.items():
        if text not in options:
            remedy = did_you_mean(text, options)
            yield Problem((*at, text), f"there is no option '{text}'", remedy)
        if column and value != UNKNOWN and (column.kind == "text") != isinstance(value, str):
            yield Problem((*at, text), f"'{value}' is no {column.kind}", f"write a {column.kind}")


def check_measures(known: Vocabulary) -> Iterator[Problem]:
    """Each formula uses what is declared, and of the measures those above it."""
    kinds = dict(known.kinds)
    for number, measure in enumerate(known.document.measures):
        try:
            compile_expression(measure.formula, kinds)
        except BadExpression as error:
            yield Problem(("measures", number, "formula"), error.problem, error.remedy)
        kinds[measure.name] = "number"


def check_today(known: Vocabulary) -> Iterator[Problem]:
    """`today` is a full offer."""
    today = known.document.today
    if today is None:
        return
    for name in known.issues.keys() - today.keys():
        yield Problem(("today",), f"the issue '{name}' is missing", "name one of its options")
    for name, option in today.items():
        if name not in known.issues:
            remedy = did_you_mean(name, known.issues)
            yield Problem(("today", name), f"there is no issue '{name}'", remedy)
        elif option not in known.issues[name].values:
            remedy = did_you_mean(str(option), option_texts(known.issues[name]))
            yield Problem(("today", name), f"'{option}' is no option of '{name}'", remedy)
