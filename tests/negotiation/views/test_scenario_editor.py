"""The scenario's editor: form and YAML of one document, right or not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from negotiation.models import PolicyChange, ScenarioVersion
from negotiation.scenarios import drafts
from negotiation.scenarios.documents import parse
from negotiation.scenarios.loaders import load, load_named
from negotiation.scenarios.schema import ScenarioDocument
from negotiation.views import scenario_drafts
from negotiation.views.scenario_drafts import fields_of
from tests import factories

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

pytestmark = pytest.mark.django_db
LIMIT = "seats.0.reservation"
EDIT = "/scenarios/cloud-placement/edit/"
PREVIEW = "/scenarios/cloud-placement/preview/"
TREE = drafts.tree_of(load_named("cloud-placement"))
TEXT = drafts.text_of(TREE)


def form(tree: dict[str, Any] = TREE, **changed: str) -> dict[str, str]:
    """What the browser sends from the form's tab, some of it changed."""
    draft = scenario_drafts.opened(tree, "form")
    fields = {entry.path: entry.text for entry in fields_of(draft.groups)}
    typed = {"tab": "form", "draft": draft.text, "based_on": "1", "note": "Because", "go": "save"}
    assert set(changed) <= {*fields, *typed}, set(changed) - {*fields, *typed}
    return fields | typed | changed


def yaml(text: str = TEXT, **changed: str) -> dict[str, str]:
    typed = {"tab": "yaml", "draft": text, "based_on": "1", "note": "Because", "go": "save"}
    return typed | changed


def fields(answer: Any) -> dict[str, Any]:
    return {entry.path: entry for entry in fields_of(answer.context["draft"].groups)}


def stored(path: str) -> Any:
    return drafts.at(ScenarioVersion.objects.get(number=2).document, way(path))


def way(path: str) -> tuple[str | int, ...]:
    return tuple(int(part) if part.isdigit() else part for part in path.split("."))


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


def test_yaml_is_saved_as_the_same_document(admin_client: Client) -> None:
    factories.version()
    admin_client.post(EDIT, yaml(TEXT.replace("rounds: 10", "rounds: 11")))
    assert stored("protocol.rounds") == 11


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
