"""The bench runner: which groups run, what is kept, and when it says no."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.benchmarks import __main__ as runner
from tests.benchmarks._rows import Row


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
    }
    assert "217,000" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["quick,slow"], ["quick", "slow"], []])
def test_a_missed_goal_is_an_exit_status(words: list[str]) -> None:
    assert runner.main(words) == 1


def test_an_unknown_group_is_answered_with_those_that_exist() -> None:
    with pytest.raises(SystemExit, match=r"no group fast\. The groups are: quick, slow"):
        runner.main(["fast"])
