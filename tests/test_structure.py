"""Habits of the code that no linter knows."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
OURS = ("config", "approvals", "negotiation", "tests", "static")
LONGEST = 300
SAY_NOTHING = {"utils", "helpers", "common", "misc", "signals"}


def ours() -> list[Path]:
    found = (path for part in OURS for path in (ROOT / part).rglob("*"))
    return [p for p in found if p.suffix in {".py", ".js", ".css"} and "migrations" not in p.parts]


def test_no_file_is_long() -> None:
    assert len(ours()) > 50
    long = {str(p.relative_to(ROOT)): len(p.read_text().splitlines()) for p in ours()}
    assert {name: lines for name, lines in long.items() if lines > LONGEST} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [path for path in ours() if path.stem in SAY_NOTHING] == []
