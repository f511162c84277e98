"""Tables as CSV files that a spreadsheet opens and in which no text is ever a formula."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from negotiation.scenarios import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Value = str | int | float | None

# What spreadsheets read as the beginning of a formula, also behind blanks.
_FORMULA = ("=", "+", "-", "@", "|", "%")


def sheet(rows: Iterable[Sequence[Value]]) -> str:
    """As RFC 4180 says; numbers stay numbers, texts that look like formulas get an apostrophe."""
    file = io.StringIO()
    csv.writer(file).writerows([cell(value) for value in row] for row in rows)
    return file.getvalue()


def cell(value: Value) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return repr(value)
    text = texts.visible_lines(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
