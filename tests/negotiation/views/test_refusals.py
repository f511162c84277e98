"""What was typed into a form that was refused is there again."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
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


@pytest.mark.parametrize("step", ["pause", "resume", "stop"])
def test_the_reason_is_quoted_when_the_table_has_just_ended(
    operator_client: Client, step: str
) -> None:
    table = factories.negotiation(status="no_agreement")
    address = reverse(f"negotiation-{step}", args=[table.pk])
    page = operator_client.post(address, {"reason": "It <drags>"}, follow=True).content.decode()
    assert "Nothing was changed. You had written: “It &lt;drags&gt;”" in page
    bare = operator_client.post(address, {"reason": " "}, follow=True).content.decode()
    assert "You had written" not in bare


def test_a_reason_that_is_too_long_is_quoted(operator_client: Client) -> None:
    table = factories.negotiation()
    address = reverse("negotiation-stop", args=[table.pk])
    page = operator_client.post(address, {"reason": "Enough" + "!" * 800}, follow=True)
    assert f"You had written: “Enough{'!' * 800}”" in page.content.decode()


@pytest.mark.parametrize("name", ["Mine", "M" * 61])
def test_the_refused_name_of_a_view_is_quoted(operator_client: Client, name: str) -> None:
    said = {"name": name, "query": "mine=1"}
    operator_client.post("/views/save/", said)
    page = operator_client.post("/views/save/", said, follow=True).content.decode()
    assert f"You had written: “{name}”" in page


def test_the_reason_for_several_tables_is_shown_unless_all_is_done(operator_client: Client) -> None:
    running, ended = factories.negotiation(), factories.negotiation(status="no_agreement")
    written = "<dt>Why</dt><dd>They &lt;drag&gt;</dd>"
    for tables, shown in (([], True), ([ended.pk], True), ([running.pk], False)):
        said = {"verb": "end", "reason": "They <drag>", "table": tables}
        page = operator_client.post("/negotiations/together/", said).content.decode()
        assert (written in page) == shown
