from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from negotiation.models import PolicyChange, Scenario, ScenarioVersion
from negotiation.scenarios.loaders import load_named
from negotiation.views import rules_form
from tests import factories

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
LIMIT = "seats.0.reservation"
EDIT = "/scenarios/cloud-placement/edit/"


def typed(version: ScenarioVersion, **changed: str) -> dict[str, str]:
    """What the browser sends back: every figure of the form, some of them changed."""
    form = rules_form.seat_sections(version.document)
    fields = {entry.path: entry.text for part in form for entry in part.fields}
    assert set(changed) <= {*fields, "note", "based_on"}
    return fields | {"note": "Cost may go further", "based_on": str(version.number)} | changed


def test_the_form_offers_weights_and_limits_and_leaves_the_policy_to_its_own() -> None:
    form = rules_form.seat_sections(factories.version().document)
    paths = {entry.path for part in form for entry in part.fields}
    assert {"seats.0.objectives.0.weight", LIMIT} <= paths
    assert {path.split(".")[0] for path in paths} == {"seats"}


def test_an_admin_saves_a_new_version_with_author_and_note(
    admin_client: Client, admin: User
) -> None:
    version = factories.version()
    answer = admin_client.post(EDIT, typed(version, **{LIMIT: "0.47"}), follow=True)
    saved = ScenarioVersion.objects.get(number=2)
    assert saved.document["seats"][0]["reservation"] == 0.47
    assert (saved.author, saved.note) == (admin, "Cost may go further")
    assert "Cost may go further" in answer.content.decode()
    version.refresh_from_db()
    assert version.document["seats"][0]["reservation"] != 0.47, "an old version never changes"


def test_only_what_was_typed_changes() -> None:
    version = factories.version()
    edited = rules_form.document_from(
        version.document, typed(version), form_of=rules_form.seat_sections, source="x"
    )
    assert edited.model_dump(mode="json") == version.document


@pytest.mark.parametrize(
    "wrong", ["", "abc", "nan", "inf", "1e999", "2", "-0.5", "9" * 5000, "0x10", "\0", "١e٣٣٣"]
)
def test_a_wrong_figure_is_told_beside_its_field_and_in_the_summary(
    admin_client: Client, wrong: str
) -> None:
    version = factories.version()
    answer = admin_client.post(EDIT, typed(version, **{LIMIT: wrong}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="e-{LIMIT}"' in page
    assert f'href="#f-{LIMIT}"' in page
    assert "Cost may go further" in page, "the note that was typed is kept"
    assert ScenarioVersion.objects.count() == 1


def test_the_form_offers_value_functions() -> None:
    form = rules_form.seat_sections(factories.version().document)
    paths = {entry.path for part in form for entry in part.fields}
    assert {"seats.0.objectives.0.value.worst", "seats.0.objectives.1.value.points"} <= paths


def test_a_table_of_values_has_a_field_for_each_option() -> None:
    document = factories.version("batch-placement").document
    seats = copy.deepcopy(document["seats"])
    options = [str(option["value"]) for option in document["issues"][0]["options"]]
    seats[0]["objectives"][0] |= {
        "subject": document["issues"][0]["name"],
        "value": {"table": dict.fromkeys(options, 0.5)},
    }
    form = rules_form.seat_sections(document | {"seats": seats})
    fields = {entry.at[-1]: entry.label for entry in form[0].more if "table" in entry.at}
    assert list(fields) == options
    assert fields[options[0]].endswith(document["issues"][0]["options"][0]["label"])


@pytest.mark.parametrize(
    ("path", "text", "put_in"),
    [
        ("seats.0.objectives.1.value.points", "0: 1, 24:0.2,48 : 0", [[0, 1], [24, 0.2], [48, 0]]),
        ("seats.0.objectives.0.value.worst", "9000", 9000),
    ],
)
def test_curves_are_saved_as_they_were_typed(
    admin_client: Client, path: str, text: str, put_in: object
) -> None:
    version = factories.version()
    assert admin_client.post(EDIT, typed(version, **{path: text})).status_code == 302
    part: Any = ScenarioVersion.objects.get(number=2).document
    for step in path.split("."):
        part = part[int(step)] if isinstance(part, list) else part[step]
    assert part == put_in


@pytest.mark.parametrize(
    ("path", "wrong", "said"),
    [
        ("seats.0.objectives.1.value.points", "0: 1", "at least two points"),
        ("seats.0.objectives.1.value.points", "0, 1: 2", "at least two points"),
        ("seats.0.objectives.1.value.points", "0: 1, 12: 3", "no point"),
        ("seats.0.objectives.1.value.points", "12: 1, 0: 0", "does not come after"),
        ("seats.0.objectives.0.value.worst", "1800", "must differ"),
    ],
)
def test_each_wrong_curve_is_told_beside_its_field(
    admin_client: Client, path: str, wrong: str, said: str
) -> None:
    version = factories.version()
    answer = admin_client.post(EDIT, typed(version, **{path: wrong}))
    assert answer.status_code == 422
    errors = {
        entry.path: entry.error for part in answer.context["sections"] for entry in part.fields
    }
    assert said in errors[path]
    assert not answer.context["others"]
    assert ScenarioVersion.objects.count() == 1


@pytest.mark.parametrize("note", ["", " ", "x" * 301, "a\0b"])
def test_without_a_proper_note_nothing_is_saved(admin_client: Client, note: str) -> None:
    version = factories.version()
    answer = admin_client.post(EDIT, typed(version, **{LIMIT: "0.47", "note": note}))
    assert answer.status_code == 422
    assert 'value="0.47"' in answer.content.decode(), "what was typed is kept"
    assert ScenarioVersion.objects.count() == 1


def test_the_second_of_two_admins_is_told_and_loses_nothing(admin_client: Client) -> None:
    first = factories.version()
    admin_client.post(EDIT, typed(first, **{LIMIT: "0.47", "note": "The first one"}))
    mine = typed(first, **{"seats.1.reservation": "0.66", "note": "The second one"})
    answer = admin_client.post(EDIT, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "saved version 2 while you were editing" in page
    assert 'name="based_on" value="2"' in page
    assert ScenarioVersion.objects.count() == 2
    assert 'value="0.66"' in page, "my figure is kept"
    assert 'value="0.47"' in page, "and stands on top of theirs"


@pytest.mark.parametrize("based_on", ["", "x", "-1", "9" * 400, "\0", "²"])
def test_a_malformed_base_version_is_no_error(admin_client: Client, based_on: str) -> None:
    version = factories.version()
    answer = admin_client.post(EDIT, typed(version, **{LIMIT: "0.47", "based_on": based_on}))
    assert answer.status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_admins_write_the_rules(manager_client: Client, method: str) -> None:
    version = factories.version()
    answer = getattr(manager_client, method)(EDIT, typed(version, **{LIMIT: "0.47"}))
    assert answer.status_code == 403
    assert ScenarioVersion.objects.count() == 1


def test_a_version_says_what_changed_in_words(admin_client: Client) -> None:
    version = factories.version()
    before = version.document["seats"][0]["reservation"]
    admin_client.post(EDIT, typed(version, **{LIMIT: "0.47"}))
    page = admin_client.get("/scenarios/cloud-placement/versions/2/").content.decode()
    assert "Cost › limit" in page
    assert f"<del>{before}</del>" in page
    assert "<ins>0.47</ins>" in page


def test_the_page_shows_seats_rules_with_their_authors_and_the_history(
    operator_client: Client,
) -> None:
    version = factories.version()
    page = operator_client.get(reverse("scenario", args=[version.scenario.slug])).content.decode()
    rule = version.document["constraints"][0]
    for words in ("Cost", "Risk tolerance", rule["author"], rule["citation"], "For a test"):
        assert words in page
    assert "Edit the seats" not in page
    assert "Edit the policy" not in page


@pytest.mark.parametrize(
    "url",
    [
        "/scenarios/nowhere/",
        "/scenarios/cloud-placement/versions/9/",
        f"/scenarios/cloud-placement/versions/{'9' * 30}/",
    ],
)
def test_what_is_not_there_is_not_found(operator_client: Client, url: str) -> None:
    factories.version()
    assert operator_client.get(url).status_code == 404


@pytest.mark.parametrize("rows", [1, 20])
def test_the_number_of_queries_does_not_grow_with_the_scenarios(
    rows: int, operator_client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    version = factories.version()
    for number in range(rows):
        other = Scenario.objects.create(slug=f"s{number}", title=f"Scenario {number}")
        copied = ScenarioVersion.objects.create(
            scenario=other,
            number=1,
            document=version.document,
            document_hash=version.document_hash,
            note="Copied",
            created_at=version.created_at,
        )
        Scenario.objects.filter(pk=other.pk).update(current=copied)
    with django_assert_num_queries(5):
        operator_client.get("/scenarios/")


def test_the_page_says_what_follows_when_the_seats_do_not_agree(admin_client: Client) -> None:
    policy = load_named("cloud-placement").model_dump(mode="json")["policy"]
    rule = {"resolution": ["precedence", "ask"], "precedence": ["compliance", "cost"]}
    factories.version(policy=policy | rule)
    page = admin_client.get("/scenarios/cloud-placement/").content.decode()
    assert "the order of precedence (Compliance and Cost), then a person" in page


def test_a_lower_limit_of_a_seat_waits_for_a_second_admin(admin_client: Client) -> None:
    version = factories.version()
    answer = admin_client.post(EDIT, typed(version, **{LIMIT: "0.2"}), follow=True)
    assert ScenarioVersion.objects.count() == 1
    assert PolicyChange.objects.parked().count() == 1
    assert "Nothing is saved yet" in answer.content.decode()
