"""Spans of time that the database computes with."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import (
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    Value,
)

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Expression
    from django.db.models.sql.compiler import SQLCompiler


class Hours(Func):
    """A duration as a number of hours."""

    template = "EXTRACT(EPOCH FROM (%(expressions)s)) / 3600.0"
    output_field = FloatField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra_context: Any
    ) -> Any:
        # Microseconds, where durations are no type of their own.
        template = "(%(expressions)s) / 3600e6"
        return self.as_sql(compiler, connection, template=template, **extra_context)


def hours_between(begin: str | datetime, end: str | datetime) -> Hours:
    """Of two columns, annotations or moments."""
    span = _moment(end) - _moment(begin)
    return Hours(ExpressionWrapper(span, output_field=DurationField()))


def _moment(given: str | datetime) -> Expression | F:
    if isinstance(given, datetime):
        return Value(given, output_field=DateTimeField())
    return F(given)
