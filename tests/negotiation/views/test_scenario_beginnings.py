"""The scenario's editor: what a draft comes to, how a scenario begins, and the way back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from negotiation.models import PolicyChange, ScenarioVersion
from negotiation.scenarios import drafts
from negotiation.scenarios.loaders import load_named
from negotiation.scenarios.schema import ScenarioDocument
from negotiation.views import scenario_drafts
from tests import factories
from tests.negotiation.views.editing import (
    EDIT,
    LIMIT,
    PREVIEW,
    TEXT,
    TREE,
    form,
    way,
    yaml,
)

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        ("points", {"points": [[1800, 1], [10500, 0]]}),
        ("triangle", {"triangle": [1800, 1800, 10500]}),
    ],
)
def test_another_value_function_begins_as_near_as_can_be(kind: str, made: dict[str, Any]) -> None:
    draft = scenario_drafts.read(form(**{"seats.0.objectives.0.value.form": kind}), TREE)
    assert drafts.at(draft.tree, way("seats.0.objectives.0.value")) == made


def test_a_preview_tells_what_the_draft_comes_to_and_saves_nothing(admin_client: Client) -> None:
    factories.version()
    answer = admin_client.post(PREVIEW, form(**{LIMIT: "0.45"}))
    page = answer.content.decode()
    assert "They can agree" in page
    assert "6,978 of 37,800 combinations are lawful" in page
    assert "<del>0.44</del>" in page
    assert 'id="seats-0-objectives-1-picture" hx-swap-oob="true"' in page
    none = admin_client.post(PREVIEW, form(**{LIMIT: "0.9"})).content.decode()
    assert "Not as it is" in none
    assert "If Cost’s limit went from 0.9 to" in none
    loose = admin_client.post(PREVIEW, form(**{LIMIT: "0.3"})).content.decode()
    assert "until a second admin agrees" in loose
    assert ScenarioVersion.objects.count() == 1


@pytest.mark.parametrize(
    "seats", [("cost", "carbon"), ("cost", "cost"), ("nobody", ""), ("\0", "9" * 500)]
)
def test_any_two_seats_can_be_compared(admin_client: Client, seats: tuple[str, str]) -> None:
    factories.version()
    x, y = seats
    answer = admin_client.post(PREVIEW, form() | {"space_x": x, "space_y": y})
    space = answer.context["space"]
    assert space["x"] != space["y"]
    assert answer.status_code == 200
    assert x != "cost" or space["x"] == "cost"


@pytest.mark.parametrize("name", ["cloud-placement", "batch-placement"])
def test_a_preview_of_a_shipped_scenario_takes_less_than_a_second(
    admin_client: Client, name: str
) -> None:
    factories.version(name)
    tree = drafts.tree_of(load_named(name))
    sent = form(tree, **{"protocol.rounds": "17"})
    admin_client.post(f"/scenarios/{name}/preview/", form(tree))  # templates are read once
    begin = time.process_time()
    admin_client.post(f"/scenarios/{name}/preview/", sent)
    assert time.process_time() - begin < 1


NEW = "/new-scenario/"


def test_a_new_scenario_begins_as_a_copy_and_as_a_dry_run(admin_client: Client) -> None:
    factories.version()
    page = admin_client.get(NEW).content.decode()
    assert "Begin with batch-placement" in page
    begun = admin_client.get(NEW, {"kind": "copy", "from": "cloud-placement"})
    tree = begun.context["draft"].tree
    assert tree["name"] == "cloud-placement-2"
    answer = admin_client.post(NEW, form(tree, title="Another one"), follow=True)
    assert "until a second admin agrees" in answer.content.decode()
    saved = ScenarioVersion.objects.get(scenario__slug="cloud-placement-2")
    assert saved.document["executor"] == {"kind": "dry-run", "target": None}
    assert saved.document["title"] == "Another one"


def test_what_a_new_scenario_carries_out_waits_for_a_second_admin(admin_client: Client) -> None:
    """However loose its first policy: one admin alone makes nothing happen."""
    text = TEXT.replace("name: cloud-placement", "name: mine", 1)
    assert "webhook" in text
    admin_client.post(NEW, yaml(text))
    first = ScenarioVersion.objects.get(scenario__slug="mine")
    assert first.document["executor"]["kind"] == "dry-run"
    tree = drafts.tree_of(ScenarioDocument.model_validate(first.document))
    real = {"executor.kind": "webhook", "executor.target": "demo"}
    admin_client.post("/scenarios/mine/edit/", form(tree, **real))
    assert ScenarioVersion.objects.filter(scenario__slug="mine").count() == 1
    assert PolicyChange.objects.parked().get().scenario.slug == "mine"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TEXT, "a scenario &#x27;cloud-placement&#x27; already"),
        ("a: b: c", "line 1, column 5"),
        ("", "not a mapping"),
        ("name: x", "is missing"),
    ],
)
def test_what_cannot_begin_is_told_and_kept(admin_client: Client, text: str, said: str) -> None:
    factories.version()
    answer = admin_client.post(NEW, yaml(text))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert answer.context["draft"].text == text
    assert ScenarioVersion.objects.count() == 1


@pytest.mark.parametrize(
    "query",
    [{"kind": "shipped", "from": "../../etc"}, {"kind": "\0", "from": "\0"}, {"kind": "yaml"},
     {"kind": "shipped", "from": "batch-placement"}],
)  # fmt: skip
def test_every_way_to_begin_has_a_page(admin_client: Client, query: dict[str, str]) -> None:
    assert admin_client.get(NEW, query).status_code == 200
    assert admin_client.post(f"{NEW}preview/", yaml("x: [")).status_code == 200


def test_restoring_makes_a_new_version(admin_client: Client) -> None:
    version = factories.version()
    admin_client.post(EDIT, form(**{LIMIT: "0.47"}))
    answer = admin_client.post(
        "/scenarios/cloud-placement/versions/1/restore/", {"note": "Back"}, follow=True
    )
    assert PolicyChange.objects.parked().count() == 1, "a lower limit loosens"
    assert "Nothing is saved yet" in answer.content.decode()
    PolicyChange.objects.all().delete()
    admin_client.post(EDIT, form(based_on="2", **{LIMIT: "0.5"}))
    again = "/scenarios/cloud-placement/versions/3/restore/"
    assert admin_client.post(again, {"note": ""}).status_code == 422
    assert ScenarioVersion.objects.get(number=3).document["seats"][0]["reservation"] == 0.5
    version.refresh_from_db()
    assert version.number == 1
