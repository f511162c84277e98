"""The managers' view: its figures are those of the rows, at a cost that does not grow with them."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from negotiation.engine.budgets import Budget
from negotiation.models import Decision, Negotiation, Report
from negotiation.services import budgets, reports
from negotiation.services.harm_left import STEPS, harm_left, present_rules
from tests import factories, histories

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from negotiation.models import ScenarioVersion

pytestmark = pytest.mark.django_db
PAGE = "/overview/"


def past(manager: User, decisions: int, **more: Any) -> list[Decision]:
    versions: list[ScenarioVersion] = [factories.version(), factories.version("batch-placement")]
    return histories.furnish(versions, [manager], decisions=decisions, now=timezone.now(), **more)


def figures(client: Client, query: str = "?period=7d") -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"{PAGE}figures.json{query}").json()
    return found


def test_the_figures_are_those_of_the_rows(manager: User, manager_client: Client) -> None:
    made = past(manager, 80)
    seen = figures(manager_client)
    routes = [each.route for each in made]
    assert seen["decided"]["automatic"] == routes.count("auto") > 0
    assert seen["decided"]["by_people"] == routes.count("review") > 0
    assert seen["decided"]["refused"] == routes.count("refuse")
    assert seen["negotiations"]["begun"] == Negotiation.objects.count()
    assert seen["negotiations"]["agreements"] == len(made)
    assert sum(seen["results"].values()) == len(made)
    assert sum(way["negotiations"] for way in seen["flow"]) == Negotiation.objects.count()
    bad = Report.objects.filter(outcome__in=Report.BAD).count()
    assert sum(row["went_wrong"] for row in seen["policy_versions"]) == bad > 0
    assert sum(row["decisions"] for row in seen["policy_versions"]) == len(made)


def test_half_of_all_decisions_took_no_longer_than_the_median(
    manager: User, manager_client: Client
) -> None:
    made = past(manager, 120)
    ended = [each for each in made if each.route == "review" and each.cleared_at]
    took = [(each.cleared_at - each.created_at).total_seconds() / 3600 for each in ended]  # type: ignore[operator]
    took += [0.15] * sum(each.status == "rejected" for each in made)
    seen = figures(manager_client)["hours_to_decide"]
    assert seen["decisions"] == len(took)
    for name, share in (("median", 0.5), ("p90", 0.9)):
        exact = sorted(took)[-int(-share * len(took) // 1) - 1]
        assert seen[name] == pytest.approx(exact, rel=0.02)


def test_what_is_left_of_the_budget_is_what_the_judge_would_find(manager: User) -> None:
    past(manager, 150, days=3)
    now = timezone.now()
    scenario = factories.version().compiled()
    found = next(
        each
        for each in harm_left(present_rules(), now=now)
        if each.rules.slug == scenario.document.name
    )
    assert found.now == pytest.approx(budgets.used(scenario, now=now))
    hour = scenario.budget.hours / STEPS
    ahead = budgets.used(scenario, now=now + timedelta(hours=5 * hour))
    assert found.used[STEPS + 5] == pytest.approx(ahead)
    assert found.used[-1] == 0
    assert found.share_left == pytest.approx(max(1 - found.now / scenario.budget.harm, 0))
    assert isinstance(found.rules.budget, Budget)


def test_a_period_counts_what_was_begun_in_it(manager: User, manager_client: Client) -> None:
    now = timezone.now()
    for days in (0.5, 3, 20, 400):
        factories.negotiation(status="running", opened_at=now - timedelta(days=days))
    counts = [
        figures(manager_client, f"?period={key}")["negotiations"]["begun"]
        for key in ("24h", "7d", "30d", "all")
    ]
    assert counts == [1, 2, 3, 4]


def test_one_scenario_shows_only_its_own(manager: User, manager_client: Client) -> None:
    past(manager, 60)
    both = figures(manager_client)
    one = figures(manager_client, "?period=7d&scenario=batch-placement")
    assert 0 < one["negotiations"]["begun"] < both["negotiations"]["begun"]
    assert {way["scenario"] for way in one["flow"]} == {"batch-placement"}
    assert [each["scenario"] for each in one["harm_budgets"]] == ["batch-placement"]


def test_an_approval_is_overturned_by_what_really_happened(
    manager: User, manager_client: Client
) -> None:
    made = past(manager, 60, bad=0.0)
    Decision.objects.update(returned=0)
    before = figures(manager_client)["policy_versions"]
    assert sum(row["approvals_overturned"] for row in before) == 0
    approved = next(each for each in made if each.route == "review" and each.status == "executed")
    execution = approved.execution
    reports.record(
        execution=execution,
        by=manager,
        outcome=Report.Outcome.INCIDENT,
        note="",
        now=timezone.now(),
    )
    after = figures(manager_client)["policy_versions"]
    assert sum(row["approvals_overturned"] for row in after) == 1


@pytest.mark.parametrize("decisions", [1, 200])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    decisions: int,
    manager: User,
    manager_client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    past(manager, decisions, days=0.9)
    manager_client.get(PAGE)
    with django_assert_max_num_queries(12):
        assert manager_client.get(PAGE).status_code == 200


def test_nothing_is_the_same_as_a_period_without_anything(
    manager: User, manager_client: Client
) -> None:
    past(manager, 5)
    Negotiation.objects.update(opened_at=timezone.now() - timedelta(days=1))
    page = manager_client.get(PAGE, {"period": "30d"}).content.decode()
    assert "30 days" in page
    assert "days before" not in page


def test_an_empty_page_says_why(manager_client: Client) -> None:
    page = manager_client.get(PAGE).content.decode()
    assert "No negotiation was begun in the last 7 days" in page
    assert (
        "No negotiation was begun yet" in manager_client.get(f"{PAGE}?period=all").content.decode()
    )


@pytest.mark.parametrize(
    "query",
    ["?period=century", "?scenario=%00", "?scenario=nowhere&period=all", "?page=" + "9" * 99],
)
def test_what_nobody_can_ask_for_is_no_error(
    query: str, manager: User, manager_client: Client
) -> None:
    past(manager, 5)
    answer = manager_client.get(PAGE + query)
    assert answer.status_code == 200
    if "scenario" in query:
        assert "There is no scenario" in answer.content.decode()


def test_no_cell_of_the_file_is_a_formula(manager: User, manager_client: Client) -> None:
    made = past(manager, 20)
    version = made[0].negotiation.version
    type(version).objects.filter(pk=version.pk).update(note='=HYPERLINK("http://x","y")')
    answer = manager_client.get(f"{PAGE}figures.csv?period=7d")
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert rows[0] == ["group", "of", "figure", "value"]
    assert any(cell == '\'=HYPERLINK("http://x","y")' for row in rows for cell in row)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_operators_look_and_take_nothing_out(
    operator_client: Client, stranger_client: Client
) -> None:
    assert operator_client.get(PAGE).status_code == 200
    assert operator_client.get(f"{PAGE}figures.csv").status_code == 403
    assert operator_client.get(f"{PAGE}figures.json").status_code == 403
    assert stranger_client.get(PAGE).status_code == 403
