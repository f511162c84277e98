"""Whether a permission holds at the moment it is used.

It is for exact bytes, until a time, under one version of the rules, for the figures that were read.
Where the rules have a newer version it holds if none of them forbids what would be done; that they
are newer is noted.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import rfc8785
from django.db.models import F
from pydantic import ValidationError

from negotiation.engine.formatting import listed
from negotiation.engine.messages import TELLING
from negotiation.engine.messages import Message as EngineMessage
from negotiation.engine.space import NotInSpace
from negotiation.models import Decision, Grant, ScenarioVersion
from negotiation.roles import may_review
from negotiation.scenarios.errors import ScenarioError
from negotiation.services.packages import present_fingerprint
from negotiation.services.precedents import DRY_RUN
from negotiation.services.signatures import is_signed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from negotiation.engine.gates import Finding
    from negotiation.models.decisions import DecisionQuerySet
    from negotiation.scenarios.compilers import CompiledScenario


class GrantNotValid(Exception):
    """The permission does not hold for what would be executed; nothing was carried out.

    `final`: no person can mend that by looking at it again.
    """

    def __init__(self, sentence: str, *, final: bool = False) -> None:
        super().__init__(sentence)
        self.final = final


def checked_grant(decision: Decision, now: datetime) -> tuple[Grant, str]:
    """What was approved is what is executed: hash, time, rules and the figures it read.

    The permission, and what has changed since without making it void, in a sentence or two. Raises
    GrantNotValid.
    """
    grant = Grant.objects.filter(decision=decision, void_at=None).first()
    if grant is None:
        raise GrantNotValid("There is no permission for it.")
    _refuse_a_revoked_mandate(decision)
    actual = hashlib.sha256(decision.package.encode()).hexdigest()
    if actual != grant.package_hash:
        raise GrantNotValid(
            f"The package is not the one that was approved: its hash is {actual[:12]}, the"
            f" approved one {grant.package_hash[:12]}."
        )
    # Which offer it is decides under which rules it is looked at below.
    if json.loads(decision.package).get("parameters", decision.agreed) != decision.agreed:
        raise GrantNotValid("Its offer is not the one in the package that was approved.")
    if now >= grant.expires_at:
        raise GrantNotValid("The permission had expired before it was used.")
    version = decision.negotiation.version
    if grant.version_id != version.pk:
        raise GrantNotValid("The permission was given under another version of the policy.")
    scenario = _compiled(version)
    if present_fingerprint(decision, scenario) != grant.fingerprint:
        raise GrantNotValid("A figure that the decision rests on has changed since.")
    # Who changes rows in the database changes them to something that passes the checks above.
    if hashlib.sha256(rfc8785.dumps(version.document)).hexdigest() != version.document_hash:
        raise GrantNotValid("The scenario's document was changed behind Parley's back.")
    if not is_signed(grant):
        raise GrantNotValid("The permission is not one that Parley has given.")
    others = said_of_done(done_since(decision).values_list("pk", flat=True))
    return grant, " ".join(filter(None, (_drift(decision, version), others)))


def _refuse_a_revoked_mandate(decision: Decision) -> None:
    mandate = decision.mandate
    if mandate is None:
        return
    if mandate.revoked_by is not None:
        who = mandate.revoked_by.get_username()
        raise GrantNotValid(f"{who} has revoked mandate {mandate.pk}, which had approved it.")
    if not may_review(mandate.given_by):
        who = mandate.given_by.get_username()
        raise GrantNotValid(f"{who}, whose mandate {mandate.pk} approved it, no longer decides.")


def _compiled(version: ScenarioVersion) -> CompiledScenario:
    try:
        return version.compiled()
    except (ScenarioError, ValidationError) as error:
        raise GrantNotValid(f"The scenario can no longer be read: {error}") from error


def _drift(decision: Decision, version: ScenarioVersion) -> str:
    newest = ScenarioVersion.objects.get(scenario__current=F("pk"), scenario=version.scenario_id)
    if newest.pk == version.pk:
        return ""
    rules = f"The rules are at version {newest.number} now; this was agreed under {version.number}."
    try:
        broken, gated = findings_under(decision, _compiled(newest))
    except NotInSpace as error:
        raise GrantNotValid(f"{rules} It is no offer any more: {error}", final=True) from error
    if broken:
        raise GrantNotValid(f"{rules} {broken[0].text}", final=True)
    if gated and decision.route == Decision.Route.AUTO:
        raise GrantNotValid(f"{rules} A person decides it now: {gated[0].text}")
    return f"{rules} None of them forbids it."


def done_since(decision: Decision) -> DecisionQuerySet:
    """What was carried out at the same service after this had been agreed: its figures and its
    losses were not known to who judged it."""
    return (
        Decision.objects.filter(
            features__service=decision.features.get("service"),
            execution__started_at__gt=decision.created_at,
        )
        .exclude(pk=decision.pk)
        .exclude(execution__kind=DRY_RUN)
        .order_by("execution__pk")
    )


def said_of_done(others: Iterable[int]) -> str:
    """What a person is told of the decisions of `done_since`; empty where there are none."""
    numbers = [str(pk) for pk in others]
    if not numbers:
        return ""
    which = f"decision{'s' if numbers[1:] else ''} {listed(numbers)}"
    return f"Since it was agreed, {which} began to be carried out at the same service."


def findings_under(
    decision: Decision, scenario: CompiledScenario
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """The hard rules that the agreement breaks, and the gates that it meets."""
    told = decision.negotiation.messages.filter(act__in=TELLING)
    facts = scenario.facts_used(EngineMessage.from_dict(message.body) for message in told)
    offer = decision.agreed
    rules = scenario.looking_at(offer)
    return rules.broken(offer, facts), rules.gated(offer, facts)
