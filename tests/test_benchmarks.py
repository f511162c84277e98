"""The bench runner: which groups run, what is kept, and when it says no."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from tests.benchmarks import __main__ as runner
from tests.benchmarks import _reference
from tests.benchmarks._cases import case
from tests.benchmarks._reference import Taken
from tests.benchmarks._rows import Rival, Row
from tests.benchmarks._timing import faster


@dataclass
class Measured:
    GROUP: str
    row: Row

    def rows(self) -> Iterator[Row]:
        yield self.row


@pytest.fixture(autouse=True)
def two_groups(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    slow = Measured("slow", Row("start", 3.0, "s", "under 2 s", ok=False))
    quick = Measured("quick", Row("deliveries", 217_000.0, "1/s", "over 50,000", ok=True))
    monkeypatch.setattr(runner, "benchmarks", lambda: [quick, slow])
    monkeypatch.setattr(runner, "RESULTS", tmp_path / "var" / "bench.json")
    return tmp_path / "var" / "bench.json"


def test_one_group_runs_alone_and_its_rows_are_kept(
    two_groups: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert runner.main(["quick"]) == 0
    (kept,) = json.loads(two_groups.read_text())
    assert kept == {
        "name": "deliveries",
        "value": 217_000.0,
        "unit": "1/s",
        "goal": "over 50,000",
        "ok": True,
        "command": "",
        "reference": None,
        "loop": None,
        "note": "",
    }
    assert "217,000" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["quick,slow"], ["quick", "slow"], []])
def test_a_missed_goal_is_an_exit_status(words: list[str]) -> None:
    assert runner.main(words) == 1


def test_an_unknown_group_is_answered_with_those_that_exist() -> None:
    with pytest.raises(SystemExit, match=r"no group fast\. The groups are: quick, slow"):
        runner.main(["fast"])


def printed(*rows: Row) -> list[str]:
    console = Console(width=200, file=StringIO(), color_system=None)
    console.print(runner.table_of(rows))
    assert isinstance(console.file, StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_what_something_else_takes_stands_beside_ours() -> None:
    rival = Rival(value=60_000, ratio=1_200, bound=True)
    heading, slow, told = printed(Row("slow", 50, "ms", reference=rival), Row("told", None, ""))
    assert heading.split() == ["measured", "value", "unit", "reference", "ratio", "goal"]
    assert slow.split() == ["slow", "50", "ms", ">", "60,000", ">", "1,200", "×"]
    assert told.split() == ["told", "–"]


def test_without_a_rival_there_is_no_column_for_it() -> None:
    heading, _ = printed(Row("quick", 1, "ms"))
    assert heading.split() == ["measured", "value", "unit", "goal"]


@pytest.mark.parametrize(
    ("taken", "ok"),
    [
        (Taken(seconds=4, rounds=9, agreed=True), True),
        (Taken(seconds=3, rounds=9, agreed=True), False),
        (Taken(seconds=4, rounds=None, agreed=None, bound=True), True),
        (Taken(seconds=3, rounds=None, agreed=None, bound=True), None),
    ],
)
def test_a_rival_that_was_stopped_can_only_prove_that_the_goal_is_met(
    taken: Taken, ok: bool | None
) -> None:
    row = faster("whole", 0.1, taken, 40)
    assert (row.value, row.ok) == (100, ok)


def test_without_the_reference_engine_a_row_is_told_and_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def offline(_command: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr(_reference, "HOME", tmp_path / "reference")
    monkeypatch.setattr(_reference, "_call", offline)
    _reference._environment.cache_clear()
    row = faster("whole", 0.1, _reference.reference("negotiate", case((2, 2), 2)), 40)
    _reference._environment.cache_clear()
    assert (row.value, row.ok, row.reference) == (100, None, None)
    monkeypatch.setattr(runner, "benchmarks", lambda: [Measured("quick", row)])
    assert runner.main([]) == 0
    assert "The reference engine is not compared" in capsys.readouterr().out
