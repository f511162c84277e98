"""`python -m tests.benchmarks._what_ifs`: how long a draft takes to replay over 10,000
stored decisions on the tests' PostgreSQL, reading them included. Prints JSON; a process of its own,
because the tests' servers take over the environment.
"""

from __future__ import annotations

from datetime import timedelta
from time import perf_counter, process_time

from tests.benchmarks._databases import Figures, tell

DECISIONS = 10_000
DRAWN = 500
RUNS = 3


def measured() -> Figures:
    from django.utils import timezone  # noqa: PLC0415

    from negotiation.models import Decision, Negotiation  # noqa: PLC0415
    from negotiation.roles import Role  # noqa: PLC0415
    from negotiation.scenarios.schema import ScenarioDocument  # noqa: PLC0415
    from negotiation.services import what_ifs  # noqa: PLC0415
    from tests import factories  # noqa: PLC0415
    from tests.negotiation.policies.agreements import drawn  # noqa: PLC0415

    version, now = factories.version(), timezone.now()
    scenario = version.compiled()
    agreements = [(each, each.features(scenario)) for each in drawn(scenario, DRAWN, seed=1)]
    table = {"version": version, "title": "Made up", "seed": 7, "opened_at": now}
    agreed = {"status": Negotiation.Status.AGREED, "finished_at": now}
    tables = Negotiation.objects.bulk_create(
        Negotiation(**table, **agreed, agreement=agreements[number % DRAWN][0].offer)
        for number in range(DECISIONS)
    )
    Decision.objects.bulk_create(
        Decision(
            negotiation=one,
            package="{}",
            package_hash="0" * 64,
            judgement={"findings": []},
            features=agreements[number % DRAWN][1],
            score=50.0,
            confidence=0.9,
            route="review",
            status="expired",
            created_at=now - timedelta(minutes=10 * number),
        )
        for number, one in enumerate(tables)
    )
    draft = version.document["policy"] | {"review_from": 50, "gates": [], "minimum_confidence": 0}
    admin = factories.person(Role.ADMIN)
    took, worked = [], []
    for _ in range(RUNS):
        start, at_work = perf_counter(), process_time()
        answer = what_ifs.what_if(
            scenario=version.scenario,
            present=ScenarioDocument.model_validate(version.document),
            draft=ScenarioDocument.model_validate(version.document | {"policy": draft}),
            user=admin,
            now=now,
        )
        took.append(perf_counter() - start)
        worked.append(process_time() - at_work)
    return {
        "seconds": min(took),
        "processor_seconds": min(worked),
        "replayed": answer.replayed,
        "moved": len(answer.moved),
    }


if __name__ == "__main__":
    tell(measured)
