"""`python -m tests.benchmarks._floor`: what the floor with 8,000 negotiations takes on PostgreSQL,
in milliseconds and queries. Prints JSON. One table on the first page has 10,000 messages. The pages
come from the program, through its middleware, as an operator sees them. `live` is what a page asks
for once a second; `cold` is the first page of a process, which has read no transcript yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks._databases import Figures, tell

if TYPE_CHECKING:
    from django.test import Client

    from negotiation.models import Decision, Negotiation

TABLES = 8_000
LONG = 10_000
REQUESTS = 100
ROWS = 50
EVERY_TRANSCRIPT = """
    INSERT INTO negotiation_message
        (negotiation_id, seq, round, sender, act, text, body, created_at)
    SELECT t.id, m.seq, m.round, m.sender, m.act, m.text, m.body, m.created_at
    FROM negotiation_negotiation t CROSS JOIN negotiation_message m
    WHERE m.negotiation_id = %s AND t.id <> %s
"""
LONG_TRANSCRIPT = """
    INSERT INTO negotiation_message
        (negotiation_id, seq, round, sender, act, text, body, created_at)
    SELECT m.negotiation_id, g, m.round, m.sender, m.act, m.text, m.body, m.created_at
    FROM negotiation_message m, generate_series(m.seq + %s, %s, %s) g
    WHERE m.negotiation_id = %s
"""
PAGES = {
    "first_page": "/",
    "last_page": "/?page=160",
    "filtered": "/?state=running&scenario=cloud-placement&since=30d&q=service",
    "stuck": "/?stuck=1",
}


def measured() -> Figures:
    from functools import partial  # noqa: PLC0415

    from django.test import Client  # noqa: PLC0415

    from negotiation import traces  # noqa: PLC0415
    from negotiation.models import Negotiation  # noqa: PLC0415
    from negotiation.roles import Role  # noqa: PLC0415
    from tests import factories  # noqa: PLC0415
    from tests.benchmarks._timing import percentile_of  # noqa: PLC0415

    _fill(TABLES)
    client = Client()
    client.force_login(factories.person(Role.OPERATOR))
    shown = Negotiation.objects.order_by("-pk").values_list("pk", flat=True)[:ROWS]
    live = f"/?shown={'.'.join(map(str, shown))}"
    found: Figures = {}
    client.get("/")
    for name, address in {**PAGES, "live": live}.items():
        traces.forget()
        found[f"{name}_queries"] = _queries(client, address, live=name == "live")
        ask = partial(_ask, client, address, live=name == "live")
        found[f"{name}_p95_ms"] = percentile_of(ask, REQUESTS, 95)
    cold = partial(_cold, client)
    found["cold_queries"] = found["first_page_queries"]
    found["cold_p95_ms"] = percentile_of(cold, REQUESTS // 2, 95)
    return found


def _ask(client: Client, address: str, *, live: bool = False) -> None:
    answer = client.get(address, headers={"HX-Request": "true"} if live else {})
    if answer.status_code != 200 or len(answer.context["rows"]) != ROWS:
        raise AssertionError(f"{address} does not show {ROWS} negotiations")


def _cold(client: Client) -> None:
    from negotiation import traces  # noqa: PLC0415

    traces.forget()
    _ask(client, "/")


def _queries(client: Client, address: str, *, live: bool) -> int:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as asked:
        _ask(client, address, live=live)
    return len(asked)


def _fill(count: int) -> None:
    """A real agreement of the shipped scenario with its decision, and many like it in every state;
    each has the transcript, and the newest a long one."""
    from django.db import connection, transaction  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from negotiation.models import Decision, Negotiation  # noqa: PLC0415
    from negotiation.services import runs, sessions  # noqa: PLC0415
    from tests import factories  # noqa: PLC0415

    with transaction.atomic():
        agreed = sessions.start(
            version=factories.version(), by=None, now=timezone.now(), pace=0, seed=7
        )
    runs.run(negotiation_id=agreed.pk, clock=timezone.now)
    agreed.refresh_from_db()
    decision = Decision.objects.get(negotiation=agreed)
    made = Negotiation.objects.bulk_create(
        [_like(agreed, number) for number in range(1, count)], batch_size=1_000
    )
    decided = [table for table in made if table.status == Negotiation.Status.AGREED]
    Decision.objects.bulk_create(
        [_decision_like(decision, table) for table in decided], batch_size=1_000
    )
    with connection.cursor() as cursor:
        cursor.execute(EVERY_TRANSCRIPT, [agreed.pk, agreed.pk])
        cursor.execute(LONG_TRANSCRIPT, [agreed.head, LONG, agreed.head, made[-1].pk])
        cursor.execute("ANALYZE")
    Negotiation.objects.filter(pk=made[-1].pk).update(head=LONG)


def _like(agreed: Negotiation, number: int) -> Negotiation:
    """A third talks, a third is decided, a third is not carried out; one in ten stands still."""
    from copy import copy  # noqa: PLC0415
    from datetime import timedelta  # noqa: PLC0415

    from negotiation.models import Negotiation  # noqa: PLC0415

    other = copy(agreed)
    other.pk, other.seed = None, number
    other._state = Negotiation()._state
    states = Negotiation.Status
    other.status = (states.RUNNING, states.AGREED, states.NO_AGREEMENT)[number % 3]
    if other.status != states.AGREED:
        other.agreement, other.summary = None, {"ending": {"asks": number % 2 == 0}}
    if other.status == states.RUNNING:
        ahead = timedelta(hours=-1 if number % 10 == 0 else 1)
        other.next_at, other.finished_at = agreed.opened_at + ahead, None
    return other


def _decision_like(decision: Decision, table: Negotiation) -> Decision:
    from copy import copy  # noqa: PLC0415

    from negotiation.models import Decision  # noqa: PLC0415

    other = copy(decision)
    other.pk, other.negotiation = None, table
    other._state = Decision()._state
    return other


if __name__ == "__main__":
    tell(measured)
