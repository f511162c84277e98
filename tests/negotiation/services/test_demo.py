"""The demo may be prepared at every start, and takes nothing away."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from negotiation.models import Negotiation, Scenario
from negotiation.scenarios.loaders import from_data
from negotiation.services import demo, scenarios

pytestmark = pytest.mark.django_db


def test_the_first_start_finds_people_scenarios_and_three_tables() -> None:
    demo.prepare(now=timezone.now())
    assert set(User.objects.values_list("username", flat=True)) == {
        each.name for each in demo.ACCOUNTS
    }
    assert Negotiation.objects.count() == 3
    assert Negotiation.objects.filter(pace__gt=0).count() == 1


def test_a_second_start_adds_nothing_while_a_table_talks() -> None:
    for _ in range(2):
        demo.prepare(now=timezone.now())
    assert Negotiation.objects.count() == 3
    assert {scenario.versions.count() for scenario in Scenario.objects.all()} == {1}


def test_what_an_admin_saved_survives_the_next_start() -> None:
    demo.prepare(now=timezone.now())
    scenario = Scenario.objects.get(slug="cloud-placement")
    assert scenario.current is not None
    stricter = scenario.current.document | {
        "policy": scenario.current.document["policy"] | {"review_from": 10}
    }
    saved = scenarios.save_version(
        scenario=scenario,
        document=from_data(stricter, source="the form"),
        author=User.objects.get(username="admin"),
        note="Stricter",
        now=timezone.now(),
    )
    demo.prepare(now=timezone.now())
    scenario.refresh_from_db()
    assert scenario.current == saved


def test_the_three_can_log_in_with_what_the_start_screen_says() -> None:
    demo.prepare(now=timezone.now())
    for user in User.objects.all():
        assert user.check_password(demo.password_of(user.username))
