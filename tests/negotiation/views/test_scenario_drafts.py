"""The scenario's editor: drafts that are not right, and two admins at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from negotiation.models import ScenarioVersion
from negotiation.scenarios import drafts
from negotiation.scenarios.documents import parse
from negotiation.scenarios.loaders import load_named
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
    yaml,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

pytestmark = pytest.mark.django_db


def test_an_admin_saves_a_new_version_with_author_and_note(
    admin_client: Client, admin: User
) -> None:
    version = factories.version()
    answer = admin_client.post(EDIT, form(**{LIMIT: "0.47"}), follow=True)
    saved = ScenarioVersion.objects.get(number=2)
    assert saved.document["seats"][0]["reservation"] == 0.47
    assert (saved.author, saved.note) == (admin, "Because")
    assert "Because" in answer.content.decode()
    version.refresh_from_db()
    assert version.document["seats"][0]["reservation"] != 0.47, "an old version never changes"
    changed = {**version.document, "seats": saved.document["seats"]}
    assert saved.document == changed, "only what was typed changes"


@pytest.mark.parametrize(
    "wrong", ["", "abc", "nan", "inf", "1e999", "2", "-0.5", "9" * 5000, "0x10", "\0", "١e٣٣٣"]
)
def test_a_wrong_figure_is_told_beside_its_field_and_in_the_summary(
    admin_client: Client, wrong: str
) -> None:
    factories.version()
    answer = admin_client.post(EDIT, form(**{LIMIT: wrong}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="e-{LIMIT}"' in page
    assert f'href="#f-{LIMIT}"' in page
    assert "Because" in page, "the note that was typed is kept"
    assert ScenarioVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "wrong", "said"),
    [
        ("seats.0.objectives.1.value.points", "0: 1", "at least two points"),
        ("seats.0.objectives.1.value.points", "0, 1: 2", "at least two points"),
        ("seats.0.objectives.1.value.points", "0: 1, 12: 3", "no point"),
        ("seats.0.objectives.1.value.points", "12: 1, 0: 0", "does not come after"),
        ("seats.0.objectives.0.value.worst", "1800", "must differ"),
        ("seats.0.objectives.0.subject", "nothing", "unknown measure"),
        ("issues.3.options", "9 to 0", "rises"),
        ("issues.3.options", "0 to 1000000", "is the most"),
        ("issues.3.options", "0\n0", "there twice"),
        ("constraints.2.at_most", "nowhere", "no parameter"),
        ("parameters", "a: [", "not valid yaml"),
        ("today", "region: Mars", "is missing"),
        ("seats.0.name", "Not A Slug", "small letter"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(path: str, wrong: str, said: str) -> None:
    draft = scenario_drafts.read(form(**{path: wrong}), TREE)
    entries = {entry.path: entry for entry in fields_of(draft.groups)}
    told = " ".join(entry.error for entry in entries.values())
    assert said in told.lower()
    near = entries.get(path)
    assert near is not None
    assert near.text == wrong, "what was typed is still there"


def test_all_that_is_wrong_is_told_at_once(admin_client: Client) -> None:
    """Also what does not fit together, which another fault's wrong shape would hide."""
    factories.version()
    wrong = {LIMIT: "abc", "seats.1.objectives.0.weight": "-1", "constraints.4.subject": "nope",
             "facts.0.sd": "-3"}  # fmt: skip
    answer = admin_client.post(EDIT, form(**wrong))
    errors = {path for path, entry in fields(answer).items() if entry.error}
    assert errors == set(wrong)


def test_what_is_wrong_is_carried_over_to_the_other_tab_and_back(admin_client: Client) -> None:
    factories.version()
    there = admin_client.post(EDIT, form(go="yaml", **{LIMIT: "quite a lot", "title": "New"}))
    text = there.context["draft"].text
    assert "reservation: quite a lot" in text
    assert "title: New" in text
    problem = next(one for one in there.context["draft"].problems if one.line)
    assert text.split("\n")[problem.line - 1].strip() == "reservation: quite a lot"
    back = admin_client.post(EDIT, yaml(text, go="form"))
    assert fields(back)[LIMIT].text == "quite a lot"
    assert fields(back)["title"].text == "New"
    assert "Because" in back.content.decode()
    assert ScenarioVersion.objects.count() == 1


def test_comments_stay_while_nothing_changes_and_the_order_stays_always(
    admin_client: Client,
) -> None:
    factories.version()
    lines = TEXT.split("\n")
    swapped = "# mine\n" + "\n".join([lines[1], lines[0], *lines[2:]])
    back = admin_client.post(EDIT, yaml(swapped, go="form"))
    assert back.context["draft"].text == swapped
    tree = parse(swapped, source="x").data
    sent = form(tree, draft=swapped, go="yaml", title="Changed")
    there = admin_client.post(EDIT, sent)
    assert there.context["draft"].text.startswith("title: Changed\nname: cloud-placement\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "line 2, column 1"),
        ("seats:\n  - x\n - y", "line 3, column 2"),
        ("\0", "control character"),
        ("[" * 3000, "nested deeper"),
        ("", "not a mapping"),
        (TEXT.replace("seats:", "seats: &a"), "anchor"),
        (TEXT + "\nextra: 1\n", "there is no field &#x27;extra&#x27;"),
        (TEXT.replace("rounds: 10", "rounds: ten"), "line "),
        ("x" * 1_000_001, "larger than 1 MB"),
    ],
)
@pytest.mark.parametrize("go", ["save", "form", "again"])
def test_what_is_wrong_in_the_yaml_is_told_with_its_place_and_nothing_is_lost(
    admin_client: Client, text: str, said: str, go: str
) -> None:
    factories.version()
    answer = admin_client.post(EDIT, yaml(text, go=go))
    assert answer.status_code == (422 if go == "save" else 200)
    assert answer.context["draft"].text == text
    assert go == "form" or said in answer.content.decode()
    assert ScenarioVersion.objects.count() == 1


@pytest.mark.parametrize("note", ["", " ", "x" * 301, "a\0b"])
def test_without_a_proper_note_nothing_is_saved(admin_client: Client, note: str) -> None:
    factories.version()
    answer = admin_client.post(EDIT, form(note=note, **{LIMIT: "0.47"}))
    assert answer.status_code == 422
    assert 'value="0.47"' in answer.content.decode(), "what was typed is kept"
    assert ScenarioVersion.objects.count() == 1


@pytest.mark.parametrize(
    "go",
    ["remove:issues.99", "remove:", "remove:policy", "remove:policy.risk", "add:", "add:policy",
     "up:issues.0", "down:seats.4", "up:issues.x", "nonsense", "\0", "add:seats.0.objectives.0.x",
     "remove:issues." + "9" * 400, "add:" + "seats." * 4 + "seats"],
)  # fmt: skip
def test_a_step_that_makes_no_sense_changes_nothing(admin_client: Client, go: str) -> None:
    factories.version()
    answer = admin_client.post(EDIT, form(go=go))
    assert answer.status_code == 200
    assert answer.context["draft"].document == load_named("cloud-placement")


HOSTILE: list[Any] = [
    {}, {"seats": 3}, {"seats": [1, "x", None, {}]}, {"issues": {"a": 1}}, {"issues": [[], {}]},
    {"seats": [{"objectives": 3, "beliefs": [1], "knows": "x", "title": ["a"]}]},
    {"seats": [{"objectives": [3, {"value": 4, "subject": {}}, {"value": {"points": "x"}}]}]},
    {"seats": [{"objectives": [{"value": {"points": [[1]], "worst": 2}, "weight": "x"}]}]},
    {"seats": [{"objectives": [{"value": {"table": {"a": "b"}}, "subject": ["x"]}]}]},
    {"seats": [{"objectives": [{"value": {"triangle": [3, 2, 1]}, "weight": -1e300}]}]},
    {"constraints": [{"in": {}, "at_most": []}, {"when": 3}, 7]}, {"parameters": [1]},
    {"facts": "x", "measures": [None], "lookups": {"a": []}, "policy": [], "protocol": "x"},
    {"name": "<script>", "title": "\u202eabc", "executor": 1, "today": [1], "catalogue": ["x"]},
]  # fmt: skip


@pytest.mark.parametrize("broken", range(len(HOSTILE)))
@pytest.mark.parametrize("whole", [True, False])
def test_whatever_a_draft_holds_it_is_shown_and_nothing_of_it_is_lost(
    admin_client: Client, broken: int, whole: bool
) -> None:
    factories.version()
    tree = HOSTILE[broken] if whole else TREE | HOSTILE[broken]
    text = drafts.text_of(tree)
    assert admin_client.post(PREVIEW, yaml(text)).status_code == 200
    shown = admin_client.post(EDIT, yaml(text, go="form"))
    assert shown.status_code == 200
    draft = shown.context["draft"]
    if draft.tab == "form":
        sent = {entry.path: entry.text for entry in fields_of(draft.groups)}
        again = scenario_drafts.read(sent | {"tab": "form", "draft": draft.text}, TREE)
        assert again.tree == parse(text, source="x").data
    assert admin_client.post(EDIT, yaml(text)).status_code == 422
    assert "<script>" not in shown.content.decode().replace('<script type="module"', "").replace(
        "<script src=", ""
    )
