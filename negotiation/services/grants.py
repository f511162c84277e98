"""Gives the permission to carry out one package once, and sees to it that it is used."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from negotiation import dispatch
from negotiation.models import Grant
from negotiation.services import audits, signatures
from negotiation.services.packages import fingerprint

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

    from negotiation.models import Decision
    from negotiation.scenarios.compilers import CompiledScenario


def give(
    decision: Decision,
    scenario: CompiledScenario,
    *,
    by: User | None,
    now: datetime,
    at_most: timedelta | None = None,
) -> Grant:
    """For exactly this package, the figures that it read and this version of the rules.

    It lasts as long as the policy says, or `at_most` so long.
    """
    lasts = timedelta(hours=scenario.grant_hours)
    grant = Grant(
        decision=decision,
        package_hash=decision.package_hash,
        fingerprint=fingerprint(decision.package),
        version=decision.negotiation.version,
        nonce=secrets.token_urlsafe(32),
        granted_by=by,
        granted_at=now,
        expires_at=now + (lasts if at_most is None else min(lasts, at_most)),
    )
    signatures.sign(grant)
    grant.save(force_insert=True)
    audits.record(
        "grant.given",
        grant,
        now=now,
        by=by,
        package=grant.package_hash,
        fingerprint=grant.fingerprint,
        policy=grant.version.document_hash,
        expires=grant.expires_at.isoformat(),
    )
    dispatch.execute_decision(decision.pk)
    return grant
