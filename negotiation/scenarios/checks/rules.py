from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from negotiation.scenarios.errors import Location, Problem, did_you_mean
from negotiation.scenarios.policy_parts import Gate, Policy, Reversibility
from negotiation.scenarios.vocabulary import Vocabulary, option_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from negotiation.scenarios.schema import Test

_NUMERIC = frozenset({"at_most", "at_least", "above", "below"})


def check_constraints(known: Vocabulary) -> Iterator[Problem]:
    for number, constraint in enumerate(known.document.constraints):
        at: Location = ("constraints", number)
        yield from _check_test(known, constraint, at)
        if constraint.when is not None:
            yield from _check_test(known, constraint.when, (*at, "when"))


def check_policy(known: Vocabulary) -> Iterator[Problem]:
    policy = known.document.policy
    if policy.refuse_from <= policy.review_from:
        yield Problem(
            ("policy", "refuse_from"),
            f"{policy.refuse_from:g} is not above review_from ({policy.review_from:g})",
            "raise it",
        )
    yield from _check_tiers(policy)
    for number, freeze in enumerate(policy.freezes):
        if freeze.ends <= freeze.begins:
            at_end: Location = ("policy", "freezes", number, "ends")
            yield Problem(at_end, f"{freeze.ends} is not after its begin", "write a later time")
    for number, gate in enumerate(policy.gates):
        yield from _check_test(known, gate, ("policy", "gates", number))
    at: Location = ("policy", "risk")
    for number, dimension in enumerate(policy.risk.dimensions):
        if dimension.loss not in known.measures:
            yield Problem(
                (*at, "dimensions", number, "loss"),
                f"unknown measure '{dimension.loss}'",
                did_you_mean(dimension.loss, known.measures),
            )
    for field in ("affected", "population"):
        name = getattr(policy.risk, field)
        if isinstance(name, str) and known.subjects.get(name) != "number":
            numbers = [name for name, kind in known.subjects.items() if kind == "number"]
            yield Problem((*at, field), f"unknown number '{name}'", did_you_mean(name, numbers))
    if isinstance(policy.risk.reversibility, Reversibility):
        yield from _check_levels(known, policy.risk.reversibility, (*at, "reversibility"))


def _check_tiers(policy: Policy) -> Iterator[Problem]:
    begins = [tier.from_ for tier in policy.tiers]
    if begins[0] != 0:
        problem = f"{begins[0]:g} leaves out lower scores that a gate sends to people"
        yield Problem(("policy", "tiers", 0, "from"), problem, "write 0")
    for number, (before, after) in enumerate(pairwise(begins), start=1):
        if after <= before:
            at: Location = ("policy", "tiers", number, "from")
            yield Problem(at, f"{after:g} is not above the tier before ({before:g})", "raise it")


def _check_levels(known: Vocabulary, given: Reversibility, at: Location) -> Iterator[Problem]:
    if given.by not in known.issues:
        remedy = did_you_mean(given.by, known.issues)
        yield Problem((*at, "by"), f"there is no issue '{given.by}'", remedy)
        return
    options = option_texts(known.issues[given.by])
    for text in options.keys() - given.levels.keys():
        yield Problem((*at, "levels"), f"the option '{text}' is missing", "give it a level")
    for text in given.levels.keys() - options.keys():
        remedy = did_you_mean(text, options)
        yield Problem((*at, "levels", text), f"there is no option '{text}'", remedy)


def _check_test(known: Vocabulary, test: Test | Gate, at: Location) -> Iterator[Problem]:
    subject = test.subject
    if subject not in known.subjects:
        problem, remedy = f"unknown subject '{subject}'", did_you_mean(subject, known.subjects)
        if subject in known.facts:
            problem, remedy = f"'{subject}' is a fact", "a rule is about what an offer decides"
        yield Problem((*at, "subject"), problem, remedy)
        return
    ((kind, limit),) = test.limits.items()
    if kind in _NUMERIC and known.subjects[subject] == "text":
        yield Problem((*at, kind), f"'{subject}' is a text and has no order", "use in or not_in")
    elif kind == "differs_from":
        yield from _check_other(known, subject, str(limit), (*at, kind))
    elif isinstance(limit, str) and kind in {"at_most", "at_least", "in", "not_in"}:
        yield from _check_parameter(known, limit, kind in _NUMERIC, (*at, kind))
    else:
        yield from _check_options(known, subject, limit, (*at, kind))


def _check_other(known: Vocabulary, subject: str, other: str, at: Location) -> Iterator[Problem]:
    if other not in known.subjects:
        yield Problem(at, f"unknown subject '{other}'", did_you_mean(other, known.subjects))
    elif known.subjects[other] != known.subjects[subject]:
        yield Problem(at, "a text is compared with a number", "compare like with like")


def _check_parameter(
    known: Vocabulary, name: str, numeric: bool, at: Location
) -> Iterator[Problem]:
    parameters = {
        key
        for key, value in known.document.parameters.items()
        if (isinstance(value, int | float) if numeric else isinstance(value, list))
    }
    if name not in parameters:
        wanted = "number" if numeric else "list"
        yield Problem(
            at, f"'{name}' is no parameter with a {wanted}", did_you_mean(name, parameters)
        )


def _check_options(
    known: Vocabulary, subject: str, limit: object, at: Location
) -> Iterator[Problem]:
    """The limit has the subject's kind; what is said of an issue names options it has."""
    values = limit if isinstance(limit, list) else [limit]
    for value in values:
        if isinstance(value, str) != (known.subjects[subject] == "text"):
            wanted = known.subjects[subject]
            yield Problem(at, f"'{value}' is no {wanted}", f"'{subject}' is a {wanted}")
        elif subject in known.issues and at[-1] in {"in", "not_in", "equals"}:
            options = option_texts(known.issues[subject])
            if value not in options.values():
                remedy = did_you_mean(str(value), options)
                yield Problem(at, f"'{value}' is no option of '{subject}'", remedy)
