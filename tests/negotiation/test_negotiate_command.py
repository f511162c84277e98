"""`manage.py negotiate`: a conversation for people, JSON for programs, no database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.negotiation.scenarios.small import SMALL, changed

ROOT = Path(__file__).parents[2]


def negotiate(*arguments: str, **options: Any) -> tuple[int, str, str]:
    """Exit status, output and errors; pytest-django refuses any use of the database here."""
    out, err = StringIO(), StringIO()
    try:
        call_command("negotiate", *arguments, stdout=out, stderr=err, **options)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def saved(tmp_path: Path, data: Any) -> str:
    path = tmp_path / "mine.yaml"
    path.write_text(json.dumps(data), encoding="utf-8")
    return str(path)


def test_json_holds_what_a_program_needs() -> None:
    status, out, err = negotiate("cloud-placement", "--json")
    result = json.loads(out)

    assert (status, err) == (0, "")
    assert list(result["agreement"]) == [
        "region",
        "machine_type",
        "purchase_model",
        "spot_share",
        "failover_region",
    ]
    assert result["reason"] is None
    assert result["utilities"].keys() == result["reservations"].keys()
    assert all(result["utilities"][seat] >= r for seat, r in result["reservations"].items())
    assert result["pareto"] is True
    assert 0.9 < result["nash_ratio"] <= 1
    assert 0.7 <= result["confidence"] <= 1
    assert result["risk"]["route"] == "review"
    assert 35 <= result["risk"]["score"] < 90
    points = sum(factor["points"] for factor in result["risk"]["factors"])
    assert 100 + points == pytest.approx(result["risk"]["score"])
    assert {finding["forces"] for finding in result["risk"]["findings"]} == {"review"}


def test_messages_are_numbered_without_gaps_and_say_who_what_and_why() -> None:
    messages = json.loads(negotiate("cloud-placement", "--json")[1])["messages"]

    assert [message["seq"] for message in messages] == list(range(1, len(messages) + 1))
    assert all({"sender", "act", "offer", "text"} <= message.keys() for message in messages)
    assert all(message["text"] for message in messages)


def test_a_ledger_says_what_each_seat_told_to_whom() -> None:
    result = json.loads(negotiate("cloud-placement", "--json")[1])
    answers = {(m["sender"], m["seq"]) for m in result["messages"] if m["act"] == "inform"}
    told = {
        (seat, entry["seq"])
        for seat, entries in result["disclosed"].items()
        for entry in entries
        if entry["kind"] == "known"
    }
    assert told == answers != set()


def test_rounds_counts_the_offers_on_the_table() -> None:
    result = json.loads(negotiate("cloud-placement", "--json")[1])
    putting = [m for m in result["messages"] if m["act"] in {"propose", "revise", "mediate"}]

    assert result["rounds"] == len(putting)


def test_same_seed_same_bytes_also_from_another_process() -> None:
    command = [sys.executable, "manage.py", "negotiate", "cloud-placement", "--seed", "7", "--json"]

    def other_process(hash_seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        assert done.stderr == ""
        return done.stdout

    first = other_process("1")
    assert first == other_process("2")
    assert first == negotiate("cloud-placement", "--seed", "7", "--json")[1]
    assert json.loads(first)["seed"] == 7


def test_people_read_the_conversation_and_its_end() -> None:
    status, out, _ = negotiate("cloud-placement")

    assert status == 0
    for part in (
        "Place the checkout service",
        "Cost asks Reliability",
        "Invoice of the order database's replica",
        "Frankfurt (Germany)",
        "changed",
        "Agreement",
        "Compliance (veto)",
        "Pareto frontier",
        "How often it goes wrong",
        "Route review: a person decides",
    ):
        assert part in out
    assert "\x1b" not in out


def test_colours_are_for_terminals_or_on_request() -> None:
    assert "\x1b[" in negotiate("batch-placement", force_color=True)[1]
    assert "\x1b[" not in negotiate("batch-placement", no_color=True)[1]


def test_a_reader_that_stops_early_is_no_error() -> None:
    command = [sys.executable, "manage.py", "negotiate", "cloud-placement", "--json"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        # Closed before anything is written, as `head` does when it has read enough.
        process.stdout.close()
        assert process.stderr.read() == ""

    assert process.returncode == 0


def impossible() -> dict[str, Any]:
    data = changed("constraints.0.in", ["FRA"])
    data["constraints"].append(
        {
            "name": "quick",
            "text": "The round trip is at most 20 ms",
            "author": "A head of commerce",
            "citation": "SLO-1",
            "subject": "round_trip",
            "at_most": 20,
        }
    )
    return data


def test_constraints_that_cannot_be_met_end_with_status_3_and_are_named(tmp_path: Path) -> None:
    path = saved(tmp_path, impossible())

    status, out, _ = negotiate(path)
    assert status == 3
    assert "No agreement" in out
    assert "residency: Data stays in Germany or Belgium." in out
    assert "quick: The round trip is at most 20 ms." in out

    status, out, _ = negotiate(path, "--json")
    result = json.loads(out)
    assert status == 3
    assert result["agreement"] is None
    assert result["risk"] is None
    assert "residency" in result["reason"]
    assert {conflict["name"] for conflict in result["conflicts"]} == {"residency", "quick"}


def test_seats_that_cannot_meet_end_with_status_3_and_are_named(tmp_path: Path) -> None:
    data = changed("seats.0.reservation", 0.95)
    data["seats"][1]["reservation"] = 0.95

    status, out, _ = negotiate(saved(tmp_path, data), "--json")

    assert status == 3
    assert {conflict["kind"] for conflict in json.loads(out)["conflicts"]} == {"reservation"}


def stubborn(*steps: str) -> Any:
    """Seats that cannot meet, and what is tried then."""
    data = changed("seats.0.reservation", 0.95)
    data["seats"][1]["reservation"] = 0.95
    data["policy"]["resolution"] = [*steps]
    return data


def test_what_a_rule_imposes_is_no_agreement_of_the_seats(tmp_path: Path) -> None:
    path = saved(tmp_path, stubborn("vote"))
    _, out, _ = negotiate(path, "--json")
    result = json.loads(out)
    assert result["decided_by"] == "vote"
    assert result["below_limit"]
    assert result["risk"]["route"] in {"review", "refuse"}
    assert "Imposed by rule" in negotiate(path)[1]


def test_where_a_person_is_asked_it_ends_with_status_3_and_says_so(tmp_path: Path) -> None:
    path = saved(tmp_path, stubborn("mediate", "ask"))
    status, out, _ = negotiate(path, "--json")
    assert (status, json.loads(out)["asks_a_person"]) == (3, True)
    assert "a person is asked" in " ".join(negotiate(path)[1].split())


def test_bad_input_ends_with_status_2_and_a_sentence_for_each_problem(tmp_path: Path) -> None:
    data = changed("seats.0.objectives.0.subject", "month_cost")
    data["today"]["share"] = 7
    path = saved(tmp_path, data)

    status, out, err = negotiate(path)

    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 2
    assert "seats[0].objectives[0].subject: unknown measure or issue 'month_cost'" in err
    assert "today.share: '7' is no option of 'share'" in err


@pytest.mark.parametrize("name", ["nowhere", "no/such/file.yaml", "a\0b", "", ".", "~"])
def test_what_is_no_scenario_ends_with_status_2(name: str) -> None:
    status, _, err = negotiate(name)

    assert status == 2
    assert len(err.splitlines()) == 1


def test_the_program_itself_never_shows_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("a: *x")

    done = subprocess.run(
        [sys.executable, "manage.py", "negotiate", str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        f"{path}, line 1, a: the alias '*x' is not allowed; write the value out."
    ]


def test_hostile_text_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    data = changed("title", "[red]Sale[/red] \u202egnp.exe \u200b")
    data["seats"][0]["title"] = "[link=http://evil]Cost[/link]"
    data["seats"][1]["knows"]["load"]["source"] = "[/] :smile: \u2066x"
    data["seats"][0]["objectives"].append(
        {"subject": "strain", "weight": 1, "value": {"worst": 60, "best": 0}}
    )

    status, out, _ = negotiate(saved(tmp_path, data), force_color=True)

    assert status == 0
    assert "[red]Sale[/red] \\u202egnp.exe \\u200b" in out
    assert "[link=http://evil]Cost[/link]" in out
    assert not {"\u202e", "\u200b", "\u2066"} & set(out)
    assert "\x1b]8;" not in out
    assert "\x1b[31mSale" not in out


def test_hostile_file_names_are_written_out() -> None:
    _, _, err = negotiate("x/\x1b[31m\u202e.yaml")

    assert "\x1b" not in err
    assert "x/\\x1b[31m\\u202e.yaml, the file cannot be read" in err


def test_the_small_scenario_needs_no_seed(tmp_path: Path) -> None:
    path = saved(tmp_path, SMALL)

    assert negotiate(path)[1] == negotiate(path, "--seed", "1")[1]
