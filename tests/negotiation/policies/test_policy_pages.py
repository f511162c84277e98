"""The policy's pages: read, restored, decided by a second admin."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from negotiation.models import PolicyChange, ScenarioVersion
from negotiation.roles import Role
from negotiation.services import policies
from negotiation.services.scenarios import NewerVersion
from negotiation.views.policy_drafts import present
from tests import factories
from tests.negotiation.policies.documents import SHIPPED
from tests.negotiation.policies.forms import EDIT, PAGE, TRY, form, stored

pytestmark = pytest.mark.django_db


def test_what_loosens_goes_to_a_second_admin(
    admin_client: Client, other_client: Client, version: ScenarioVersion
) -> None:
    answer = admin_client.post(EDIT, form(**{"policy.review_from": "50"}), follow=True)
    assert ScenarioVersion.objects.count() == 1
    change = PolicyChange.objects.get()
    page = answer.content.decode()
    assert "Nothing is saved yet" in page
    assert "A person decides from 35 → 50 points" in page
    assert "another admin decides" in page
    assert "Ratify…" not in page
    listed = other_client.get("/policy-changes/").content.decode()
    assert "A person decides from 35 → 50 points: loosens" in listed
    assert 'aria-label="1 waiting"' in listed
    theirs = other_client.get(f"/policy-changes/{change.pk}/").content.decode()
    assert "Ratify…" in theirs
    done = other_client.post(f"/policy-changes/{change.pk}/ratify/", follow=True)
    assert stored("policy.review_from") == 50
    assert "ratified by second" in done.content.decode()


def test_its_author_ratifies_nothing_by_any_call(
    admin_client: Client, version: ScenarioVersion
) -> None:
    admin_client.post(EDIT, form(**{"policy.review_from": "50"}))
    change = PolicyChange.objects.get()
    answer = admin_client.post(f"/policy-changes/{change.pk}/ratify/")
    assert answer.status_code == 409
    assert "You proposed it" in answer.content.decode()
    assert ScenarioVersion.objects.count() == 1


def test_a_rejection_needs_a_reason_and_keeps_it(
    admin_client: Client, other_client: Client, version: ScenarioVersion
) -> None:
    admin_client.post(EDIT, form(**{"policy.review_from": "50"}))
    at = f"/policy-changes/{PolicyChange.objects.get().pk}/"
    assert other_client.post(f"{at}reject/", {"reason": ""}).status_code == 422
    assert PolicyChange.objects.get().status == "parked"
    other_client.post(f"{at}reject/", {"reason": "Too <b>much</b>"})
    page = admin_client.get(at).content.decode()
    assert "Too &lt;b&gt;much&lt;/b&gt;" in page
    assert other_client.post(f"{at}ratify/").status_code == 409


def test_an_earlier_policy_is_restored_with_todays_scenario(
    admin_client: Client, version: ScenarioVersion
) -> None:
    admin_client.post(EDIT, form(**{"policy.capacity": "24"}))
    seat = present(ScenarioVersion.objects.get(number=2)).seats[0].objectives[0].weight
    answer = admin_client.post(f"{PAGE}versions/1/restore/", {"note": "Back"}, follow=True)
    saved = ScenarioVersion.objects.get(number=3)
    assert saved.document["policy"]["capacity"] is None
    assert saved.document["seats"][0]["objectives"][0]["weight"] == seat
    assert "Back" in answer.content.decode()


def test_a_restoration_that_loosens_waits_too(
    admin_client: Client, version: ScenarioVersion
) -> None:
    admin_client.post(EDIT, form(**{"policy.review_from": "20"}))
    admin_client.post(f"{PAGE}versions/1/restore/", {"note": "Back"})
    assert ScenarioVersion.objects.count() == 2
    assert PolicyChange.objects.parked().count() == 1


def test_a_restoration_that_another_save_overtakes_is_told(
    admin_client: Client, version: ScenarioVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin_client.post(EDIT, form(**{"policy.capacity": "24"}))
    newest = ScenarioVersion.objects.get(number=2)

    def overtaken(**_: object) -> None:
        raise NewerVersion(newest)

    monkeypatch.setattr(policies, "save", overtaken)
    answer = admin_client.post(f"{PAGE}versions/1/restore/", {"note": "Back"})
    assert answer.status_code == 409
    assert "saved version 2 while you were editing" in answer.content.decode()


def test_a_restoration_needs_a_note(admin_client: Client, version: ScenarioVersion) -> None:
    admin_client.post(EDIT, form(**{"policy.capacity": "24"}))
    assert admin_client.post(f"{PAGE}versions/1/restore/", {"note": ""}).status_code == 422
    assert ScenarioVersion.objects.count() == 2


def test_the_page_says_who_changed_what_and_why(
    admin_client: Client, operator_client: Client, version: ScenarioVersion
) -> None:
    admin_client.post(EDIT, form(**{"policy.review_from": "20"}))
    page = operator_client.get(PAGE).content.decode()
    for words in (
        "A person decides from 35 → 20 points",
        "tightens",
        "Because",
        "2 people, 1 of them senior, own verdict first",
        SHIPPED.constraints[0].author,
        "Compliance",
    ):
        assert words in page
    assert "Edit the policy" not in page


@pytest.mark.parametrize("url", [EDIT, TRY, "/policy-changes/", "/policy-changes/1/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_only_admins_see_what_waits_and_edit(
    manager_client: Client, version: ScenarioVersion, url: str, method: str
) -> None:
    assert getattr(manager_client, method)(url, form()).status_code == 403


@pytest.mark.parametrize(
    "url",
    [
        "/scenarios/nowhere/policy/",
        f"{PAGE}versions/9/",
        f"{PAGE}versions/{'9' * 30}/",
        f"/policy-changes/{'9' * 30}/",
    ],
)
def test_what_is_not_there_is_not_found(
    admin_client: Client, version: ScenarioVersion, url: str
) -> None:
    assert admin_client.get(url).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_changes(
    admin_client: Client, version: ScenarioVersion
) -> None:
    counts = []
    for rows in (1, 7):
        for _ in range(rows):
            proposed(version)
        with CaptureQueriesContext(connection) as captured:
            admin_client.get("/policy-changes/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def proposed(version: ScenarioVersion) -> PolicyChange:
    return PolicyChange.objects.create(
        scenario=version.scenario,
        base=version,
        document=version.document,
        document_hash=version.document_hash,
        author=factories.person(Role.ADMIN),
        note="One",
        changes=[],
        created_at=version.created_at,
        expires_at=version.created_at,
    )
