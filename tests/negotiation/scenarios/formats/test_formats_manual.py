"""What docs/formats.md shows can be negotiated, and counts as it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from negotiation.engine.session import Session
from negotiation.scenarios import formats
from negotiation.scenarios.analyses import MOST_LISTED
from negotiation.scenarios.formats.genius_xml import MOST_OPTIONS, STEPS
from negotiation.scenarios.runs import MOST_WORDED
from tests.negotiation.scenarios.formats.written import saved, utility

MANUAL = (Path(settings.BASE_DIR) / "docs" / "formats.md").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shown = re.compile(r"^`([\w/.]+)`:\n\n```\w+\n(.*?)```", re.MULTILINE | re.DOTALL)
    for name, text in shown.findall(MANUAL):
        kind = "game" if name.endswith(".txt") else "tables" if "json" in name else "genius"
        saved(tmp_path / kind / name, text)
    return tmp_path


def test_the_genius_example_counts_as_it_says(folder: Path) -> None:
    saved(folder / "genius" / "ben.xml", (folder / "genius" / "anna.xml").read_text())
    table = formats.load([folder / "genius"])

    assert utility(table, {"Colour": "red", "Amount": 2}) == pytest.approx(0.35)


def test_the_scorable_example_ends_with_an_agreement(folder: Path) -> None:
    session = Session(formats.load([folder / "game"]), seed=1)
    session.run()

    assert getattr(session.ending, "offer", None) == {"A": "A2", "B": "B3"}


def test_the_preference_table_can_be_read(folder: Path) -> None:
    saved(folder / "tables" / "profileB.json", (folder / "tables" / "profileA.json").read_text())

    assert formats.load([folder / "tables"]).space.size == 4


def test_the_figures_are_those_of_the_code() -> None:
    for text in (
        f"{STEPS} evenly spaced values",
        f"more than {MOST_OPTIONS:,} options",
        f"more than {MOST_WORDED} messages",
        f"first {MOST_LISTED:,} offers",
    ):
        assert text in MANUAL.replace("\n", " ").replace("  ", " ")
