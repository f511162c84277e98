"""The kinds of value a document holds: each with its limits and its own refusal."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from negotiation.scenarios.texts import refused_character


def _line(text: str) -> str:
    return _readable(text, newlines=False)


def _paragraph(text: str) -> str:
    return _readable(text, newlines=True)


def _readable(text: str, *, newlines: bool) -> str:
    found = refused_character(text, newlines=newlines)
    if found is not None:
        raise ValueError(f"there is a control character ({found}); remove it")
    if text and not text.strip():
        raise ValueError("is blank; write a text")
    return text


def _real_date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"'{text}' is not a date; write it as 2026-07-30") from None


def _real_moment(text: str) -> str:
    """ISO 8601 in UTC, so that equal moments are equal texts."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a time; write it as 2026-12-20T08:00Z") from None
    if moment.tzinfo is None:
        raise ValueError(f"'{text}' has no time zone; write it as 2026-12-20T08:00Z")
    try:
        return moment.astimezone(UTC).isoformat()
    except OverflowError:
        raise ValueError(f"'{text}' is out of the calendar; write another year") from None


def _figure(text: str) -> str:
    try:
        known = math.isfinite(float(text))
    except ValueError:
        known = False
    if not known:
        raise ValueError(f"'{text}' is not a number; write one like 2")
    return text


Figure = Annotated[str, StringConstraints(min_length=1, max_length=20), AfterValidator(_figure)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_line)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=80), AfterValidator(_line)]
Unit = Annotated[str, StringConstraints(max_length=24), AfterValidator(_line)]
Text = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_paragraph)]
Day = Annotated[str, StringConstraints(max_length=10), AfterValidator(_real_date)]
Moment = Annotated[str, StringConstraints(max_length=40), AfterValidator(_real_moment)]
Number = Annotated[float, Field(allow_inf_nan=False, ge=-1e15, le=1e15)]
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0, le=1e15, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)]
Option = Annotated[int, Field(ge=-(2**53), le=2**53)] | Number | Label


UNKNOWN = "unknown"


class Part(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, serialize_by_alias=True, validate_by_name=False
    )
