"""The scenario's editor: what is typed in either tab is the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from negotiation.models import PolicyChange, ScenarioVersion
from negotiation.scenarios import drafts
from negotiation.scenarios.loaders import load, load_named
from negotiation.scenarios.schema import ScenarioDocument
from negotiation.views import scenario_drafts
from negotiation.views.scenario_drafts import fields_of
from tests import factories
from tests.negotiation.views.editing import (
    EDIT,
    LIMIT,
    PREVIEW,
    TEXT,
    TREE,
    fields,
    form,
    stored,
    way,
    yaml,
)

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["cloud-placement", "batch-placement"])
def test_form_and_yaml_of_a_shipped_scenario_are_the_same_document(name: str) -> None:
    document = load_named(name)
    tree = drafts.tree_of(document)
    draft = scenario_drafts.read(form(tree), tree)
    assert draft.document == document
    assert draft.text == drafts.text_of(tree), "what was not touched is written as it was"
    assert load(draft.text, source="x") == document


def test_every_field_of_the_schema_can_be_written_in_the_form() -> None:
    paths = {entry.path for entry in fields_of(scenario_drafts.opened(TREE, "form").groups)}
    missing = [name for name in ScenarioDocument.model_fields if name != "name"
               and not any(path.split(".")[0] == name for path in paths)]  # fmt: skip
    assert missing == []


@pytest.mark.parametrize(
    ("path", "text", "put_in"),
    [
        (LIMIT, "0.47", 0.47),
        ("title", "Somewhere else", "Somewhere else"),
        ("protocol.rounds", "12", 12),
        ("seats.0.strategy", "boulware", "boulware"),
        ("seats.0.owner", "Bo", "Bo"),
        ("seats.0.objectives.1.value.points", "0: 1, 24:0.2,48 : 0", [[0, 1], [24, 0.2], [48, 0]]),
        ("seats.0.objectives.0.value.worst", "9000", 9000),
        ("seats.0.objectives.0.weight", "3", 3),
        ("seats.0.beliefs.replication.mean", "900", 900),
        ("seats.0.knows.egress.source", "Another bill", "Another bill"),
        ("issues.3.options", "0\n25\n50", [0, 25, 50]),
        ("issues.3.options", "0 to 75 step 25", [0, 25, 50, 75]),
        ("constraints.2.text", "At most 40 ms", "At most 40 ms"),
        ("facts.0.nominal", "50", 50),
        ("measures.2.label", "Bound for", "Bound for"),
        ("executor.kind", "webhook", "webhook"),
    ],
)  # fmt: skip
def test_what_is_typed_in_the_form_is_in_the_document(path: str, text: str, put_in: object) -> None:
    draft = scenario_drafts.read(form(**{path: text}), TREE)
    assert draft.problems == []
    assert draft.document is not None
    assert drafts.at(draft.document.model_dump(mode="json"), way(path)) == put_in


def test_yaml_is_saved_as_the_same_document(admin_client: Client) -> None:
    factories.version()
    admin_client.post(EDIT, yaml(TEXT.replace("rounds: 10", "rounds: 11")))
    assert stored("protocol.rounds") == 11


@pytest.mark.parametrize("url", [EDIT, PREVIEW, "/new-scenario/", "/new-scenario/preview/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_only_admins_write_scenarios(manager_client: Client, method: str, url: str) -> None:
    factories.version()
    answer = getattr(manager_client, method)(url, form(**{LIMIT: "0.47"}))
    assert answer.status_code == 403
    assert ScenarioVersion.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {LIMIT: "0.2"},
        {"policy": drafts.text_of(TREE["policy"])},
        {"protocol.dissent": "1"},
        {"seats.4.veto": "no"},
    ],
)
def test_what_loosens_the_policy_waits_for_a_second_admin(
    admin_client: Client, change: dict[str, str]
) -> None:
    factories.version()
    if "policy" in change:
        change = {"policy": change["policy"] + "review_from: 60\n"}
    answer = admin_client.post(EDIT, form(**change), follow=True)
    assert ScenarioVersion.objects.count() == 1
    assert PolicyChange.objects.parked().count() == 1
    assert "Nothing is saved yet" in answer.content.decode()


def test_a_constraint_that_is_removed_waits_too(admin_client: Client) -> None:
    factories.version()
    less = admin_client.post(EDIT, form(go="remove:constraints.4"))
    sent = form(less.context["draft"].tree)
    admin_client.post(EDIT, sent)
    assert PolicyChange.objects.parked().count() == 1


@pytest.mark.parametrize(
    "path",
    ["issues", "facts", "measures", "constraints", "seats", "seats.0.objectives", "seats.0.beliefs",
     "seats.0.knows"],
)  # fmt: skip
def test_a_part_is_added_and_removed_and_gets_the_focus(admin_client: Client, path: str) -> None:
    factories.version()
    before = drafts.at(TREE, way(path))
    more = admin_client.post(EDIT, form(go=f"add:{path}"))
    tree = more.context["draft"].tree
    added = drafts.at(tree, way(path))
    assert len(added) == len(before) + 1
    focused = [entry.path for entry in fields(more).values() if entry.focus]
    assert len(focused) == 1
    assert focused[0].startswith(f"{path}.")
    assert more.content.decode().count("autofocus") == 1
    last = len(added) - 1 if isinstance(added, list) else next(name for name in added
                                                              if name not in before)  # fmt: skip
    less = admin_client.post(EDIT, form(tree, go=f"remove:{path}.{last}"))
    assert less.context["draft"].document == load_named("cloud-placement")


def test_parts_are_put_in_another_order(admin_client: Client) -> None:
    factories.version()
    answer = admin_client.post(EDIT, form(go="down:issues.0"))
    names = [issue["name"] for issue in answer.context["draft"].tree["issues"]]
    assert names[:2] == ["machine_type", "region"]
    again = admin_client.post(EDIT, form(answer.context["draft"].tree, go="up:issues.1"))
    assert again.context["draft"].document == load_named("cloud-placement")


def test_another_limit_keeps_its_figure() -> None:
    draft = scenario_drafts.read(
        form(**{"constraints.4.limit": "at_least", "constraints.4.at_most": "9000"}), TREE
    )
    rule = drafts.at(draft.tree, ("constraints", 4))
    assert rule["at_least"] == 9000
    assert "at_most" not in rule


def test_a_list_that_a_parameter_holds_stays_its_name() -> None:
    draft = scenario_drafts.read(form(**{"constraints.0.in": "DEU, BEL"}), TREE)
    assert drafts.at(draft.tree, ("constraints", 0, "in")) == ["DEU", "BEL"]
    tree = draft.tree
    assert tree is not None
    again = scenario_drafts.read(form(tree, **{"constraints.0.in": "residency"}), TREE)
    assert drafts.at(again.tree, ("constraints", 0, "in")) == "residency"


def test_an_unchanged_scenario_is_not_saved_again_and_keeps_its_name(admin_client: Client) -> None:
    factories.version()
    assert admin_client.post(EDIT, form()).status_code == 422
    renamed = admin_client.post(EDIT, yaml(TEXT.replace("cloud-placement", "elsewhere", 1)))
    assert renamed.status_code == 422
    assert "stays" in renamed.content.decode()
    assert ScenarioVersion.objects.count() == 1


def test_the_second_of_two_admins_sees_both_changes_and_loses_nothing(
    admin_client: Client,
) -> None:
    factories.version()
    admin_client.post(EDIT, form(note="The first one", **{LIMIT: "0.47", "protocol.rounds": "12"}))
    mine = {"seats.1.reservation": "0.66", "protocol.rounds": "14"}
    answer = admin_client.post(EDIT, form(note="The second one", **mine))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "saved version 2 while you were editing" in page
    assert 'name="based_on" value="2"' in page
    assert ScenarioVersion.objects.count() == 2
    shown = fields(answer)
    assert shown["seats.1.reservation"].text == "0.66", "my figure is kept"
    assert shown[LIMIT].text == "0.47", "and stands on top of theirs"
    assert shown["protocol.rounds"].text == "14"
    assert answer.context["both"] == {"protocol › rounds"}, "where both changed it, it says so"
    assert {one.where for one in answer.context["theirs"]} == {"Cost › limit", "protocol › rounds"}


@pytest.mark.parametrize("based_on", ["", "x", "-1", "9" * 400, "\0", "²"])
def test_a_malformed_base_version_is_no_error(admin_client: Client, based_on: str) -> None:
    factories.version()
    answer = admin_client.post(EDIT, form(based_on=based_on, **{LIMIT: "0.47"}))
    assert answer.status_code == 302
