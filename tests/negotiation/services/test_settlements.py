"""Reports settle what agents claimed: once, by the last word, and again the same from the rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from negotiation.models import AuditEntry, Execution, Report, TrustEntry
from negotiation.services import reports, settlements
from tests import factories
from tests.negotiation.services.orders import cleared

pytestmark = pytest.mark.django_db


def executed() -> Execution:
    decision = cleared()
    return Execution.objects.create(
        decision=decision,
        grant=decision.grant,
        idempotency_key=f"parley-{decision.pk}",
        kind="webhook",
        target="demo",
        status="succeeded",
        started_at=timezone.now(),
        finished_at=timezone.now(),
    )


def fact_of(execution: Execution) -> dict[str, Any]:
    found: dict[str, Any] = execution.decision.negotiation.version.document["facts"][0]
    return found


def claim(execution: Execution, seat: str, mean: float, sd: float = 1.0, **more: Any) -> None:
    table = execution.decision.negotiation
    seq = table.messages.count() + 1
    evidence = {"fact": fact_of(execution)["name"], "mean": mean, "sd": sd, "source": "A list",
                "root": "list", "url": ""}  # fmt: skip
    move = factories.move(seq, sender=seat, act="inform")
    body = move.to_dict() | {"evidence": evidence | more}
    factories.message(table, seq, sender=seat, act="inform", body=body)


def agree(execution: Execution, seat: str, confidence: float) -> None:
    table = execution.decision.negotiation
    seq = table.messages.count() + 1
    move = factories.move(seq, sender=seat, act="accept", confidence=confidence)
    factories.message(table, seq, sender=seat, act="accept", body=move.to_dict())


def report(
    execution: Execution, by: User, value: float | None = None, outcome: str = "ok"
) -> Report:
    measured = [] if value is None else [{"name": fact_of(execution)["name"], "value": value}]
    return reports.record(
        execution=execution,
        by=by,
        outcome=Report.Outcome(outcome),
        note="",
        now=timezone.now(),
        measured=measured,
    )


def seats(execution: Execution) -> list[str]:
    return [seat["name"] for seat in execution.decision.negotiation.version.document["seats"]]


def test_a_claim_within_two_deviations_is_right_and_farther_off_it_is_wrong(manager: User) -> None:
    execution = executed()
    near, far, *_ = seats(execution)
    claim(execution, near, 10.0)
    claim(execution, far, 20.0)
    report(execution, manager, 11.5)
    entries = {each.seat: each for each in TrustEntry.objects.exclude(fact="")}
    assert (entries[near].right, entries[far].right) == (True, False)
    assert entries[near].z == pytest.approx(-1.5)
    assert entries[far].z == pytest.approx(8.5)
    assert entries[far].measured == 11.5
    settled = AuditEntry.objects.get(action="trust.settled").details["entries"]
    assert {each["seat"] for each in settled} == {near, far}


def test_what_a_seat_said_last_about_a_fact_is_settled_once(manager: User) -> None:
    execution = executed()
    seat = seats(execution)[0]
    claim(execution, seat, 99.0)
    claim(execution, seat, 10.0)
    report(execution, manager, 10.0)
    entry = TrustEntry.objects.get()
    assert (entry.claimed, entry.seq, entry.right) == (10.0, 2, True)


def test_the_last_word_counts_and_the_earlier_one_stays(manager: User) -> None:
    execution = executed()
    claim(execution, seats(execution)[0], 10.0)
    report(execution, manager, 10.0)
    report(execution, manager, 30.0)
    assert TrustEntry.objects.count() == 2
    assert TrustEntry.objects.present().get().right is False


def test_a_wrong_claim_that_served_who_made_it_counts_double(manager: User) -> None:
    execution = executed()
    name = fact_of(execution)["name"]
    for seat in seats(execution):
        claim(execution, seat, 0.0, 0.01)
    report(execution, manager, 1e6)
    decision = execution.decision
    world = settlements.World.of(decision, list(decision.negotiation.messages.all()))
    assert world is not None
    said, was = (world.at({name: value}).utilities() for value in (0.0, 1e6))
    for entry in TrustEntry.objects.exclude(fact=""):
        others = sum((said[each] or 0) - (was[each] or 0) for each in said if each != entry.seat)
        assert entry.weight == (2 if others > 0 else 1)
    assert TrustEntry.objects.filter(weight=2).exists()


def test_how_sure_a_seat_was_is_held_against_what_happened(manager: User) -> None:
    execution = executed()
    first, second, *_ = seats(execution)
    agree(execution, first, 0.9)
    agree(execution, second, 0.6)
    report(execution, manager, outcome="incident")
    found = dict(TrustEntry.objects.filter(fact="").values_list("seat", "stated"))
    assert found == {first: 0.9, second: 0.6}
    assert not TrustEntry.objects.filter(right=True).exists()
    report(execution, manager, outcome="ok")
    assert not TrustEntry.objects.present().filter(right=False).exists()


def test_all_entries_can_be_computed_again_from_the_rows(manager: User) -> None:
    for value in (10.0, 12.5, 400.0):
        execution = executed()
        for place, seat in enumerate(seats(execution)):
            claim(execution, seat, 10.0 + place, url="https://example.org/list")
            agree(execution, seat, 0.5 + place / 10)
        report(execution, manager, value)
    fields = [f.attname for f in TrustEntry._meta.concrete_fields if f.attname != "id"]
    for made in Report.objects.all():
        again = settlements.settled(made.execution.decision, made)
        kept = made.trust_entries.order_by("id")
        assert [[getattr(e, f) for f in fields] for e in again] == [
            [getattr(e, f) for f in fields] for e in kept
        ]
        assert again


def test_a_report_of_nothing_that_was_claimed_settles_nothing(manager: User) -> None:
    execution = executed()
    report(execution, manager, 10.0)
    assert not TrustEntry.objects.exists()
    assert not AuditEntry.objects.filter(action="trust.settled").exists()


@pytest.mark.parametrize(
    "measured",
    [
        [{"name": "nothing", "value": 1}],
        [{"name": "FACT", "value": "1"}],
        [{"name": "FACT", "value": float("nan")}],
        [{"name": "FACT", "value": 10**400}],
        [{"name": "FACT", "value": True}],
        [{"name": "FACT", "value": 1, "sd": -1}],
        [{"name": "FACT", "value": 1}, {"name": "FACT", "value": 2}],
        [{"name": "FACT", "value": 1, "more": 2}],
        ["FACT"],
        {"name": "FACT"},
        "FACT",
        [{"name": ["FACT"], "value": 1}],
    ],
)
def test_what_is_no_measured_figure_is_refused_and_nothing_is_written(
    measured: Any, manager: User
) -> None:
    execution = executed()
    name = fact_of(execution)["name"]
    if isinstance(measured, list):
        measured = [
            {k: name if v == "FACT" else v for k, v in each.items()}
            if isinstance(each, dict)
            else each
            for each in measured
        ]
    with pytest.raises(reports.BadReport):
        reports.record(
            execution=execution,
            by=manager,
            outcome=Report.Outcome.OK,
            note="",
            now=timezone.now(),
            measured=measured,
        )
    assert not Report.objects.exists()


def test_a_figure_too_vague_to_prove_anybody_wrong_proves_nobody_right(
    manager_client: Client, manager: User
) -> None:
    execution = executed()
    fact = fact_of(execution)
    claim(execution, seats(execution)[0], 99.0, sd=0.1)
    form = {
        "outcome": "ok",
        f"measured-{fact['name']}": "10",
        f"measured-sd-{fact['name']}": "1e15",
    }
    page = manager_client.post(f"/executions/{execution.pk}/report/", form, follow=True)
    assert "says less about" in page.content.decode()
    assert not Report.objects.exists()
    form[f"measured-sd-{fact['name']}"] = str(fact["sd"])
    manager_client.post(f"/executions/{execution.pk}/report/", form)
    assert TrustEntry.objects.get().right is False


def test_a_person_writes_figures_into_the_form(manager_client: Client, manager: User) -> None:
    execution = executed()
    name = fact_of(execution)["name"]
    claim(execution, seats(execution)[0], 10.0)
    address = f"/executions/{execution.pk}/report/"
    form = {"outcome": "ok", f"measured-{name}": "12.5", f"measured-sd-{name}": "0.5"}
    manager_client.post(address, form)
    assert Report.objects.get().measured == [{"name": name, "value": 12.5, "sd": 0.5}]
    assert TrustEntry.objects.get().measured == 12.5
    for bad in ("a lot", "1e999", "\0", "nan"):
        page = manager_client.post(address, form | {f"measured-{name}": bad}, follow=True)
        assert "Nothing was changed" in page.content.decode()
    assert Report.objects.count() == 1


def entry(made: Report, **fields: Any) -> TrustEntry:
    figures = {"claimed": 1.0, "sd": 1.0, "measured": 1.0, "z": 0.0, "provenance": "none"}
    defaults = {"negotiation": made.execution.decision.negotiation, "report": made, "seat": "cost",
                "fact": "price", "seq": 1, "right": True, "settled_at": timezone.now()}  # fmt: skip
    return TrustEntry(**(figures | defaults | fields))


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("trust_claim_has_its_figures", {"z": None}),
        ("trust_claim_has_its_figures", {"provenance": "hearsay"}),
        ("trust_claim_has_its_figures", {"sd": -1.0}),
        ("trust_claim_has_its_figures", {"fact": ""}),
        ("trust_claim_has_its_figures", {"fact": "", "claimed": None, "sd": None,
                                         "measured": None, "z": None, "provenance": ""}),
        ("trust_doubles_only_what_was_wrong", {"weight": 2}),
        ("trust_doubles_only_what_was_wrong", {"weight": 3, "right": False}),
        ("trust_stated_is_a_share", {"stated": 1.1}),
    ],
)  # fmt: skip
def test_the_database_refuses_what_makes_no_sense(
    constraint: str, fields: dict[str, Any], manager: User
) -> None:
    made = report(executed(), manager)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        entry(made, **fields).save()


def test_one_claim_of_a_seat_is_settled_once_by_a_report(manager: User) -> None:
    made = report(executed(), manager)
    entry(made).save()
    with pytest.raises(IntegrityError, match="trust_settled_once"), transaction.atomic():
        entry(made, right=False).save()
    entry(made, right=False, weight=2, fact="other").save()
