"""Numbers of rows in addresses: one that no row can have is an address that leads nowhere."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import IntConverter

LARGEST_ID = 2**63 - 1


def row_id(text: str) -> int | None:
    """The number of a row, as a form or an address says it; None for what cannot be one."""
    plain = text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST_ID))
    return int(text) if plain and int(text) <= LARGEST_ID else None


class RowConverter(IntConverter):
    """`<row:pk>`: what the database can compare with its numbers."""

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > LARGEST_ID:
            # Django takes it for "does not match".
            raise ValueError(value)
        return number


def register() -> None:
    register_converter(RowConverter, "row")
