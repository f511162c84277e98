"""Mandates: a person's vote on agreements that lie in a region they approved beforehand.

A use is counted in the transaction that routes the agreement; the row count of the UPDATE decides
who still finds room. Revoking takes the stop switch, which everybody who routes or begins shares:
what has not begun by then does not begin.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from negotiation import broadcast
from negotiation.engine.plain import plain
from negotiation.engine.requirements import MOST, Requirement, check, keeps, worded
from negotiation.models import Decision, Mandate
from negotiation.roles import is_senior, may_review, may_revoke
from negotiation.services import audits, stops
from negotiation.services.exclusions import exclusion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django.contrib.auth.models import User

    from negotiation.engine.policy import Judgement
    from negotiation.engine.table import Table
    from negotiation.models import Negotiation, Scenario
    from negotiation.scenarios.compilers import CompiledScenario

LONGEST = timedelta(days=366)
MOST_USES = 10_000
# Of whatever a policy measures in points, a harm of 1 is the whole tolerance gone for certain.
MOST_HARM = 100.0
# What nobody can have approved beforehand: it holds for a time, whatever the agreement says.
NEVER = frozenset({stops.RULE, "freeze"})


class NotAllowed(Exception):
    """Only managers give mandates; they, other managers and admins revoke them."""


class BadMandate(ValueError):
    """This mandate cannot be given; the sentence says why."""


class AlreadyRevoked(Exception):
    """This mandate has been revoked already."""


def give(
    *,
    scenario: Scenario,
    by: User,
    requirements: Sequence[Requirement],
    max_count: int,
    max_harm: float,
    expires_at: datetime,
    reason: str,
    now: datetime,
) -> Mandate:
    """Raises NotAllowed, BadMandate, and BadRequirement for one that has no meaning there."""
    if not may_review(by):
        raise NotAllowed(NotAllowed.__doc__)
    if scenario.current is None:
        raise BadMandate("This scenario has no rules yet, so nothing can be approved beforehand.")
    _refuse_the_unbounded(requirements, max_count, max_harm, expires_at - now)
    if not reason.strip():
        raise BadMandate("Say why: whoever reads a decision that was cleared by it will ask.")
    table = scenario.current.compiled().table
    said = [_said(table, requirement) for requirement in requirements]
    with transaction.atomic():
        mandate = Mandate.objects.create(
            scenario=scenario,
            requirements=plain([asdict(each) for each in said]),
            max_count=max_count,
            max_harm=max_harm,
            expires_at=expires_at,
            reason=reason.strip(),
            senior=is_senior(by),
            given_by=by,
            given_at=now,
        )
        audits.record(
            "mandate.given",
            mandate,
            now=now,
            by=by,
            scenario=scenario.slug,
            requirements=mandate.requirements,
            max_count=max_count,
            max_harm=max_harm,
            expires=expires_at.isoformat(),
            reason=mandate.reason,
        )
    return mandate


def _refuse_the_unbounded(
    requirements: Sequence[Requirement], max_count: int, max_harm: float, lasts: timedelta
) -> None:
    if not 1 <= len(requirements) <= MOST:
        raise BadMandate(f"A mandate has 1 to {MOST} requirements: without one it has no bounds.")
    if not 1 <= max_count <= MOST_USES:
        raise BadMandate(f"It may be used between once and {MOST_USES:,} times.")
    if not 0 < max_harm <= MOST_HARM:
        raise BadMandate(f"The expected harm in all is above 0 and at most {MOST_HARM:.0f}.")
    if not timedelta() < lasts <= LONGEST:
        raise BadMandate(f"It ends in the future, within {LONGEST.days} days.")


def _said(table: Table, requirement: Requirement) -> Requirement:
    check(table, requirement)
    return replace(requirement, text=worded(table, requirement))


def drawn_on(
    *,
    negotiation: Negotiation,
    scenario: CompiledScenario,
    judgement: Judgement,
    features: Mapping[str, Any],
    now: datetime,
) -> Mandate | None:
    """The mandate that pays for this agreement, one use of it taken; None if there is none.

    Call it in the transaction that routes, before anything that writes an audit row.
    """
    if judgement.route != "review" or judgement.risk is None:
        return None
    if any(finding.subject in NEVER for finding in judgement.findings):
        return None
    harm = judgement.risk.harm
    given = Mandate.objects.live(now).filter(scenario=negotiation.version.scenario_id)
    for mandate in given.with_room_for(harm).select_related("given_by").order_by("id"):
        if _covers(mandate, scenario, features) and _speaks(mandate, negotiation):
            taken = Mandate.objects.live(now).with_room_for(harm).filter(pk=mandate.pk)
            if taken.update(used_count=F("used_count") + 1, used_harm=F("used_harm") + harm) == 1:
                mandate.refresh_from_db(fields=["used_count", "used_harm"])
                return mandate
    return None


def record_use(mandate: Mandate, decision: Decision, *, now: datetime) -> None:
    """Of a mandate that was drawn on, when its decision is there."""
    audits.record(
        "mandate.used",
        mandate,
        now=now,
        voice=mandate.given_by,
        decision=decision.pk,
        package=decision.package_hash,
        used_count=mandate.used_count,
        used_harm=mandate.used_harm,
    )


def _covers(mandate: Mandate, scenario: CompiledScenario, features: Mapping[str, Any]) -> bool:
    figures = {**features["effects"], **features["options"]}
    for each in mandate.requirements:
        requirement = Requirement.from_dict(each)
        if requirement.subject not in figures:
            return False
        # Under newer rules the same name may mean something else: then it was not approved.
        if worded(scenario.table, requirement) != requirement.text:
            return False
        if not keeps(requirement, figures[requirement.subject]):
            return False
    return True


def _speaks(mandate: Mandate, negotiation: Negotiation) -> bool:
    """Whether its giver still is who they were then, and may approve what this table agreed."""
    giver = mandate.given_by
    if not may_review(giver) or (mandate.senior and not is_senior(giver)):
        return False
    return exclusion(Decision(negotiation=negotiation), giver) is None


@transaction.atomic
def revoke(*, mandate_id: int, by: User, now: datetime) -> Mandate:
    """At once: its votes on what is parked are gone, and what it cleared comes back at use."""
    if not may_revoke(by):
        raise NotAllowed(NotAllowed.__doc__)
    stops.take()
    standing = Mandate.objects.filter(pk=mandate_id, revoked_at=None)
    if standing.update(revoked_at=now, revoked_by=by) != 1:
        raise AlreadyRevoked(AlreadyRevoked.__doc__)
    mandate = Mandate.objects.get(pk=mandate_id)
    parked = Decision.objects.parked().filter(mandate=mandate)
    votes = list(parked.values_list("pk", flat=True))
    parked.update(
        mandate=None,
        approvals=F("approvals") - 1,
        senior_approvals=F("senior_approvals") - int(mandate.senior),
    )
    audits.record(
        "mandate.revoked", mandate, now=now, by=by, used=mandate.used_count, votes_gone=votes
    )
    broadcast.queue_changed()
    return mandate
