"""docs/engine.md runs."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

from negotiation.engine.endings import Agreement
from negotiation.engine.session import Session
from negotiation.engine.strategies import STRATEGIES
from tests.engine.tables import pie_table

MANUAL = (Path(__file__).parents[2] / "docs" / "engine.md").read_text(encoding="utf-8")


def block(name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n```\w*\n(.*?)```", MANUAL, re.DOTALL)
    assert found is not None
    return found[1]


def run(code: str) -> dict[str, Any]:
    scope: dict[str, Any] = {"__name__": __name__}
    exec(compile(code, "engine.md", "exec"), scope)  # noqa: S102 - it is our own manual
    return scope


def test_the_example_says_what_the_page_says() -> None:
    said = StringIO()
    with redirect_stdout(said):
        run(block("example"))
    assert said.getvalue() == block("output")


def test_the_strategy_of_the_page_bargains() -> None:
    stepwise = run(block("strategy"))["STRATEGIES"]["stepwise"]
    table = pie_table(rounds=200)
    anna = replace(table.seat["anna"], strategy=stepwise)
    session = Session(replace(table, seats=(anna, table.seat["ben"])), seed=1)
    session.run()
    assert isinstance(session.ending, Agreement)
    assert all(move.decided_by == "strategy" for move in session.moves)


def test_every_strategy_is_listed() -> None:
    assert [name for name in STRATEGIES if f"`{name}`" not in MANUAL] == []
