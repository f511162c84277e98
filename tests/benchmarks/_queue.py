"""`python -m tests.benchmarks._queue`: how long the queue takes with 2,000 parked decisions, and
how many queries. Prints JSON. The pages come from the program, through its middleware, as a manager
sees them: what is measured is the server's work for one request.
"""

from __future__ import annotations

from tests.benchmarks._databases import Figures, tell

PARKED = 2_000
REQUESTS = 200


def measured() -> Figures:
    from functools import partial  # noqa: PLC0415

    from django.db import connection, transaction  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from negotiation.roles import Role  # noqa: PLC0415
    from tests import factories  # noqa: PLC0415
    from tests.benchmarks._timing import percentile_of  # noqa: PLC0415

    with transaction.atomic():
        _park(PARKED)
    client = Client()
    client.force_login(factories.person(Role.MANAGER))
    client.get("/approvals/")
    found: Figures = {}
    for name, address in (("first", "/approvals/"), ("last", "/approvals/?page=40")):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = client.get(address)
        if answer.status_code != 200 or len(answer.context["waiting"]) != 50:
            raise AssertionError(f"{address} does not show 50 decisions")
        found[f"{name}_queries"] = len(asked)
        found[f"{name}_p95_ms"] = percentile_of(partial(client.get, address), REQUESTS, 95)
    return found


def _park(count: int) -> None:
    """Real agreements of the shipped scenario, each with the package that it leads to."""
    from copy import copy  # noqa: PLC0415
    from datetime import timedelta  # noqa: PLC0415

    from django.utils import timezone  # noqa: PLC0415

    from negotiation.models import Decision, Negotiation  # noqa: PLC0415
    from negotiation.services import runs, sessions  # noqa: PLC0415
    from tests import factories  # noqa: PLC0415

    now = timezone.now()
    table = sessions.start(version=factories.version(), by=None, now=now, pace=0, seed=7)
    runs.run(negotiation_id=table.pk, clock=timezone.now)
    first = Decision.objects.select_related("negotiation").get(negotiation=table)
    agreed = first.negotiation
    for number in range(1, count):
        other = copy(agreed)
        other.pk, other.seed = None, number
        other._state = Negotiation()._state
        other.save(force_insert=True)
        decision = copy(first)
        decision.pk, decision.negotiation = None, other
        decision._state = Decision()._state
        decision.score = 35 + number % 55
        decision.due_at = now + timedelta(minutes=10 + number)
        decision.save(force_insert=True)


if __name__ == "__main__":
    tell(measured)
