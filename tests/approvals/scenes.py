"""Decisions on real agreements of a small scenario, and the world around them."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from copy import deepcopy
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.utils import timezone

from approvals import tasks as upkeep
from approvals.models import Review
from approvals.services import amendments, reviews, send_backs
from negotiation import dispatch, tasks
from negotiation.engine.messages import Act, Evidence
from negotiation.engine.requirements import Requirement
from negotiation.executors import EXECUTORS
from negotiation.models import Decision, Message, Negotiation, ScenarioVersion
from negotiation.models import scenarios as stored
from negotiation.scenarios import catalogues, compilers
from negotiation.scenarios.catalogues import Catalogue
from negotiation.scenarios.compilers import CompiledScenario
from negotiation.scenarios.schema import ScenarioDocument
from negotiation.services import runs, scenarios, sessions
from tests import factories
from tests.approvals.doubles import BEGINNING, Broker, Clock, Target
from tests.negotiation.scenarios.small import SMALL

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from negotiation.engine.messages import Option

OPEN = ["parked", "sent_back", "cleared", "executing"]
LONGER_THAN_EVERYTHING = 40  # days: windows, permissions, leases, pauses between attempts


@dataclass
class World:
    """Everything outside the database."""

    clock: Clock = field(default_factory=Clock)
    broker: Broker = field(default_factory=Broker)
    target: Target = field(default_factory=Target)
    dearer: bool = False
    """The catalogue has another price than when the tables agreed."""

    @classmethod
    def made(cls, patch: pytest.MonkeyPatch) -> World:
        """A world that the program lives in until the patch is undone."""
        world = cls()
        patch.setattr(timezone, "now", world.clock)
        patch.setattr(dispatch, "current_app", world.broker)
        patch.setitem(EXECUTORS, "webhook", world.target)
        _with_prices(world, patch)
        return world

    def begin_again(self) -> None:
        self.clock.now, self.dearer = BEGINNING, False
        self.broker.begin_again()
        self.target.begin_again()

    def look_for_the_forgotten(self) -> None:
        """What runs every second or so: the sweep, and what ends overdue decisions."""
        upkeep.fire_timers()
        tasks.sweep()

    def come_to_rest(
        self, committed: Callable[[], AbstractContextManager[None]] = nullcontext
    ) -> None:
        """A target that answers, and time enough: every row must find its end by itself.

        `committed` runs the hooks where the test itself is one transaction.
        """
        self.target.answer = "ok"
        for _ in range(6):
            with committed():
                self.look_for_the_forgotten()
            with committed():
                self.broker.deliver(times=2)
            if not Decision.objects.filter(status__in=OPEN).exists():
                return
            self.clock.forward(days=LONGER_THAN_EVERYTHING)
        raise AssertionError("A decision never came to an end.")


def _with_prices(world: World, patch: pytest.MonkeyPatch) -> None:
    known: dict[tuple[str, bool], CompiledScenario] = {}
    usual = catalogues.load

    def load(name: str) -> Catalogue:
        return _dearer(usual(name)) if world.dearer else usual(name)

    def compiled(document: ScenarioDocument) -> CompiledScenario:
        key = (document.model_dump_json(), world.dearer)
        if key not in known:
            compilers._compiled.cache_clear()
            known[key] = compilers.compile_scenario(document)
            compilers._compiled.cache_clear()
        return known[key]

    patch.setattr(catalogues, "load", load)
    patch.setattr(stored, "compile_scenario", compiled)


def _dearer(catalogue: Catalogue) -> Catalogue:
    prices = catalogue.tables["prices"]
    rows = {
        key: {name: cell * 1.1 if isinstance(cell, float) else cell for name, cell in row.items()}
        for key, row in prices.rows.items()
    }
    tables = {**catalogue.tables, "prices": replace(prices, rows=rows)}
    return replace(catalogue, tables=MappingProxyType(tables))


_WITHOUT_A_CATALOGUE: dict[str, Any] = {
    "catalogue": None,
    "lookups": [],
    "constraints": [],
    "measures": [
        {"name": "monthly_cost", "label": "Cost", "formula": "400 - share"},
        {"name": "round_trip", "label": "Round trip", "formula": "share / 10"},
        {"name": "strain", "label": "Strain", "unit": "%", "formula": "load * share / 100"},
    ],
}


def version(*, automatic: bool = False, short: bool = False, people: int = 1) -> ScenarioVersion:
    """The small scenario; its agreements are cleared by the policy or wait for `people`.

    `short`: without a catalogue, so that its packages are short.
    """
    document = deepcopy(SMALL)
    document["name"] = "automatic" if automatic else "short" if short else "reviewed"
    if short:
        document |= _WITHOUT_A_CATALOGUE
    document["executor"] = {"kind": "webhook", "target": "demo"}
    policy: dict[str, Any] = {"gates": [], "review_from": 89} if automatic else {"review_from": 0}
    document["policy"] |= policy | {"tiers": [{"people": people}]}
    return scenarios.import_document(
        document=ScenarioDocument.model_validate(document),
        author=None,
        note="For a test",
        now=timezone.now(),
    )


def agreed(version: ScenarioVersion) -> Decision:
    """What a real table leaves behind."""
    table = sessions.start(version=version, by=None, now=timezone.now(), pace=0, seed=7)
    runs.run(negotiation_id=table.pk, clock=timezone.now)
    decisions = Decision.objects.select_related("negotiation__version__scenario")
    return decisions.get(negotiation=table)


def approve(decision: Decision, by: User, key: str = "") -> Review:
    """Of exactly the package that `decision` was read with."""
    return reviews.approve(**_seen(decision), by=by, now=timezone.now(), key=key)


def reject(decision: Decision, by: User, key: str = "") -> Review:
    return reviews.reject(**_seen(decision), by=by, reason="Too dear", now=timezone.now(), key=key)


def amend(decision: Decision, by: User, key: str = "", **changes: Option) -> Review:
    """The agreed offer with other options on some issues."""
    offer = decision.agreed | changes
    return amendments.amend(
        **_seen(decision), by=by, offer=offer, reason="Better so", now=timezone.now(), key=key
    )


def withdraw(decision: Decision, by: User, key: str = "") -> Review:
    return reviews.withdraw(
        **_seen(decision), by=by, reason="Not wanted", now=timezone.now(), key=key
    )


def send_back(decision: Decision, by: User, key: str = "") -> Review:
    """Whatever they agree on next, it is in another region than now."""
    other = Requirement(subject="region", test="not_in", limit=(decision.agreed["region"],))
    return send_backs.send_back(
        **_seen(decision),
        by=by,
        reason="Another region",
        requirements=(other,),
        now=timezone.now(),
        key=key,
    )


def _seen(decision: Decision) -> dict[str, Any]:
    return {
        "decision_id": decision.pk,
        "seen_hash": decision.package_hash,
        "seen_revision": decision.revision,
    }


def edit_scenario(version: ScenarioVersion, by: User) -> ScenarioVersion:
    """A new version; the tables that have agreed keep theirs."""
    scenario = version.scenario
    scenario.refresh_from_db()
    document = deepcopy(scenario.versions.latest("number").document)
    document["policy"]["tiers"][0]["window_hours"] += 1
    return scenarios.save_version(
        scenario=scenario,
        document=ScenarioDocument.model_validate(document),
        author=by,
        note="Another window",
        now=timezone.now(),
    )


def stop(decision: Decision, by: User) -> None:
    sessions.stop(
        negotiation_id=decision.negotiation_id, by=by, reason="Not now", now=timezone.now()
    )


def tell_a_figure(decision: Decision, mean: float) -> None:
    """Somebody says at the table, after it agreed, what the decision had only assumed."""
    table = decision.negotiation
    seq = table.messages.latest("seq").seq + 1
    figure = Evidence(fact="load", mean=mean, sd=1, source="Monitoring", root="monitoring")
    move = factories.move(seq, sender="speed", act=Act.INFORM, evidence=figure)
    Message.from_move(table, move, timezone.now()).save()
    Negotiation.objects.filter(pk=table.pk).update(head=seq)
