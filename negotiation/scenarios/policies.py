"""The policy: the part of a scenario that people own, as a document of its own.

What is stored is the scenario's version, and a negotiation pins that; the policy is taken out of it
and put back into it, exactly. It has the same fields in the same places as the scenario, but for
`agreement`, which gathers what is said of the protocol and of single seats.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated

import rfc8785
from pydantic import Field

from negotiation.scenarios import documents, loaders
from negotiation.scenarios.checks import problems_of
from negotiation.scenarios.errors import Location, Problem, ScenarioError, did_you_mean
from negotiation.scenarios.fields import Label, Name, Number, Option, Part, Slug
from negotiation.scenarios.policy_parts import Policy
from negotiation.scenarios.schema import Constraint, ScenarioDocument
from negotiation.scenarios.writings import as_people_write, as_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator


class Agreement(Part):
    """How many seats may be overruled, and whose consent is always needed."""

    dissent: Annotated[int, Field(ge=0, le=6)] = 0
    vetoes: Annotated[list[Slug], Field(max_length=8)] = []


class PolicyDocument(Part):
    """`parameters`: those that hard rules name as their limits; formulas keep theirs."""

    agreement: Agreement = Agreement()
    parameters: dict[Name, Number | Label | list[Option]] = {}
    constraints: Annotated[list[Constraint], Field(max_length=50)] = []
    policy: Policy


def policy_of(document: ScenarioDocument) -> PolicyDocument:
    named = _limits_named(document.constraints)
    return PolicyDocument(
        agreement=Agreement(
            dissent=document.protocol.dissent,
            vetoes=[seat.name for seat in document.seats if seat.veto],
        ),
        parameters={name: value for name, value in document.parameters.items() if name in named},
        constraints=document.constraints,
        policy=document.policy,
    )


def with_policy(document: ScenarioDocument, policy: PolicyDocument) -> ScenarioDocument:
    """The scenario with this policy; whether they fit together is asked in `checked`."""
    agreement = policy.agreement
    seats = [
        seat.model_copy(update={"veto": seat.name in agreement.vetoes}) for seat in document.seats
    ]
    protocol = document.protocol.model_copy(update={"dissent": agreement.dissent})
    return document.model_copy(
        update={
            "parameters": document.parameters | policy.parameters,
            "constraints": policy.constraints,
            "seats": seats,
            "protocol": protocol,
            "policy": policy.policy,
        }
    )


def policy_hash(policy: PolicyDocument) -> str:
    """SHA-256 of the policy's RFC 8785 JSON, in hex."""
    return hashlib.sha256(rfc8785.dumps(policy.model_dump(mode="json"))).hexdigest()


def policy_yaml(policy: PolicyDocument) -> str:
    return as_yaml(as_people_write(policy.model_dump(mode="json", exclude_none=True)))


def load_policy(text: str, *, document: ScenarioDocument, source: str) -> ScenarioDocument:
    """The scenario with the policy that YAML text describes; raises `ScenarioError`."""
    parsed = documents.parse(text, source=source)
    policy = loaders.shaped(PolicyDocument, parsed, source)
    merged = with_policy(document, policy)
    found = [*_strangers(document, policy), *map(_in_the_policy, problems_of(merged))]
    if found:
        raise ScenarioError(source, [loaders.located(problem, parsed) for problem in found])
    return merged


def _strangers(document: ScenarioDocument, policy: PolicyDocument) -> Iterator[Problem]:
    """What the policy names and the scenario cannot take from it."""
    seats = [seat.name for seat in document.seats]
    for place, name in enumerate(policy.agreement.vetoes):
        if name not in seats:
            at: Location = ("agreement", "vetoes", place)
            yield Problem(at, f"unknown seat '{name}'", did_you_mean(name, seats))
    named = _limits_named(policy.constraints)
    for name in policy.parameters.keys() - named:
        problem = f"no hard rule has '{name}' as its limit"
        yield Problem(("parameters", name), problem, "change it in the scenario")


def _limits_named(constraints: list[Constraint]) -> set[str]:
    """The parameters that hard rules have as their limits."""
    tests = [test for rule in constraints for test in (rule, rule.when) if test is not None]
    return {
        limit
        for test in tests
        for kind, limit in test.limits.items()
        if isinstance(limit, str) and kind in {"in", "not_in", "at_most", "at_least"}
    }


def _in_the_policy(problem: Problem) -> Problem:
    """A problem of the scenario, told where the policy says it."""
    if problem.at != ("protocol", "dissent"):
        return problem
    return Problem(("agreement", "dissent"), problem.problem, problem.remedy)
