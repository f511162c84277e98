"""`python -m tests.benchmarks._decided`: how many decisions a second are written, and how long the
past takes to read, on the tests' PostgreSQL. Prints JSON; a process of its own, because the tests'
servers take over the environment.
"""

from __future__ import annotations

from time import perf_counter

from tests.benchmarks._databases import Figures, tell

DECISIONS = 300
READS = 10


def measured() -> Figures:
    from django.db import transaction  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from negotiation.engine.endings import Agreement  # noqa: PLC0415
    from negotiation.engine.session import Session  # noqa: PLC0415
    from negotiation.models import Decision, Negotiation  # noqa: PLC0415
    from negotiation.scenarios.loaders import load_named  # noqa: PLC0415
    from negotiation.services import decisions, judgements, precedents  # noqa: PLC0415
    from tests import factories  # noqa: PLC0415

    policy = load_named("batch-placement").model_dump(mode="json")["policy"]
    version = factories.version("batch-placement", policy=policy | {"budget": {"harm": 1_000}})
    scenario = version.compiled()
    session = Session(scenario.table, seed=7)
    session.run()
    if not isinstance(session.ending, Agreement):
        raise TypeError("the shipped scenario ends with an agreement")
    offer = session.ending.offer
    tables = [
        factories.negotiation(status=Negotiation.Status.AGREED, version=version, agreement=offer)
        for _ in range(DECISIONS)
    ]
    now = timezone.now()
    judged = judgements.judge(
        negotiation=tables[0], scenario=scenario, session=session, offer=offer, now=now
    )
    start = perf_counter()
    for table in tables:
        with transaction.atomic():
            decisions.decide(negotiation=table, scenario=scenario, judged=judged, now=now)
    written = DECISIONS / (perf_counter() - start)
    Decision.objects.update(status=Decision.Status.EXECUTED)
    start = perf_counter()
    for _ in range(READS):
        precedents.history(negotiation=tables[0], features=judged.features, now=now)
    return {"written": written, "history_ms": 1_000 * (perf_counter() - start) / READS}


if __name__ == "__main__":
    tell(measured)
