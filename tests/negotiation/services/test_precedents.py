"""What the judge reads of the past: reports, precedents, and what was lost lately."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from negotiation.engine.risk import RiskInputs, assess
from negotiation.models import Decision, Execution, Negotiation, Report
from negotiation.scenarios.judgements import History
from negotiation.services import precedents, runs, sessions
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def first() -> Decision:
    """A shipped agreement, judged without any past."""
    pinned = factories.version("batch-placement")
    table = sessions.start(version=pinned, by=None, now=timezone.now(), pace=0, seed=7)
    runs.run(negotiation_id=table.pk, clock=timezone.now)
    return Decision.objects.get(negotiation=table)


def again(like: Decision, **fields: Any) -> Decision:
    table = like.negotiation
    return factories.decision(
        **{
            "negotiation": factories.negotiation(
                status=Negotiation.Status.AGREED, version=table.version, agreement=table.agreement
            ),
            "status": Decision.Status.EXECUTED,
            "route": Decision.Route.AUTO,
            "cleared_at": timezone.now() - timedelta(days=2),
            "features": like.features,
            "action_class": like.action_class,
            **fields,
        }
    )


def reported(decision: Decision, *outcomes: str) -> Decision:
    now = timezone.now()
    execution = Execution.objects.create(
        decision=decision,
        grant=factories.grant(decision),
        idempotency_key=f"key-{decision.pk}",
        kind="webhook",
        target="demo",
        status=Execution.Status.SUCCEEDED,
        started_at=now,
        finished_at=now,
    )
    for number, outcome in enumerate(outcomes, 1):
        Report.objects.create(
            execution=execution,
            outcome=outcome,
            target="demo",
            call=f"{number}",
            reported_at=now,
            replaced_at=None if number == len(outcomes) else now,
        )
    return decision


def history(of: Decision) -> History:
    table = factories.negotiation(version=of.negotiation.version)
    return precedents.history(negotiation=table, features=of.features, now=timezone.now())


def test_the_first_of_its_kind_knows_nothing(first: Decision) -> None:
    before = first.features["before"]
    assert (before["reports"], before["bad"], before["novelty"]) == (0, 0, 1.0)
    assert before["lost"] == {}


def test_the_present_reports_of_the_same_class_count(first: Decision) -> None:
    for outcomes in (("ok",), ("amended",), ("rolled_back",), ("incident",), ("incident", "ok")):
        reported(again(first), *outcomes)
    reported(again(first, action_class="f" * 64), "incident")
    known = history(first)
    assert (known.reports, known.bad, known.calibrated_reports) == (5, 2, 5)


def test_confidence_that_nobody_stated_calibrates_nothing(first: Decision) -> None:
    reported(again(first, confidence=0), "ok")
    assert history(first).calibrated_reports == 0


def test_other_seats_another_target_or_a_dry_run_are_another_class(first: Decision) -> None:
    same = precedents.class_of(first.features)
    assert same == first.action_class
    for change in (
        {"seats": ["cost"]},
        {"service": "another"},
        {"executor": "dry-run"},
        {"action": "delete"},
    ):
        assert precedents.class_of(first.features | change) != same


def test_what_was_done_fifty_times_is_not_novel_and_what_was_not_is(first: Decision) -> None:
    for _ in range(49):
        again(first)
    assert history(first).novelty == 1
    again(first)
    assert history(first).novelty == 0
    first.features["effects"] = dict.fromkeys(first.features["effects"], 9000000000.0)
    assert history(first).novelty == 1


@pytest.mark.parametrize("status", ["rejected", "expired", "void", "parked"])
def test_what_was_turned_down_is_no_precedent(first: Decision, status: str) -> None:
    cleared = {"cleared_at": timezone.now()} if status == "void" else {"cleared_at": None}
    for _ in range(50):
        again(first, status=status, due_at=timezone.now(), **cleared)
    assert history(first).novelty == 1


def test_what_was_lost_on_the_same_target_in_24_hours_counts(first: Decision) -> None:
    losses = {"cost": {"value": 100.0, "unit": "$"}, "risk": {"value": None, "unit": ""}}
    first.features |= {"losses": losses}
    now, hour = timezone.now(), timedelta(hours=1)
    Decision.objects.all().update(cleared_at=now - timedelta(days=9))
    again(first, cleared_at=now - hour)
    again(first, cleared_at=now - hour, status=Decision.Status.CLEARED)
    again(first, cleared_at=now - 25 * hour)
    again(first, cleared_at=None, status=Decision.Status.REJECTED)
    for change in (
        {"service": "another"},
        {"executor": "dry-run"},
        {"losses": {"cost": {"value": 7.0, "unit": "kg"}}},
        {"losses": {"cost": {"value": -50.0, "unit": "$"}}},
    ):
        again(first, cleared_at=now - hour, features=first.features | change)
    assert history(first).lost == {"cost": 200.0}


def test_a_decision_that_is_judged_anew_does_not_count_itself(first: Decision) -> None:
    own = precedents.history(
        negotiation=first.negotiation, features=first.features, now=timezone.now()
    )
    assert own.lost == {}
    assert history(first).lost != {}


def test_the_past_reaches_the_score(first: Decision) -> None:
    scenario = first.negotiation.version.compiled()
    dimension = scenario.document.policy.risk.dimensions[0]
    kept = first.features["losses"][dimension.name]["value"]
    inputs = first.judgement["risk"]
    assert inputs is not None
    for _ in range(3):
        reported(again(first, cleared_at=timezone.now()), "incident")
    table = sessions.start(
        version=first.negotiation.version, by=None, now=timezone.now(), pace=0, seed=7
    )
    runs.run(negotiation_id=table.pk, clock=timezone.now)
    second = Decision.objects.get(negotiation=table)
    assert second.features["before"]["lost"][dimension.name] == pytest.approx(
        # The first one is cleared and counts, too.
        4 * max(kept, 0)
    )
    assert (second.score or 0) > (first.score or 0)
    factors = {one["name"]: one for one in second.judgement["risk"]["factors"]}
    assert factors["failure"]["text"].startswith("3 of 3")


def test_the_stored_features_give_the_same_score_again(first: Decision) -> None:
    kept, policy = first.features, first.negotiation.version.compiled().document.policy.risk
    summary, before = kept["summary"], kept["before"]
    values = kept["stated"] | kept["options"] | kept["effects"]
    by = policy.reversibility

    def figure(stated: float | str) -> float:
        return float(values[stated]) if isinstance(stated, str) else stated

    risk = assess(
        RiskInputs(
            reports=before["reports"],
            bad=before["bad"],
            severity={
                part.label: (kept["losses"][part.name]["value"] + before["lost"].get(part.name, 0))
                / part.tolerance
                for part in policy.dimensions
            },
            affected=figure(policy.affected),
            population=figure(policy.population),
            reversibility=by if isinstance(by, float | int) else by.levels[str(values[by.by])],
            stance_entropy=summary["stance_entropy"],
            min_surplus=summary["min_surplus"],
            novelty=before["novelty"],
            confidence=summary["confidence"],
            calibrated_reports=before["calibrated_reports"],
        )
    )
    assert risk.to_dict() == first.judgement["risk"]
