"""`manage.py negotiate` and `analyse` on what others wrote; scenarios with other settings."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from negotiation.scenarios.formats.games import PROTOCOLS
from tests.negotiation.scenarios.formats.written import (
    AMOUNT,
    COLOUR,
    LENGTH,
    SCORES,
    genius,
    preference_table,
    profile,
    scorable,
    tables,
)


def called(command: str, *arguments: str | Path) -> tuple[int, str, str]:
    """Exit status, output and errors."""
    out, err = StringIO(), StringIO()
    try:
        call_command(command, *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def told(command: str, *arguments: str | Path) -> dict[str, Any]:
    status, out, err = called(command, *arguments, "--json")
    assert (status, err) == (0, "")
    result: dict[str, Any] = json.loads(out)
    return result


def opposed(folder: Path) -> Path:
    """Two sides that want the opposite of each other."""
    other = COLOUR.replace("40", "1").replace("10", "40")
    against = AMOUNT.replace("0.5", "-0.3").replace("-0.2", "1")
    genius(folder, profile(after=""), profile(other, against, LENGTH, after=""))
    return folder


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_all_formats_come_to_an_agreement(tmp_path: Path, protocol: str) -> None:
    easier = {name: text.rpartition("\n")[0] + "\n5" for name, text in SCORES.items()}
    folders = [
        opposed(tmp_path / "genius"),
        tables(tmp_path / "tables"),
        scorable(tmp_path / "game", scores=easier),
    ]
    for folder in folders:
        result = told("negotiate", folder, "--protocol", protocol)

        assert result["protocol"] == protocol
        assert result["agreement"]
        for seat, limit in result["reservations"].items():
            assert result["utilities"][seat] >= limit - 1e-9
        assert [message["text"] for message in result["messages"]]


def test_the_files_and_their_folder_are_the_same(tmp_path: Path) -> None:
    paths = genius(tmp_path)

    assert called("negotiate", *paths) == called("negotiate", tmp_path)


def test_same_seed_same_bytes_with_any_strategy(tmp_path: Path) -> None:
    options = ("--protocol", "alternating", "--strategy", "micro,nice-tft", "--seed", "5", "--json")
    folder = opposed(tmp_path)

    first = called("negotiate", folder, *options)
    assert first == called("negotiate", folder, *options)
    assert json.loads(first[1])["seed"] == 5


def test_a_long_conversation_is_told_by_its_beginning_and_end(tmp_path: Path) -> None:
    folder, options = opposed(tmp_path), ("--protocol", "alternating", "--strategy", "boulware")
    result = told("negotiate", folder, *options)
    numbers = [message["seq"] for message in result["messages"]]

    assert result["left_out"] > 100
    assert numbers[:13] == [*range(1, 13), 13 + result["left_out"]]
    assert numbers[-1] == len(numbers) + result["left_out"]
    assert result["messages"][-1]["act"] == "accept"
    assert f"… {result['left_out']:,} moves …" in called("negotiate", folder, *options)[1]


def test_what_is_left_at_the_end_is_told_where_time_costs(tmp_path: Path) -> None:
    genius(tmp_path)
    result = told("negotiate", tmp_path)
    time = (result["messages"][-1]["round"] - 1) / 19

    for seat, utility in result["utilities"].items():
        assert result["discounted"][seat] == pytest.approx(utility * 0.5**time)
    assert "When agreed" in called("negotiate", tmp_path)[1]


def test_scores_are_shown_as_points(tmp_path: Path) -> None:
    result = told("negotiate", scorable(tmp_path))

    assert result["agreement"] == {"A": "A2", "B": "B3"}
    assert result["points"] == pytest.approx({"harbour": 20, "council": 30, "ministry": 15})
    text = called("negotiate", tmp_path)[1]
    assert "20 (of 12 at least)" in text
    assert "nobody pays" in text
    assert "Harbour (veto)" in text


def test_no_agreement_ends_with_status_3_and_names_the_party(tmp_path: Path) -> None:
    folder = scorable(tmp_path, scores=SCORES | {"council": "0, 30\n10, 20, 0\n51"})

    status, out, _ = called("negotiate", folder)
    assert status == 3
    assert "Town council" in out.partition("No agreement")[2]
    assert called("negotiate", folder, "--quorum", "2")[0] == 0


@pytest.mark.parametrize("command", ["negotiate", "analyse"])
def test_bad_input_ends_with_status_2_and_one_sentence(tmp_path: Path, command: str) -> None:
    broken = tables(tmp_path / "tables", preference_table(), "{")
    for path in (broken, tmp_path, tmp_path / "gone.xml"):
        status, out, err = called(command, path)

        assert (status, out) == (2, "")
        assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    "options",
    [
        ("--strategy", "x"),
        ("--protocol", "x"),
        ("--steps", "0"),
        ("--quorum", "9"),
        ("--protocol", "alternating", "--quorum", "2"),
    ],
)
def test_settings_that_do_not_fit_end_with_status_2(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    scorable(tmp_path)
    for path in (tmp_path, "cloud-placement"):
        status, out, err = called("negotiate", path, *options)

        assert (status, out) == (2, "")
        assert len(err.splitlines()) == 1


def test_a_scenario_can_be_played_in_another_way() -> None:
    plain = told("negotiate", "cloud-placement")
    other = told("negotiate", "cloud-placement", "--protocol", "alternating", "--steps", "40")

    assert plain["messages"] != other["messages"]
    assert not any(message["act"] == "mediate" for message in other["messages"])
    assert plain.keys() == other.keys()


def test_analyse_tells_sizes_points_and_the_frontier(tmp_path: Path) -> None:
    result = told("analyse", tables(tmp_path))

    assert (result["size"], result["pooled"], result["lawful"]) == (4, False, 4)
    # low and late is the best for both: 0.6 + 0.4 and 0.1 + 0.9
    assert result["points"]["nash"]["offer"] == {"price": "low", "date": "late"}
    assert result["points"]["nash"]["value"] == pytest.approx(0.75 * 0.75)
    assert result["points"]["utilitarian"]["value"] == pytest.approx(2)
    assert result["points"]["kalai"]["value"] == pytest.approx(0.75)
    assert result["points"]["kalai_smorodinsky"]["value"] == pytest.approx(1)
    assert result["opposition"] == pytest.approx(0)
    assert result["frontier"]["size"] == len(result["frontier"]["offers"]) == 1
    assert result["frontier"]["capped"] is False


def test_analyse_can_be_read_by_people(tmp_path: Path) -> None:
    status, out, _ = called("analyse", scorable(tmp_path))

    assert status == 0
    for part in ("6 combinations", "1 clear every limit", "Nash", "Welfare", "nobody pays"):
        assert part in out


def test_analyse_says_when_nothing_clears_every_limit(tmp_path: Path) -> None:
    folder = scorable(tmp_path, scores=SCORES | {"council": "0, 30\n10, 20, 0\n51"})

    assert told("analyse", folder)["points"]["nash"] is None
    assert "No offer clears every limit" in called("analyse", folder)[1]


def test_analyse_takes_scenarios_too() -> None:
    result = told("analyse", "cloud-placement")

    assert result["lawful"] <= result["size"]
    assert result["points"]["nash"]["utilities"].keys() == result["reservations"].keys()
