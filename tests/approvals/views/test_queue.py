from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from approvals.models import Review
from approvals.services import delegations
from negotiation.models import Decision
from tests import factories

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
QUEUE = "/approvals/"


def test_an_empty_queue_says_so(manager_client: Client) -> None:
    assert "Nothing waits for you" in manager_client.get(QUEUE).content.decode()


def test_more_risk_and_less_time_come_first(manager_client: Client) -> None:
    now = timezone.now()
    calm = factories.decision(score=40, due_at=now + timedelta(hours=4))
    risky = factories.decision(score=80, due_at=now + timedelta(hours=4))
    urgent = factories.decision(score=40, due_at=now + timedelta(minutes=5))
    page = manager_client.get(QUEUE).content.decode()
    places = [page.index(f'id="d{decision.pk}"') for decision in (urgent, risky, calm)]
    assert places == sorted(places)


def test_an_unknown_risk_is_taken_for_the_highest(manager_client: Client) -> None:
    due = timezone.now() + timedelta(hours=4)
    unknown, high, low = (factories.decision(score=score, due_at=due) for score in (None, 99, 1))
    waiting = manager_client.get(QUEUE).context["waiting"]
    assert [row["decision"].pk for row in waiting] == [unknown.pk, high.pk, low.pk]


def test_what_is_overdue_has_no_time_left_and_no_less(manager_client: Client) -> None:
    now = timezone.now()
    long_over = factories.decision(score=40, due_at=now - timedelta(days=9))
    riskier = factories.decision(score=41, due_at=now - timedelta(seconds=1))
    waiting = manager_client.get(QUEUE).context["waiting"]
    assert [row["decision"].pk for row in waiting] == [riskier.pk, long_over.pk]


def test_only_the_page_that_is_shown_is_read(
    manager_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        factories.decision(score=number)
    manager_client.get(QUEUE)
    with django_assert_max_num_queries(12) as asked:
        page = manager_client.get(QUEUE, {"page": 2})
    assert [row["decision"].score for row in page.context["waiting"]] == list(range(9, -1, -1))
    assert any("LIMIT 50 OFFSET 50" in query["sql"] for query in asked.captured_queries)


def test_the_number_beside_the_menu_is_the_length_of_the_queue(manager_client: Client) -> None:
    factories.decision()
    factories.decision(status="rejected")
    assert 'aria-label="1 waiting"' in manager_client.get("/").content.decode()


def test_the_live_list_brings_the_number_with_it(manager_client: Client) -> None:
    factories.decision()
    fragment = manager_client.get(QUEUE, headers={"HX-Request": "true"}).content.decode()
    assert fragment.lstrip().startswith('<section id="queue"')
    assert 'hx-swap-oob="true"' in fragment


def test_somebody_without_a_role_sees_no_queue(stranger_client: Client) -> None:
    assert stranger_client.get(QUEUE).status_code == 403


@pytest.mark.parametrize("rows", [1, 50])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    rows: int, manager_client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        factories.decision()
        factories.decision(status="rejected")
    manager_client.get(QUEUE)
    with django_assert_num_queries(12):
        manager_client.get(QUEUE)


def test_what_was_escalated_says_so_in_the_queue(manager_client: Client) -> None:
    plain = factories.decision()
    assert "Escalated to senior managers" not in manager_client.get(QUEUE).content.decode()
    Decision.objects.filter(pk=plain.pk).update(escalated=1)
    assert "Escalated to senior managers" in manager_client.get(QUEUE).content.decode()


def chips(client: Client, query: dict[str, str] | None = None) -> dict[str, int]:
    return {chip.label: chip.total for chip in client.get(QUEUE, query).context["facets"].chips}


def found(client: Client, **query: str) -> set[int]:
    return {row["decision"].pk for row in client.get(QUEUE, query).context["waiting"]}


def test_chips_count_what_they_show(manager_client: Client, manager: User) -> None:
    now = timezone.now()
    calm = factories.decision()
    soon = factories.decision(due_at=now + timedelta(minutes=50))
    two = factories.decision(people=2)
    mine = factories.decision(claimed_by=manager, claimed_until=now + timedelta(minutes=9))
    given = factories.decision(people=3, approvals=1)
    given.reviews.create(
        reviewer=manager, verdict="approve", package_hash=given.package_hash, created_at=now
    )
    both = {calm.pk, soon.pk, two.pk, mine.pk}
    shows = {"mine": both, "soon": {soon.pk}, "claimed": {mine.pk}, "several": {two.pk, given.pk}}
    for chip, expected in shows.items():
        assert found(manager_client, show=chip) == expected
    assert chips(manager_client) == {
        "All": 5,
        "Waits for me": 4,
        "Claimed by me": 1,
        "Within the hour": 1,
        "One vote missing": 3,
        "More votes missing": 2,
    }


def test_what_was_lent_to_one_is_a_chip_of_its_own(
    operator_client: Client, operator: User, manager: User
) -> None:
    now = timezone.now()
    lent, _ = factories.decision(), factories.decision()
    delegations.give(
        giver=manager, receiver=operator, ends=now + timedelta(days=1), now=now, decision=lent
    )
    assert chips(operator_client)["For others"] == 1
    assert found(operator_client, show="for") == {lent.pk}
    assert "Waits for me" not in chips(operator_client)


def test_one_scenario_alone_has_its_own_counts(manager_client: Client) -> None:
    cloud, batch = factories.version(), factories.version("batch-placement")
    one = factories.decision(negotiation=factories.negotiation(version=cloud))
    factories.decision(negotiation=factories.negotiation(version=batch))
    assert found(manager_client, scenario="cloud-placement") == {one.pk}
    assert chips(manager_client, {"scenario": "cloud-placement"})["All"] == 1
    page = manager_client.get(QUEUE, {"scenario": "cloud-placement"}).content.decode()
    assert f'href="/approvals/{one.pk}/?scenario=cloud-placement"' in page


@pytest.mark.parametrize(
    "query",
    [{"show": "x" * 10_000}, {"scenario": "\0"}, {"scenario": "é" * 9_999}, {"page": "9" * 400}],
)
def test_an_address_that_asks_for_nothing_there_is_answered(
    manager_client: Client, query: dict[str, str]
) -> None:
    factories.decision()
    assert manager_client.get(QUEUE, query).status_code == 200


def test_after_a_decision_comes_the_next_in_the_list_that_is_looked_at(
    manager_client: Client,
) -> None:
    now = timezone.now()
    due = [now + timedelta(minutes=40 + place) for place in range(3)] + [now + timedelta(hours=9)]
    first, second, third, later = (factories.decision(due_at=each) for each in due)

    def goes_on(decision: Decision) -> str:
        call = {"seen": decision.tag, "key": f"a-key-of-{decision.pk}", "reason": "Because"}
        answer = manager_client.post(f"/approvals/{decision.pk}/reject/?show=soon", call)
        assert answer.status_code == 302
        return answer["Location"]

    assert goes_on(second) == f"/approvals/{third.pk}/?show=soon"
    assert goes_on(third) == f"/approvals/{first.pk}/?show=soon"
    assert goes_on(first) == "/approvals/?show=soon"
    said = manager_client.get(f"/approvals/{later.pk}/").content.decode()
    assert f'<a href="/approvals/{first.pk}/">See it</a>' in said


def test_one_page_has_a_right_half_of_its_own(manager_client: Client) -> None:
    decision = factories.decision()
    beside = {"HX-Request": "true", "HX-Target": "detail"}
    for address in (QUEUE, f"{QUEUE}{decision.pk}/"):
        answer = manager_client.get(address, headers=beside)
        page = answer.content.decode()
        assert page.startswith("<title>")
        assert page.count('id="detail"') == 1
        assert 'id="queue"' not in page
        assert answer["Vary"].startswith("HX-Request, HX-Target")
        assert "no-store" in answer["Cache-Control"]


def test_what_was_rejected_names_who_did(manager: User, manager_client: Client) -> None:
    long_ago = timezone.now() - timedelta(days=9)
    decision = factories.decision(status=Decision.Status.REJECTED, created_at=long_ago)
    review = Review.objects.create(
        decision=decision,
        package_hash=decision.package_hash,
        reviewer=manager,
        verdict=Review.Verdict.REJECT,
        reason="Too dear.",
        created_at=timezone.now(),
    )
    page = manager_client.get(QUEUE)
    (recent,) = page.context["recent"]
    assert recent["decision"].ended_by == "manager"
    assert recent["decision"].decided_at == review.created_at
    assert "manager · risk" in page.content.decode()
