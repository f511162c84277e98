"""The policy's editor: a form and YAML of the same document."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from negotiation.models import ScenarioVersion
from negotiation.scenarios.policies import load_policy
from tests.negotiation.policies.documents import SHIPPED
from tests.negotiation.policies.forms import EDIT, TEXT, form, stored, yaml

pytestmark = pytest.mark.django_db


def errors(answer: Any) -> dict[str, str]:
    sections = answer.context["draft"].sections
    return {entry.path: entry.error for part in sections for entry in part.fields if entry.error}


@pytest.mark.parametrize(
    ("path", "text", "put_in"),
    [
        ("parameters.residency", "DEU, BEL,none", ["DEU", "BEL", "none"]),
        ("policy.gates.1.people", "2", 2),
        ("policy.tiers.0.window_hours", "2.5", 2.5),
        ("policy.tiers.1.own_verdict", "yes", True),
        ("policy.capacity", "24", 24),
        ("policy.resolution", "mediate, ask", ["mediate", "ask"]),
        ("policy.risk.dimensions.0.tolerance", "100000", 100_000),
        ("policy.risk.reversibility.levels.one_year", "0.9", 0.9),
        ("seats.0.veto", "yes", True),
    ],
)
def test_what_tightens_or_weakens_nothing_is_saved_from_the_form(
    admin_client: Client, version: ScenarioVersion, path: str, text: str, put_in: object
) -> None:
    answer = admin_client.post(EDIT, form(**{path: text}), follow=True)
    assert stored(path) == put_in
    assert "Because" in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "wrong", "said"),
    [
        ("parameters.residency", "DEU, BEU", "There is no “BEU”"),
        ("parameters.residency", "", "Name at least one"),
        ("policy.gates.1.not_in", "DEU,,FRA", "Name at least one"),
        ("policy.tiers.0.window_hours", "0", "more than 0"),
        ("policy.tiers.1.from", "80", "is not above the tier before"),
        ("policy.tiers.1.seniors", "3", "3 seniors of 2"),
        ("policy.grant_hours", "1000", "720"),
        ("policy.review_from", "x" * 5_000, "not a number"),
        ("policy.capacity", "-1", "more than 0"),
        ("policy.resolution", "votes", "There is no “votes”"),
        ("seats.0.veto", "maybe", "yes or no"),
    ],
)
def test_what_is_wrong_in_the_form_is_told_beside_its_field(
    admin_client: Client, version: ScenarioVersion, path: str, wrong: str, said: str
) -> None:
    answer = admin_client.post(EDIT, form(**{path: wrong}))
    assert answer.status_code == 422
    found = errors(answer)
    at = path if path in found else path.rsplit(".", 1)[0]
    told = [*found.values(), *answer.context["draft"].others]
    assert any(said in one for one in told), (at, told)
    assert ScenarioVersion.objects.count() == 1
    assert "Because" in answer.content.decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TEXT.replace("review_from: 35", "review_from: high"), "line 50"),
        (TEXT.replace("policy:", "policy: &a"), "anchor"),
        ("a: [", "not valid YAML"),
        ("\0", "control character"),
        ("[" * 3000, "nested deeper"),
        (TEXT + "\nextra: 1\n", "there is no field &#x27;extra&#x27;"),
    ],
)
def test_what_is_wrong_in_the_yaml_is_told_with_its_line_and_nothing_is_lost(
    admin_client: Client, version: ScenarioVersion, text: str, said: str
) -> None:
    answer = admin_client.post(EDIT, yaml(text))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert answer.context["draft"].text == text
    assert ScenarioVersion.objects.count() == 1


def test_yaml_is_saved_as_the_same_document(admin_client: Client, version: ScenarioVersion) -> None:
    admin_client.post(EDIT, yaml(TEXT.replace("review_from: 35", "review_from: 30")))
    assert stored("policy.review_from") == 30
    assert stored("seats") == version.document["seats"]


def test_switching_the_tabs_keeps_what_was_typed(
    admin_client: Client, version: ScenarioVersion
) -> None:
    there = admin_client.post(EDIT, form(go="yaml", **{"policy.review_from": "31"}))
    assert there.status_code == 200
    assert "Because" in there.content.decode()
    typed = there.context["draft"].text
    assert load_policy(typed, document=SHIPPED, source="x").policy.review_from == 31
    commented = typed.replace("review_from: 31", "review_from: 29  # less")
    back = admin_client.post(EDIT, yaml(commented, go="form"))
    fields = {e.path: e.text for part in back.context["draft"].sections for e in part.fields}
    assert fields["policy.review_from"] == "29"
    assert back.context["draft"].text == commented, "the comment is kept while nothing else changes"
    assert ScenarioVersion.objects.count() == 1


def test_a_gate_that_is_only_in_the_yaml_survives_the_form(
    admin_client: Client, version: ScenarioVersion
) -> None:
    gate = "  gates:\n    - {name: dear, text: Dear, subject: monthly_cost, above: 9000}\n"
    text = TEXT.replace("  gates:\n", gate)
    back = admin_client.post(EDIT, yaml(text, go="form"))
    sections = back.context["draft"].sections
    fields = {entry.path: entry.text for part in sections for entry in part.fields}
    sent = fields | {"tab": "form", "draft": back.context["draft"].text, "based_on": "1"}
    admin_client.post(EDIT, sent | {"note": "One more", "policy.gates.0.above": "8000"})
    assert stored("policy.gates.0")["above"] == 8000


@pytest.mark.parametrize("kind", ["tiers", "freezes"])
def test_a_part_is_added_and_removed_in_the_form(
    admin_client: Client, version: ScenarioVersion, kind: str
) -> None:
    count = len(getattr(SHIPPED.policy, kind))
    more = admin_client.post(EDIT, form(go=f"add-{kind}"))
    policy = load_policy(more.context["draft"].text, document=SHIPPED, source="x").policy
    assert len(getattr(policy, kind)) == count + 1
    sent = form(draft=more.context["draft"].text, go=f"remove-policy.{kind}.{count}")
    less = admin_client.post(EDIT, sent)
    again = load_policy(less.context["draft"].text, document=SHIPPED, source="x")
    assert again == SHIPPED


@pytest.mark.parametrize(
    "go", ["remove-policy.gates.99", "remove-", "remove-policy.risk.0", "add-", "nonsense", "\0"]
)
def test_a_step_that_makes_no_sense_changes_nothing(
    admin_client: Client, version: ScenarioVersion, go: str
) -> None:
    answer = admin_client.post(EDIT, form(go=go))
    assert answer.status_code in {200, 422}
    assert ScenarioVersion.objects.count() == 1


@pytest.mark.parametrize("note", ["", " ", "x" * 301, "a\0b"])
def test_without_a_proper_note_nothing_is_saved(
    admin_client: Client, version: ScenarioVersion, note: str
) -> None:
    answer = admin_client.post(EDIT, form(note=note, **{"policy.review_from": "30"}))
    assert answer.status_code == 422
    assert 'value="30"' in answer.content.decode()
    assert ScenarioVersion.objects.count() == 1


def test_an_unchanged_policy_is_not_saved_again(
    admin_client: Client, version: ScenarioVersion
) -> None:
    assert admin_client.post(EDIT, form()).status_code == 422
    assert ScenarioVersion.objects.count() == 1


@pytest.mark.parametrize("tab", ["form", "yaml"])
def test_the_second_of_two_admins_is_told_and_loses_nothing(
    admin_client: Client, other_client: Client, version: ScenarioVersion, tab: str
) -> None:
    admin_client.post(EDIT, form(**{"policy.review_from": "30"}))
    text = TEXT.replace("refuse_from: 90", "refuse_from: 80")
    mine = form(**{"policy.refuse_from": "80"}) if tab == "form" else yaml(text)
    answer = other_client.post(EDIT, mine)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "saved version 2 while you were editing" in page
    assert "A person decides from 35 → 30 points" in page
    both = load_policy(answer.context["draft"].text, document=SHIPPED, source="x").policy
    assert (both.review_from, both.refuse_from) == (30, 80)
    assert 'name="based_on" value="2"' in page
