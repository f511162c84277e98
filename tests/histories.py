"""A past to look at: many negotiations of several scenarios, with all the ends that there are."""

from __future__ import annotations

import hashlib
import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from approvals.models import Review
from negotiation.models import (
    Decision,
    Execution,
    Grant,
    HarmReservation,
    Negotiation,
    Report,
    RiskScope,
    TrustEntry,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.contrib.auth.models import User

    from negotiation.models import ScenarioVersion

ENDS = (
    ("agreed", "auto", "executed", 48), ("agreed", "auto", "failed", 2),
    ("agreed", "review", "executed", 22), ("agreed", "review", "rejected", 6),
    ("agreed", "review", "expired", 2), ("agreed", "review", "parked", 3),
    ("agreed", "review", "void", 1), ("agreed", "refuse", "refused", 3),
    ("no_agreement", "", "", 7), ("stopped", "", "", 2), ("failed", "", "", 1),
    ("running", "", "", 3),
)  # fmt: skip
DONE = ("executed", "failed")


def furnish(
    versions: Sequence[ScenarioVersion],
    people: Sequence[User],
    *,
    decisions: int,
    now: datetime,
    days: float = 6.5,
    bad: float = 0.12,
    seed: int = 7,
) -> list[Decision]:
    """About so many decisions over the last `days`; a fifth of what was executed is reported."""
    rng = random.Random(seed)
    picked = rng.choices(ENDS, [end[3] for end in ENDS], k=round(decisions / 0.87))
    tables = Negotiation.objects.bulk_create(
        _table(rng, rng.choice(versions), status, now, days) for status, *_ in picked
    )
    made = Decision.objects.bulk_create(
        _decision(rng, table, route, status, people)
        for table, (_, route, status, _) in zip(tables, picked, strict=True)
        if route
    )
    _reviews(rng, made, people)
    _harms(rng, made)
    _reports(rng, made, people[0], bad)
    return made


def _table(
    rng: random.Random, version: ScenarioVersion, status: str, now: datetime, days: float
) -> Negotiation:
    opened = now - timedelta(days=days * rng.random() ** 1.3, minutes=1)
    ended = status not in Negotiation.OPEN
    return Negotiation(
        version=version,
        title="Place a service",
        seed=rng.randrange(10**6),
        status=status,
        opened_at=opened,
        agreement=version.document["today"] if status == "agreed" else None,
        finished_at=opened + timedelta(seconds=30) if ended else None,
        next_at=None if ended else now + timedelta(hours=1),
    )


def _decision(
    rng: random.Random, table: Negotiation, route: str, status: str, people: Sequence[User]
) -> Decision:
    at = table.finished_at or table.opened_at
    took = timedelta(seconds=rng.lognormvariate(6, 1.6))
    cleared: dict[str, Any] = {}
    if status in DONE:
        cleared = {"cleared_at": at + (took if route == "review" else timedelta()), "approvals": 1}
        if route == "review":
            cleared["cleared_by"] = rng.choice(people)
    package = f'{{"action":"place","parameters":{{}},"number":"{rng.random()}"}}'
    return Decision(
        negotiation=table,
        package=package,
        package_hash=hashlib.sha256(package.encode()).hexdigest(),
        judgement={},
        score=rng.uniform(5, 80),
        confidence=rng.uniform(0.5, 1),
        route=route,
        status=status,
        created_at=at,
        due_at=at + timedelta(hours=4) if status == "parked" else None,
        escalated=int(rng.random() < 0.1),
        returned=int(rng.random() < 0.03),
        **cleared,
    )


def _reviews(rng: random.Random, made: Sequence[Decision], people: Sequence[User]) -> None:
    Review.objects.bulk_create(
        Review(
            decision=each,
            package_hash=each.package_hash,
            reviewer=each.cleared_by or rng.choice(people),
            verdict="approve" if each.cleared_at else "reject",
            reason="" if each.cleared_at else "It costs too much for what it brings.",
            created_at=each.cleared_at or each.created_at + timedelta(minutes=9),
        )
        for each in made
        if each.route == "review" and each.status in (*DONE, "rejected")
    )


def _harms(rng: random.Random, made: Sequence[Decision]) -> None:
    scopes: dict[str, RiskScope] = {}
    rows = []
    for each in made:
        if each.route == "auto":
            service = each.negotiation.version.document["service"]
            if service not in scopes:
                scopes[service], _ = RiskScope.objects.get_or_create(service=service)
            harm = rng.uniform(0.001, 0.006)
            rows.append(
                HarmReservation(
                    scope=scopes[service], decision=each, harm=harm, reserved_at=each.created_at
                )
            )
    HarmReservation.objects.bulk_create(rows)


def _reports(rng: random.Random, made: Sequence[Decision], by: User, bad: float) -> None:
    done = [each for each in made if each.status in DONE]
    grants = Grant.objects.bulk_create(
        Grant(
            decision=each,
            package_hash=each.package_hash,
            fingerprint="0" * 64,
            version=each.negotiation.version,
            nonce=f"past-{each.pk}",
            granted_at=each.created_at,
            expires_at=each.created_at + timedelta(days=1),
            signature="0" * 64,
        )
        for each in done
    )
    executions = Execution.objects.bulk_create(
        Execution(
            decision=each,
            grant=grant,
            idempotency_key=f"past-{each.pk}",
            kind="webhook",
            target="demo",
            status="succeeded" if each.status == "executed" else "failed",
            started_at=each.created_at,
            finished_at=each.created_at + timedelta(seconds=2),
        )
        for each, grant in zip(done, grants, strict=True)
    )
    Report.objects.bulk_create(
        Report(
            execution=each,
            outcome=rng.choice(Report.BAD) if rng.random() < bad else "ok",
            person=by,
            reported_at=each.started_at + timedelta(hours=3),
        )
        for each in executions
        if each.status == "succeeded" and rng.random() < 0.25
    )


def settle(seats: Sequence[str], *, seed: int = 7) -> None:
    """Claims and confidences for every report there is, some seats more honest than others."""
    rng = random.Random(seed)
    rows = []
    for report in Report.objects.select_related("execution__decision"):
        table, went_well = report.execution.decision.negotiation_id, report.outcome == "ok"
        for place, seat in enumerate(seats):
            stated = min(max(rng.gauss(0.9 if went_well else 0.8 - place / 10, 0.08), 0.0), 1.0)
            common: dict[str, Any] = {
                "negotiation_id": table,
                "report": report,
                "seat": seat,
                "seq": place + 2,
                "settled_at": report.reported_at,
            }
            rows.append(TrustEntry(**common, stated=stated, right=went_well))
            if rng.random() < 0.7:
                rows.append(_claim(rng, common, lies=0.06 + place * 0.12))
    TrustEntry.objects.bulk_create(rows)


def _claim(rng: random.Random, common: dict[str, Any], lies: float) -> TrustEntry:
    right = rng.random() > lies
    z = rng.gauss(0, 0.8) if right else rng.choice([-1, 1]) * rng.uniform(2.2, 6)
    right = abs(z) <= 2
    return TrustEntry(
        **common,
        fact="traffic_growth",
        claimed=40 + z * 3,
        sd=3.0,
        measured=40.0,
        z=z,
        provenance="resolvable" if rng.random() < 0.6 else "none",
        right=right,
        weight=2 if not right and rng.random() < 0.5 else 1,
    )
