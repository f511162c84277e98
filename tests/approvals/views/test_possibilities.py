"""What else was possible, on the card: the smallest change first, each one click away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from negotiation.models import Decision
from tests import factories
from tests.approvals.views.test_amendments import agreed, editor

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def parked(db: None) -> Decision:
    return agreed(factories.version())


def test_the_smallest_change_is_first_on_the_card_and_one_click_from_both_pages(
    manager_client: Client, parked: Decision
) -> None:
    smallest = parked.judgement["possible"]["smallest"]
    page = manager_client.get(reverse("approval", args=[parked.pk])).content.decode()
    assert page.index('id="smallest"') < page.index("Amend to this")
    assert f"{smallest['score']:.0f}" in page
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', page)]
    [amend] = [link for link in links if link.startswith(f"{editor(parked)}?")][:1]
    for issue in smallest["changed"]:
        assert f"issue_{issue}={smallest['offer'][issue]}" in amend
    answer = manager_client.get(amend)
    assert answer.status_code == 200
    chosen = {
        field.name: choice.value
        for field in answer.context["fields"]
        for choice in field.choices
        if choice.chosen
    }
    assert chosen == {f"issue_{name}": str(option) for name, option in smallest["offer"].items()}


def test_sending_back_asks_for_exactly_what_the_card_showed(
    manager_client: Client, parked: Decision
) -> None:
    smallest = parked.judgement["possible"]["smallest"]
    page = manager_client.get(reverse("approval", args=[parked.pk]))
    [first, *_] = page.context["possibilities"]
    answer = manager_client.get(first.send_back)
    assert answer.status_code == 200
    for issue in smallest["changed"]:
        assert f"require={issue}%3Aequals%3A{smallest['offer'][issue]}" in first.send_back
    ticked = set(re.findall(r'value="([^"]+)"\s+checked', answer.content.decode()))
    for issue in smallest["changed"]:
        assert str(smallest["offer"][issue]) in ticked
        assert str(parked.agreed[issue]) not in ticked


def test_the_frontiers_neighbours_are_shown_with_score_and_route(
    manager_client: Client, parked: Decision
) -> None:
    page = manager_client.get(reverse("approval", args=[parked.pk]))
    shown = page.context["possibilities"]
    known = parked.judgement["possible"]["neighbours"]
    assert known
    assert [one.score for one in shown[1:]] == [each["score"] for each in known]
    assert all(one.who for one in shown)


def test_where_nothing_brings_it_to_fewer_people_the_card_says_so(manager_client: Client) -> None:
    parked = agreed(factories.version_for(1))
    page = manager_client.get(reverse("approval", args=[parked.pk])).content.decode()
    assert "No lawful change brings it to fewer people." in page
    assert "Smallest change" not in page


def test_a_decision_of_before_shows_its_neighbours_without_a_score(
    manager_client: Client, parked: Decision
) -> None:
    judgement = {name: part for name, part in parked.judgement.items() if name != "possible"}
    Decision.objects.filter(pk=parked.pk).update(judgement=judgement)
    page = manager_client.get(reverse("approval", args=[parked.pk]))
    assert page.context["possibilities"]
    assert {one.score for one in page.context["possibilities"]} == {None}
    assert "Smallest change" not in page.content.decode()


def test_who_does_not_decide_sees_what_was_possible_without_the_links(
    operator_client: Client, parked: Decision
) -> None:
    page = operator_client.get(reverse("approval", args=[parked.pk])).content.decode()
    assert "Smallest change" in page
    assert "Amend to this" not in page
    assert "Send back asking for this" not in page
    assert operator_client.get(editor(parked)).status_code == 403
