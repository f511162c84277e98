"""`python -m tests.benchmarks._transcripts`: how long the page of a talk of 10,000 messages
takes, and its parts, and how many queries. Prints JSON. The pages come from the program, through
its middleware, as an operator sees them: what is measured is the server's work for one request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks._databases import Figures, tell

if TYPE_CHECKING:
    from django.test import Client

    from negotiation.models import Message, Negotiation

MESSAGES = 10_000
REQUESTS = 40


def measured() -> Figures:
    from django.db import connection, transaction  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import (  # noqa: PLC0415
        setup_test_environment,
        teardown_test_environment,
    )

    from negotiation.roles import Role  # noqa: PLC0415
    from tests import factories  # noqa: PLC0415

    with transaction.atomic():
        table = talked(MESSAGES)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client(SERVER_NAME="localhost")
    client.force_login(factories.person(Role.OPERATOR))
    # Under test, every template that is rendered is kept with a copy of its context.
    teardown_test_environment()
    try:
        return _figures(client, table.pk)
    finally:
        setup_test_environment()


def _figures(client: Client, number: int) -> Figures:
    from functools import partial  # noqa: PLC0415

    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from tests.benchmarks._timing import percentile_of  # noqa: PLC0415

    home = f"/negotiations/{number}/"
    pages = {
        "page": home,
        "permalink": f"{home}?at=5000",
        "search": f"{home}?q=frankfurt&agent=cost",
        "older": f"{home}messages/?before=9000",
        "replay": f"{home}replay/?at=9000",
        "moment": f"{home}replay/moment/?at=5000",
    }
    found: Figures = {}
    for name, address in pages.items():
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        if answer.status_code != 200 or b"#m" not in answer.content:
            raise AssertionError(f"{address} does not show messages")
        found[f"{name}_queries"] = len(asked)
        found[f"{name}_p95_ms"] = percentile_of(partial(client.get, address), REQUESTS, 95)
    return found


def talked(count: int) -> Negotiation:
    """A real talk of the shipped scenario, said again and again until it is so long."""
    from itertools import cycle, islice  # noqa: PLC0415

    from django.utils import timezone  # noqa: PLC0415

    from negotiation.models import Message, Negotiation  # noqa: PLC0415
    from negotiation.services import runs, sessions  # noqa: PLC0415
    from tests import factories  # noqa: PLC0415

    now = timezone.now()
    table = sessions.start(version=factories.version(), by=None, now=now, pace=0, seed=7)
    runs.run(negotiation_id=table.pk, clock=timezone.now)
    said = list(Message.objects.filter(negotiation=table))
    more = islice(cycle(said), count - len(said))
    Message.objects.bulk_create(
        (_again(message, seq) for seq, message in enumerate(more, len(said) + 1)), batch_size=1_000
    )
    Negotiation.objects.filter(pk=table.pk).update(head=count)
    return Negotiation.objects.get(pk=table.pk)


def _again(message: Message, seq: int) -> Message:
    from negotiation.models import Message as Row  # noqa: PLC0415

    return Row(
        negotiation_id=message.negotiation_id,
        seq=seq,
        round=message.round,
        sender=message.sender,
        act=message.act,
        text=message.text,
        body={**message.body, "seq": seq},
        created_at=message.created_at,
    )


if __name__ == "__main__":
    tell(measured)
