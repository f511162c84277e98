"""One of everything that a page can show, made by the services that make it in use."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from django.db.models import Model
from django.utils import timezone

from approvals.services import delegations
from negotiation.engine.requirements import Requirement
from negotiation.models import (
    Decision,
    Execution,
    Negotiation,
    PolicyChange,
    Report,
    Scenario,
    ScenarioVersion,
    Stop,
)
from negotiation.services import mandates, reports, sessions, switches
from tests import factories
from tests.approvals import scenes
from tests.negotiation.policies import proposals
from tests.negotiation.services.test_imposed import stubborn

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from tests.stack import Stack

WITHIN = 60.0
DAY = timedelta(days=1)
Row = TypeVar("Row", bound=Model)
Say = Callable[[str], str]
Import = Callable[[str], ScenarioVersion]


@dataclass(frozen=True)
class Showroom:
    """`values` fill the addresses of pages: one for each kind of row that a page is about."""

    running: Negotiation
    asking: Negotiation
    parked: Decision
    executed: Decision
    change: PolicyChange

    @classmethod
    def furnished(
        cls, live: Stack, say: Say = str, version: Import = factories.version
    ) -> Showroom:
        """Waits until the workers have brought every table to where it belongs. `say` may make
        something else of what people write, `version` of the shipped scenarios.
        """
        cloud, batch = version("cloud-placement"), version("batch-placement")
        tables = {
            "executed": _start(live, batch, pace=0),
            "parked": _start(live, cloud, pace=0),
            "other": _start(live, cloud, pace=0, seed=8),
            "running": _start(live, cloud, pace=0.1),
            "asking": _start(live, stubborn("mediate", "ask", "status_quo"), pace=0),
            "held": _start(live, cloud, pace=60),
        }
        running = one_of(Negotiation.objects.filter(pk=tables["running"].pk, head__gte=6))
        _pause(live, running, say)
        _stop_and_lift(live, tables["held"], say)
        executed = one_of(
            Decision.objects.filter(negotiation=tables["executed"], status="executed")
        )
        _report(live, executed, say)
        parked = one_of(Decision.objects.parked().filter(negotiation=tables["parked"]))
        other = one_of(Decision.objects.parked().filter(negotiation=tables["other"]))
        scenes.reject(other, live.people["manager"])
        _delegate(live, say)
        _mandate(live, cloud, say)
        return cls(
            running=running,
            asking=one_of(Negotiation.objects.asking().filter(pk=tables["asking"].pk)),
            parked=parked,
            executed=executed,
            change=proposals.parked(cloud, live.people["admin"]),
        )


def one_of(rows: QuerySet[Row]) -> Row:
    """The row, as soon as there is one."""
    deadline = time.monotonic() + WITHIN
    while (found := rows.first()) is None:
        if time.monotonic() > deadline:
            raise AssertionError(f"Nothing came of {rows.query}")
        time.sleep(0.1)
    return found


def _start(live: Stack, version: ScenarioVersion, *, pace: float, seed: int = 7) -> Negotiation:
    by = live.people["operator"]
    return sessions.start(version=version, by=by, now=timezone.now(), pace=pace, seed=seed)


def _pause(live: Stack, table: Negotiation, say: Say) -> None:
    sessions.pause(
        negotiation_id=table.pk,
        by=live.people["operator"],
        reason=say("Waiting for the new prices"),
        now=timezone.now(),
    )


def _stop_and_lift(live: Stack, table: Negotiation, say: Say) -> None:
    """A stop that stands, and one that stood."""
    by = live.people["manager"]
    for seat, table_id in (("cost", None), ("", table.pk)):
        stop = switches.stop(
            scope=Stop.Scope.AGENT if seat else Stop.Scope.NEGOTIATION,
            seat=seat,
            negotiation_id=table_id,
            by=by,
            reason=say("Its prices are of last year"),
            now=timezone.now(),
        )
        if seat:
            switches.lift(stop_id=stop.pk, by=by, reason=say("Looked into"), now=timezone.now())


def _report(live: Stack, decision: Decision, say: Say) -> None:
    reports.record(
        execution=Execution.objects.get(decision=decision),
        by=live.people["operator"],
        outcome=Report.Outcome.INCIDENT,
        note=say("The runs of the first night came late"),
        now=timezone.now(),
    )


def _delegate(live: Stack, say: Say) -> None:
    now = timezone.now()
    delegations.give(
        giver=live.people["senior"],
        receiver=live.people["deputy"],
        ends=now + DAY,
        now=now,
        away=True,
        reason=say("On a train"),
    )


def _mandate(live: Stack, version: ScenarioVersion, say: Say) -> None:
    now = timezone.now()
    mandates.give(
        scenario=Scenario.objects.get(pk=version.scenario_id),
        by=live.people["manager"],
        requirements=[Requirement(subject="spot_share", test="at_most", limit=50)],
        max_count=5,
        max_harm=0.5,
        expires_at=now + DAY,
        reason=say("The weekend's moves"),
        now=now,
    )
