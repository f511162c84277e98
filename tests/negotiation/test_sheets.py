"""What stands in a file that a spreadsheet opens."""

from __future__ import annotations

import pytest

from negotiation.sheets import cell


@pytest.mark.parametrize(
    ("text", "kept"),
    [("=1+1", "'=1+1"), (" @SUM(A1)", "' @SUM(A1)"), ("-2", "'-2"),
     ("+1", "'+1"), ("\t=1", "' =1"),
     ("\n=1", "'\n=1"), ("a\nb", "a\nb"), ("\u202eb", "\\u202eb"),
     ("a=b", "a=b"), ("", ""), ("a\0b", "a\\x00b"), ("\ud800", "\\ud800")],
)  # fmt: skip
def test_no_text_is_a_formula(text: str, kept: str) -> None:
    assert cell(text) == kept


def test_numbers_stay_numbers() -> None:
    assert [cell(value) for value in (-1.5, 3, None, True)] == ["-1.5", "3", "", "True"]
