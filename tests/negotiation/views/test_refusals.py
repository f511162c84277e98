"""What was typed into a form that was refused is there again."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.negotiation.views.test_reports import executed

pytestmark = pytest.mark.django_db


def test_a_refused_report_is_in_the_form_again_once(
    manager_client: Client, operator_client: Client
) -> None:
    execution = executed()
    fact = execution.decision.negotiation.version.document["facts"][0]["name"]
    figures = {f"measured-{fact}": "", f"measured-sd-{fact}": "0.5"}
    form = {"outcome": "rolled_back", "note": "Too <slow>", **figures}
    address = reverse("execution-report", args=[execution.pk])
    page = manager_client.post(address, form, follow=True).content.decode()
    assert "has a standard deviation and no value. Nothing was changed." in page
    kept = (
        '<details class="card fold" id="report" open>',
        '<option value="rolled_back" selected>',
        "Too &lt;slow&gt;</textarea>",
        f'name="measured-sd-{fact}" value="0.5"',
    )
    for part in kept:
        assert part in page
    card = reverse("approval", args=[execution.decision_id])
    for client in (manager_client, operator_client):
        again = client.get(card).content.decode()
        assert not [part for part in kept if part in again]
        assert 'id="report"' in again


def test_a_refused_report_is_in_no_other_form(manager_client: Client) -> None:
    execution, other = executed(), executed(key="parley-2-abc_DEF")
    address = reverse("execution-report", args=[execution.pk])
    manager_client.post(address, {"note": "Too slow" + "!" * 10_000})
    for each, there in ((other, False), (execution, True)):
        page = manager_client.get(reverse("approval", args=[each.decision_id])).content.decode()
        assert ("Too slow!" in page) == there
        assert "!" * 2_001 not in page
