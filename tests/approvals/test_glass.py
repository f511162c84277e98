"""Break-glass: one person, one package, one hour; looked at by somebody else within a day."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from approvals.models import GlassReview
from approvals.services import emergencies, reviews
from approvals.services.calls import KeyReused
from negotiation.models import AuditEntry, Decision, Execution, Grant, Stop
from negotiation.roles import Role
from negotiation.services import glass, switches
from tests import factories
from tests.approvals import scenes
from tests.approvals.safeguards import REASON, execute, smash
from tests.approvals.scenes import World

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]


@pytest.fixture
def senior(db: None) -> User:
    return factories.person(Role.SENIOR)


def refused(*, hard: bool = False) -> Decision:
    """What the policy refuses for its score alone, or for breaking a hard rule as well."""
    decision = scenes.agreed(scenes.version(people=2))
    found = [{"rule": "risk", "subject": "risk", "text": "Too risky.", "forces": "refuse"}]
    if hard:
        broken = {"rule": "residency", "subject": "country", "text": "No.", "forces": "refuse"}
        found.append(broken)
    Decision.objects.filter(pk=decision.pk).update(
        status="refused", route="refuse", judgement=decision.judgement | {"findings": found}
    )
    decision.refresh_from_db()
    return decision


@pytest.mark.parametrize("role", [Role.SENIOR, Role.ADMIN])
def test_one_person_clears_what_needs_two_and_it_is_carried_out(world: World, role: Role) -> None:
    decision = scenes.agreed(scenes.version(people=2))
    person = factories.person(role)
    review = smash(decision, person)
    decision.refresh_from_db()
    assert (decision.status, decision.cleared_by, decision.approvals) == ("cleared", person, 0)
    assert (decision.glass_broken_by, decision.glass_reason) == (person, REASON)
    assert review.due_at == world.clock.now + timedelta(hours=24)
    grant = Grant.objects.get(decision=decision)
    assert grant.expires_at == world.clock.now + timedelta(hours=1)
    entry = AuditEntry.objects.get(action="glass.broken")
    assert (entry.user, entry.details["reason"]) == (person, REASON)
    assert (entry.details["package"], entry.details["was"]) == (decision.package_hash, "parked")
    assert execute(decision).status == "executed"
    assert len(world.target.effects) == 1


def test_four_eyes_do_not_bind_and_it_is_recorded_that_they_would_have(
    world: World, senior: User
) -> None:
    decision = scenes.agreed(scenes.edit_scenario(scenes.version(), senior))
    with pytest.raises(reviews.MayNotApprove):
        scenes.approve(decision, senior)
    smash(decision, senior)
    assert "author of version" in AuditEntry.objects.get(action="glass.broken").details["excluded"]
    assert execute(decision).status == "executed"


def test_what_is_refused_only_for_its_score_can_be_cleared_so(world: World, senior: User) -> None:
    decision = refused()
    smash(decision, senior)
    assert execute(decision).status == "executed"


def test_what_breaks_a_hard_rule_stays_refused(world: World, senior: User) -> None:
    decision = refused(hard=True)
    with pytest.raises(glass.NotBreakable, match="more than its score"):
        smash(decision, senior)
    decision.refresh_from_db()
    assert decision.status == "refused"


def test_a_rule_is_asked_again_and_not_only_what_the_judge_had_found(
    world: World, senior: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    decision = refused()
    broken = type("Finding", (), {"text": "Data stays in Germany."})()
    monkeypatch.setattr(glass, "findings_under", lambda *_: ((broken,), ()))
    with pytest.raises(glass.NotBreakable, match="hard rule"):
        smash(decision, senior)


@pytest.mark.parametrize("status", ["rejected", "expired", "void", "withdrawn"])
def test_what_is_over_stays_over(world: World, senior: User, status: str) -> None:
    decision = factories.decision(status=status)
    with pytest.raises(glass.NotBreakable):
        smash(decision, senior)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.MANAGER, Role.SERVICE])
def test_only_seniors_and_admins_break_it(world: World, role: Role) -> None:
    with pytest.raises(emergencies.NotAllowed):
        smash(scenes.agreed(scenes.version()), factories.person(role))


def test_the_reason_is_long_enough_and_the_package_is_typed(world: World, senior: User) -> None:
    decision = scenes.agreed(scenes.version())
    for reason in ("", "Now!", " " * 30, "nineteen characters"):
        with pytest.raises(emergencies.ReasonTooShort):
            smash(decision, senior, reason=reason)
    for typed in ("", "yes", decision.short_hash[:11], "ä" * 12):
        with pytest.raises(emergencies.NotConfirmed):
            smash(decision, senior, typed=typed)
    assert not GlassReview.objects.exists()
    smash(decision, senior, typed=f" {decision.short_hash.upper()} ")


def test_another_package_or_another_state_is_not_cleared(world: World, senior: User) -> None:
    decision = scenes.agreed(scenes.version())
    with pytest.raises(reviews.NotParked):
        smash(decision, senior, seen_hash="0" * 64)
    with pytest.raises(reviews.NotParked):
        smash(decision, senior, seen_revision=decision.revision + 1)


def test_the_same_call_again_is_one_and_another_with_its_key_is_told(
    world: World, senior: User
) -> None:
    decision = scenes.agreed(scenes.version())
    assert smash(decision, senior) == smash(decision, senior)
    with pytest.raises(KeyReused):
        smash(decision, senior, reason="Quite another reason than before")
    assert GlassReview.objects.count() == 1


def test_it_clears_under_a_stop_and_a_later_stop_holds_it(
    world: World, senior: User, manager: User
) -> None:
    def stopped(scope: Stop.Scope, **over: Any) -> None:
        world.clock.forward(seconds=1)
        switches.stop(scope=scope, by=manager, reason="Odd", now=timezone.now(), **over)
        world.clock.forward(seconds=1)

    first, second = (scenes.agreed(scenes.version()) for _ in range(2))
    stopped(Stop.Scope.GLOBAL)
    for decision in (first, second):
        smash(decision, senior)
    stopped(Stop.Scope.NEGOTIATION, negotiation_id=second.negotiation_id)
    assert execute(first).status == "executed"
    assert execute(second).status == "parked"
    assert second.glass_broken_by is None


def test_an_attempt_under_a_stop_goes_on_for_broken_glass(
    world: World, senior: User, manager: User
) -> None:
    decision = scenes.agreed(scenes.version())
    switches.stop(scope=Stop.Scope.GLOBAL, by=manager, reason="Odd", now=timezone.now())
    world.clock.forward(seconds=1)
    smash(decision, senior)
    world.target.answer = "busy"
    assert execute(decision).status == "executing"
    world.target.answer = "ok"
    world.clock.forward(hours=1)
    assert Execution.objects.due(timezone.now()).unstopped().exists()
    assert execute(decision).status == "executed"


def test_no_wins_until_a_worker_begins(world: World, senior: User, manager: User) -> None:
    for decision in (scenes.agreed(scenes.version()), refused()):
        smash(decision, senior)
        decision.refresh_from_db()
        scenes.reject(decision, manager)
        assert execute(decision).status == "rejected"
    assert not world.target.calls


def test_what_comes_back_is_an_ordinary_case_again(world: World, senior: User) -> None:
    decision = scenes.agreed(scenes.version(people=2))
    smash(decision, senior)
    world.clock.forward(hours=1)
    assert execute(decision).status == "parked"
    assert "expired before it was used" in decision.returned_because
    assert (decision.glass_broken_by, decision.glass_reason) == (None, "")
    assert GlassReview.objects.open().count() == 1


def test_another_person_looks_at_it_once(world: World, senior: User, manager: User) -> None:
    review = smash(scenes.agreed(scenes.version()), senior)
    said: dict[str, Any] = {
        "review_id": review.pk,
        "verdict": GlassReview.Verdict.NOT_JUSTIFIED,
        "now": timezone.now(),
    }
    with pytest.raises(emergencies.MayNotReview):
        emergencies.look_back(by=senior, note="I was right", **said)
    with pytest.raises(emergencies.MayNotReview):
        emergencies.look_back(by=factories.person(Role.OPERATOR), note="Fine", **said)
    with pytest.raises(emergencies.NoteMissing):
        emergencies.look_back(by=manager, note=" ", **said)
    emergencies.look_back(by=manager, note="Others were on call", **said)
    with pytest.raises(emergencies.AlreadyReviewed):
        emergencies.look_back(by=manager, note="Again", **said)
    assert AuditEntry.objects.get(action="glass.reviewed").details["verdict"] == "not_justified"
    assert not GlassReview.objects.open().exists()


def test_what_nobody_looks_at_in_time_is_alarmed_once(
    world: World, senior: User, caplog: pytest.LogCaptureFixture
) -> None:
    smash(scenes.agreed(scenes.version()), senior)
    assert emergencies.alarm(now=timezone.now()) == 0
    world.clock.forward(hours=24)
    assert GlassReview.objects.overdue(timezone.now()).count() == 1
    with caplog.at_level(logging.ERROR, logger="parley.approvals"):
        assert emergencies.alarm(now=timezone.now()) == 1
        assert emergencies.alarm(now=timezone.now()) == 0
    assert len(caplog.records) == 1
    assert GlassReview.objects.overdue(timezone.now()).count() == 1
