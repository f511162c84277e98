from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from negotiation.models import Negotiation
from tests import factories

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
START = "/negotiations/start/"


def test_an_operator_starts_a_negotiation_and_lands_on_its_page(operator_client: Client) -> None:
    version = factories.version()
    answer = operator_client.post(
        START, {"scenario": version.scenario.slug, "pace": "0.5", "seed": "7"}
    )
    table = Negotiation.objects.get()
    assert answer["Location"] == reverse("negotiation", args=[table.pk])
    assert (table.seed, table.pace, table.version) == (7, 0.5, version)


def test_left_empty_the_seed_is_drawn_and_the_pace_is_the_scenarios_own(
    operator_client: Client,
) -> None:
    version = factories.version()
    operator_client.post(START, {"scenario": version.scenario.slug, "pace": "", "seed": ""})
    assert Negotiation.objects.get().pace == version.document["protocol"]["pace"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"scenario": "no-such-one"},
        {"scenario": "\0"},
        {"scenario": ""},
        {"seed": "9" * 5000},
        {"seed": "-1"},
        {"seed": "1.5"},
        {"pace": "nan"},
        {"pace": "1e400"},
        {"pace": "61"},
    ],
)
def test_what_cannot_be_started_is_told_in_the_form(
    operator_client: Client, wrong: dict[str, str]
) -> None:
    version = factories.version()
    answer = operator_client.post(START, {"scenario": version.scenario.slug} | wrong)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'class="error"' in page
    assert 'data-address="/"' in page, "the list behind the form stays live"
    assert not Negotiation.objects.exists()


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("pause", "running", "paused"),
        ("resume", "paused", "running"),
        ("stop", "paused", "stopped"),
    ],
)
def test_an_operator_steps_in_and_the_reason_is_in_the_transcript(
    operator_client: Client, action: str, before: str, after: str
) -> None:
    table = factories.negotiation(status=before)
    url = reverse(f"negotiation-{action}", args=[table.pk])
    answer = operator_client.post(url, {"reason": "New prices are due"}, follow=True)
    table.refresh_from_db()
    assert table.status == after
    assert "New prices are due" in table.messages.get().text
    assert "New prices are due" in answer.content.decode()


@pytest.mark.parametrize(
    ("action", "before", "after", "done"),
    [("pause", "running", "paused", "Paused"), ("resume", "paused", "running", "Resumed")],
)
def test_pausing_and_resuming_need_no_reason_and_stopping_does(
    operator_client: Client, action: str, before: str, after: str, done: str
) -> None:
    table = factories.negotiation(status=before)
    operator_client.post(reverse("negotiation-stop", args=[table.pk]), {"reason": ""})
    table.refresh_from_db()
    assert table.status == before
    operator_client.post(reverse(f"negotiation-{action}", args=[table.pk]), {"reason": ""})
    table.refresh_from_db()
    assert table.status == after
    assert table.messages.get().text == f"{done} the negotiation."


def test_stepping_in_too_late_changes_nothing_and_says_so(operator_client: Client) -> None:
    table = factories.negotiation(status=Negotiation.Status.STOPPED)
    url = reverse("negotiation-pause", args=[table.pk])
    answer = operator_client.post(url, {"reason": "Wait"}, follow=True)
    assert "Nothing was changed." in answer.content.decode()
    table.refresh_from_db()
    assert table.status == Negotiation.Status.STOPPED


@pytest.mark.parametrize("reason", ["", "   ", "x" * 1_000_000, "a\0b"])
def test_a_reason_that_cannot_be_kept_is_refused_without_an_error_page(
    operator_client: Client, reason: str
) -> None:
    table = factories.negotiation()
    answer = operator_client.post(
        reverse("negotiation-stop", args=[table.pk]), {"reason": reason}, follow=True
    )
    assert answer.status_code == 200
    table.refresh_from_db()
    assert table.status == Negotiation.Status.RUNNING


def test_a_body_that_is_too_large_is_a_bad_request(operator_client: Client) -> None:
    table = factories.negotiation()
    answer = operator_client.post(
        reverse("negotiation-stop", args=[table.pk]), {"reason": "x" * 3_000_000}
    )
    assert answer.status_code in {302, 400}


@pytest.mark.parametrize("action", ["pause", "resume", "stop"])
def test_only_operators_and_admins_step_in(manager_client: Client, action: str) -> None:
    table = factories.negotiation()
    answer = manager_client.post(
        reverse(f"negotiation-{action}", args=[table.pk]), {"reason": "Because"}
    )
    assert answer.status_code == 403
    table.refresh_from_db()
    assert table.status == Negotiation.Status.RUNNING


def test_only_operators_and_admins_start_negotiations(manager_client: Client) -> None:
    version = factories.version()
    assert manager_client.post(START, {"scenario": version.scenario.slug}).status_code == 403
    assert not Negotiation.objects.exists()


@pytest.mark.parametrize("action", ["pause", "resume", "stop"])
def test_a_link_never_acts(operator_client: Client, action: str) -> None:
    table = factories.negotiation()
    answer = operator_client.get(reverse(f"negotiation-{action}", args=[table.pk]))
    assert answer.status_code == 405
