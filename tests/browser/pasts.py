"""A fortnight of work on an empty database, for pictures.

Every row is made by the service that makes it in use. Only the time is told, and the target that
packages are sent to is a double.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from approvals.services import reviews
from negotiation.models import (
    Decision,
    Execution,
    Message,
    Negotiation,
    Report,
    Scenario,
    ScenarioVersion,
)
from negotiation.scenarios.loaders import from_data
from negotiation.services import demo, execution, policies, reports, runs, sessions
from tests.approvals import scenes
from tests.approvals.scenes import World

DAYS = 14
OPENS, CLOSES = 8, 18
TABLES_A_DAY = 4
HOUR = timedelta(hours=1)
KINDS = ("cloud-placement", "batch-placement", "batch-placement")
DOUBTS = (
    "A year is too long while the contract is being renegotiated",
    "Not before the audit in Belgium is through",
    "The spot share is more than on-call can take in December",
)
# Day, scenario, what changes in its policy, and why.
CHANGES: tuple[tuple[int, str, dict[str, Any], str], ...] = (
    (5, "cloud-placement", {"review_from": 30}, "Two moves were undone in October: more eyes"),
    (9, "batch-placement", {"audit_share": 0.2}, "Look at one night in five"),
)


def make() -> None:
    """Needs an empty database that is migrated."""
    today = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    # There is no message server yet, and nobody to tell.
    logging.disable(logging.WARNING)
    with pytest.MonkeyPatch.context() as patch:
        past = Past(World.made(patch), today - timedelta(days=DAYS))
        past.begin()
        for number in range(DAYS):
            past.day(number)


@dataclass
class Past:
    world: World
    first: datetime
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    people: dict[str, User] = field(default_factory=dict)

    def begin(self) -> None:
        """People and scenarios. The demo's own tables end at once; the program begins new ones."""
        self.world.clock.now = self.first
        demo.prepare(now=self.first)
        self.people = {user.username: user for user in User.objects.all()}
        for table in Negotiation.objects.active():
            sessions.stop(
                negotiation_id=table.pk,
                by=self.people["operator"],
                reason="Only a trial",
                now=self.first,
            )

    def day(self, number: int) -> None:
        """A few tables, what people make of them, and perhaps another policy in the evening."""
        day = self.first + timedelta(days=number)
        for hour in sorted(self.chance.sample(range(OPENS, CLOSES), TABLES_A_DAY)):
            self.world.clock.now = day.replace(hour=hour, minute=self.chance.randrange(60))
            self.table(_current(self.chance.choice(KINDS)))
        self.world.clock.now = day.replace(hour=CLOSES)
        for when, slug, policy, note in CHANGES:
            if when == number:
                self.save(_current(slug), policy, note)

    def table(self, version: ScenarioVersion) -> None:
        """From its opening to the report of what came of it."""
        table = sessions.start(
            version=version,
            by=self.people["operator"],
            now=self.world.clock.now,
            pace=0,
            seed=self.chance.randrange(10_000),
        )
        runs.run(negotiation_id=table.pk, clock=self.world.clock)
        decision = Decision.objects.filter(negotiation=table).first()
        if decision:
            self.judge(decision)
            self.carry_out(decision)

    def judge(self, decision: Decision) -> None:
        """Most are approved by as many as it takes; some are rejected, some nobody looks at."""
        mood = self.chance.random()
        for name in ("manager", "deputy", "senior"):
            decision.refresh_from_db()
            if decision.status != Decision.Status.PARKED or mood < 0.1:
                return
            self.world.clock.forward(minutes=1 + self.chance.expovariate(1 / 25))
            if mood < 0.3:
                self.reject(decision, self.people[name])
                continue
            # The highest tier asks first what one would do oneself: it waits for the pictures.
            with suppress(reviews.MayNotApprove):
                scenes.approve(decision, self.people[name])

    def reject(self, decision: Decision, by: User) -> None:
        reviews.reject(
            decision_id=decision.pk,
            by=by,
            seen_hash=decision.package_hash,
            seen_revision=decision.revision,
            reason=self.chance.choice(DOUBTS),
            now=self.world.clock.now,
        )

    def carry_out(self, decision: Decision) -> None:
        """And says afterwards how it went, for most."""
        execution.execute(decision_id=decision.pk, clock=self.world.clock)
        done = Execution.objects.filter(decision=decision, status="succeeded").first()
        if done is None or self.chance.random() < 0.3:
            return
        bad = self.chance.random() < 0.12
        self.world.clock.now += HOUR
        reports.record(
            execution=done,
            by=self.people["operator"],
            outcome=Report.Outcome.ROLLED_BACK if bad else Report.Outcome.OK,
            note="Customers waited; it was undone within the hour" if bad else "",
            measured=list(self.measured(decision.negotiation)),
            now=self.world.clock.now,
        )

    def measured(self, table: Negotiation) -> Iterator[dict[str, Any]]:
        """What agents claimed about facts, as it then turned out: near it, for most."""
        told = Message.objects.filter(negotiation=table, act="inform")
        claims = {said.body["evidence"]["fact"]: said.body["evidence"] for said in told}
        for fact, claim in claims.items():
            off = self.chance.gauss(0, 1) if self.chance.random() < 0.9 else 3.5
            value = claim["mean"] + off * (claim["sd"] or 1)
            yield {"name": fact, "value": round(max(value, 0), 3), "sd": claim["sd"] / 4}

    def save(self, version: ScenarioVersion, policy: dict[str, Any], note: str) -> None:
        data = version.document | {"policy": version.document["policy"] | policy}
        policies.save(
            scenario=version.scenario,
            document=from_data(data, source=note),
            author=self.people["admin"],
            note=note,
            now=self.world.clock.now,
        )


def _current(slug: str) -> ScenarioVersion:
    version = Scenario.objects.get(slug=slug).current
    if version is None:
        raise AssertionError(f"{slug} has been imported")
    return version
