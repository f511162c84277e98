"""Moments as people read them, in the time zone of whoever is looking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from datetime import datetime


def to_the_second(moment: datetime) -> str:
    """30 Nov 2026, 18:00:05 UTC+1; `static/js/times.js` writes the same."""
    here = timezone.localtime(moment)
    return f"{here:%d %b %Y, %H:%M:%S} {offset(here)}"


def to_the_minute(moment: datetime) -> str:
    here = timezone.localtime(moment)
    return f"{here:%d %b %Y, %H:%M} {offset(here)}"


def of_the_day(moment: datetime) -> str:
    here = timezone.localtime(moment)
    return f"{here:%H:%M} {offset(here)}"


def offset(moment: datetime) -> str:
    """UTC, UTC+1, UTC-3:30: abbreviations like CST mean several things."""
    away = moment.utcoffset()
    minutes = int(away.total_seconds() // 60) if away else 0
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
