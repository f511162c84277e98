"""From text or data to a checked document, or to sentences that say what would be right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.scenarios.errors import ScenarioError
from negotiation.scenarios.loaders import from_data, load, load_named, shipped
from negotiation.scenarios.schema import ScenarioDocument
from tests.negotiation.scenarios.small import SMALL, changed, refusal


def test_the_small_document_is_valid() -> None:
    assert from_data(SMALL, source="small").name == "small"


def test_json_is_yaml_too() -> None:
    assert load(json.dumps(SMALL), source="small") == from_data(SMALL, source="small")


def test_the_stored_form_reads_back_the_same() -> None:
    document = from_data(SMALL, source="small")
    stored = json.loads(json.dumps(document.model_dump(mode="json"), allow_nan=False))

    assert ScenarioDocument.model_validate(stored) == document
    assert from_data(stored, source="stored") == document


def test_a_problem_names_file_line_path_and_remedy() -> None:
    text = json.dumps(changed("seats.0.objectives.0.subject", "month_cost"), indent=1)

    with pytest.raises(ScenarioError) as caught:
        load(text, source="mine.yaml")

    error = caught.value
    line = text[: text.index('"month_cost"')].count("\n") + 1
    assert (error.file, error.path) == ("mine.yaml", "seats[0].objectives[0].subject")
    assert error.problem == "unknown measure or issue 'month_cost'"
    assert error.remedy == "did you mean 'monthly_cost'?"
    assert str(error) == (
        f"mine.yaml, line {line}, seats[0].objectives[0].subject: "
        "unknown measure or issue 'month_cost'; did you mean 'monthly_cost'?"
    )


def test_every_problem_is_told() -> None:
    data = changed("title", "")
    del data["service"]
    data["zzz"] = 1

    assert refusal(data).splitlines() == [
        "title: the text is empty; write one.",
        "service: is missing; add it.",
        "zzz: there is no field 'zzz' here; remove it.",
    ]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("measures.0.fomula", "1", "measures[0].fomula: there is no field 'fomula' here; did you"),
        ("name", "Not A Slug", "name: 'Not A Slug' does not fit here; begin with a small letter"),
        ("issues.0.name", "Über", "begin with a small letter"),
        ("seats.0.reservation", 1.5, "seats[0].reservation: '1.5' is too large; write 1 or less."),
        ("seats.0.reservation", "0.5", "seats[0].reservation: '0.5' does not fit here; write a nu"),
        ("seats.0.reservation", True, "seats[0].reservation: true does not fit here; write a num"),
        ("seats.0.reservation", float("nan"), "seats[0].reservation: 'nan' is"),
        ("seats.0.objectives.0.weight", 0, "'0' is too small; write more than 0."),
        ("seats.0.objectives", [], "there are too few entries; give at least 1."),
        ("seats.0.strategy", "stubborn", "'stubborn' is no strategy; write one of boulware, con"),
        ("seats.0.veto", "no", "seats[0].veto: 'no' does not fit here; write true or false."),
        ("seats.0.title", "a\x1b[31m", "there is a control character (\\x1b); remove it."),
        ("seats.0.title", "a\nb", "there is a control character (\\n); remove it."),
        ("seats.0.title", "\ud800", "seats[0].title: "),
        ("seats.0.title", "   ", "seats[0].title: is blank; write a text."),
        ("seats.0.title", None, "seats[0].title: nothing does not fit here; write a text."),
        ("seats.1.knows.load.observed_on", "2026-02-30", "'2026-02-30' is not a date; write it as"),
        ("seats.1.knows.load.url", "javascript:alert(1)", "seats[1].knows.load.url: 'javascript:"),
        ("seats.1.knows.load.sd", 0, "'0' is too small; write more than 0."),
        ("seats.0.objectives.0.value", {"worst": 1}, "needs either worst and best, or"),
        ("seats.0.objectives.0.value", {"worst": 1, "best": 1}, "worst and best are equal"),
        ("seats.0.objectives.0.value", {"triangle": [3, 2, 9]}, "a triangle is [low, peak, high]"),
        ("seats.0.objectives.0.value", {"triangle": [1, 2]}, "too few entries; give at least 3."),
        ("seats.0.discount", 0, "seats[0].discount: '0' is too small; write more than 0."),
        ("seats.0.objectives.0.value", {"worst": 1, "best": 2, "table": {"a": 1}}, "needs either"),
        ("constraints.0.at_most", 3, "constraints[0]: needs exactly one of in, not_in, at_most"),
        ("constraints.0.when", {"subject": "share"}, "constraints[0].when: needs exactly one of"),
        ("constraints.0.author", "", "constraints[0].author: the text is empty"),
        ("policy.gates.0.above", None, "policy.gates[0]: needs exactly one of at_least, above"),
        ("policy.risk.dimensions.0.tolerance", 0, "'0' is too small; write more than 0."),
        ("executor", {"kind": "webhook"}, "executor: a webhook needs a target"),
        ("executor", {"kind": "webhook", "target": "http://x"}, "executor.target: 'http://x' does"),
        ("protocol", {"rounds": 1.5}, "protocol.rounds: '1.5' does not fit here; write a whole"),
        ("parameters.hours", 1e16, "parameters.hours: '1e+16' is too large"),
        ("issues", "region", "issues: 'region' does not fit here; write a list."),
        ("policy", [], "policy: a list does not fit here; write fields as 'name: value'."),
    ],
)
def test_a_part_that_does_not_fit_is_refused(path: str, value: Any, said: str) -> None:
    assert said in refusal(changed(path, value))


def test_hostile_names_are_written_out_in_the_sentence() -> None:
    said = refusal(changed("seats.0.\u202eevil\x1b[31m", 1))

    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "\\u202eevil\\x1b[31m" in said


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*SMALL, "x"]), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_any_data_is_a_scenario_or_refused_with_a_sentence(data: Any) -> None:
    with pytest.raises(ScenarioError, match=r"^x, "):
        from_data(data, source="x")


def test_shipped_scenarios_are_found_by_name() -> None:
    assert {"batch-placement", "cloud-placement"} <= shipped().keys()
    for name in shipped():
        assert load_named(name).name == name


def test_a_path_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(json.dumps(SMALL))

    assert load_named(str(path)).name == "small"


def test_an_unknown_name_is_a_sentence() -> None:
    with pytest.raises(ScenarioError) as caught:
        load_named("cloud-placemnt")

    assert str(caught.value) == (
        "cloud-placemnt, there is no such scenario or file; did you mean 'cloud-placement'?"
    )


def test_a_name_that_no_file_can_have_is_not_found() -> None:
    with pytest.raises(ScenarioError, match="no such scenario"):
        load_named("x" * 5_000)
