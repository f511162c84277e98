"""The settings of a person: theme, time zone, keys; and that they cost no query."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from approvals.models import Delegation
from negotiation import clocks
from negotiation.models import Preferences
from negotiation.roles import Role
from negotiation.services import preferences
from negotiation.templatetags.parley import when
from tests import factories

pytestmark = pytest.mark.django_db

PAGE = "/settings/"
CHOSEN = {"theme": "dark", "time_zone": "Asia/Kolkata", "single_keys": "on"}


def html_of(client: Client, path: str = PAGE) -> str:
    return client.get(path).content.decode()


def test_who_has_chosen_nothing_has_the_usual(operator_client: Client) -> None:
    page = html_of(operator_client)
    assert '<html lang="en" data-zone="">' in page
    assert re.search(r'value="system" checked', page)
    assert Preferences.objects.count() == 0


def test_what_is_chosen_counts_at_once_and_everywhere_one_is_logged_in(
    operator: User, client_of: Callable[[User], Client]
) -> None:
    here, there = client_of(operator), client_of(operator)
    assert here.post(PAGE, CHOSEN).status_code == 302
    for client in (here, there):
        page = html_of(client)
        assert '<html lang="en" data-theme="dark" data-zone="Asia/Kolkata">' in page
        assert re.search(r"it is now <b[^>]*>[^<]* UTC\+5:30</b>", page)


def test_single_keys_are_off_for_who_switched_them_off(operator_client: Client) -> None:
    operator_client.post(PAGE, {"theme": "system", "time_zone": ""})
    assert 'data-keys="off"' in html_of(operator_client, "/")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"time_zone": "Mars/Olympus"}, "“Mars/Olympus” is no time zone that is known here"),
        ({"time_zone": "../../etc/passwd"}, "is no time zone that is known here"),
        ({"time_zone": "europe/berlin"}, "Choose one of the list, like Europe/Berlin"),
        ({"time_zone": "\u202eEurope/Berlin"}, "\\u202eEurope/Berlin"),
        ({"time_zone": "E\0urope"}, "No time zone has such a name"),
        ({"time_zone": "x" * 100_000}, "No time zone has so long a name"),
        ({"theme": "neon"}, "There are three themes"),
        ({"theme": ""}, "Choose a theme"),
    ],
)
def test_what_is_not_known_is_refused_with_a_sentence_and_changes_nothing(
    operator: User, operator_client: Client, wrong: dict[str, Any], sentence: str
) -> None:
    preferences.save(user=operator, theme="light", time_zone="UTC", single_keys=True)
    answer = operator_client.post(PAGE, CHOSEN | wrong)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    kept = Preferences.objects.get()
    assert (kept.theme, kept.time_zone, kept.single_keys) == ("light", "UTC", True)


def test_what_was_chosen_is_still_there_when_something_else_was_wrong(
    operator_client: Client,
) -> None:
    page = operator_client.post(PAGE, CHOSEN | {"theme": "neon"}).content.decode()
    assert "<option selected>Asia/Kolkata</option>" in page


def test_a_service_refuses_a_zone_too(operator: User) -> None:
    with pytest.raises(preferences.UnknownZone, match="Nowhere"):
        preferences.save(user=operator, theme="light", time_zone="Nowhere", single_keys=True)


def test_no_row_has_a_theme_that_does_not_exist(operator: User) -> None:
    with pytest.raises(IntegrityError, match="preferences_theme_is_known"), transaction.atomic():
        Preferences.objects.create(user=operator, theme="neon")


def test_the_button_of_every_page_keeps_the_theme_with_the_person(
    operator: User, operator_client: Client
) -> None:
    preferences.save(user=operator, theme="light", time_zone="UTC", single_keys=False)
    assert operator_client.post(f"{PAGE}theme/", {"theme": "dark"}).status_code == 204
    kept = Preferences.objects.get()
    assert (kept.theme, kept.time_zone, kept.single_keys) == ("dark", "UTC", False)
    assert operator_client.cookies["theme"].value == "dark"
    assert operator_client.post(f"{PAGE}theme/", {"theme": "<b>"}).status_code == 422
    assert operator_client.get(f"{PAGE}theme/").status_code == 405


def test_settings_are_for_whoever_is_logged_in(client: Client, stranger_client: Client) -> None:
    assert stranger_client.get(PAGE).status_code == 200
    assert client.get(PAGE).status_code == 302


def test_preferences_cost_no_query(operator: User, operator_client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            operator_client.get("/receiver/")
        return len(asked)

    before = queries()
    preferences.save(user=operator, theme="dark", time_zone="Asia/Tokyo", single_keys=False)
    assert queries() == before


@pytest.mark.parametrize(
    ("chosen", "told", "zone"),
    [
        ("", "Europe/Berlin", "Europe/Berlin"),
        ("America/St_Johns", "Europe/Berlin", "America/St_Johns"),
        ("", "", "UTC"),
        ("", "Nowhere/At_All", "UTC"),
        ("", "../../../etc/passwd", "UTC"),
        ("", "/etc/localtime", "UTC"),
    ],
)
def test_the_zone_is_the_chosen_one_else_as_the_browser_says(
    operator: User, operator_client: Client, chosen: str, told: str, zone: str
) -> None:
    preferences.save(user=operator, theme="system", time_zone=chosen, single_keys=True)
    operator_client.cookies["zone"] = told
    expected = timezone.now().astimezone(ZoneInfo(zone))
    assert clocks.offset(expected) + "</b>" in html_of(operator_client)


def test_the_next_request_has_its_own_time_zone(
    operator_client: Client, manager_client: Client
) -> None:
    operator_client.post(PAGE, CHOSEN)
    assert "UTC+5:30</b>" in html_of(operator_client)
    assert "UTC</b>" in html_of(manager_client)
    assert timezone.get_current_timezone_name() == "UTC"


def test_what_is_typed_is_meant_in_the_time_zone_that_the_page_names(
    manager: User, manager_client: Client, client_of: Callable[[User], Client]
) -> None:
    manager_client.post(PAGE, CHOSEN)
    assert "(Asia/Kolkata, at most 90 days)" in html_of(manager_client, "/delegations/")
    end = (timezone.now() + timedelta(days=3)).replace(hour=12, minute=0)
    other = factories.person(Role.MANAGER, name="other-manager")
    form = {"receiver": other.pk, "ends": f"{end:%Y-%m-%dT%H:%M}", "about": "all"}
    answer = manager_client.post("/delegations/give/", form, follow=True).content.decode()
    assert f"until {end:%d %b %Y}, 12:00 UTC+5:30" in answer
    assert f"{Delegation.objects.get().ends:%H:%M}" == "06:30"


def test_a_time_says_the_moment_in_the_present_time_zone() -> None:
    moment = datetime(2026, 7, 1, 22, 15, 3, tzinfo=UTC)
    assert 'title="01 Jul 2026, 22:15:03 UTC"' in when(moment)
    with timezone.override("Pacific/Chatham"):
        assert 'title="02 Jul 2026, 11:00:03 UTC+12:45"' in when(moment)
        assert 'datetime="2026-07-01T22:15:03.000+00:00"' in when(moment)
    with timezone.override("America/St_Johns"):
        assert 'title="01 Jul 2026, 19:45:03 UTC-2:30"' in when(moment)
