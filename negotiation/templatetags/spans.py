"""Filters for lengths of time and differences."""

from __future__ import annotations

from django import template

from negotiation.scenarios.words import figure

register = template.Library()

MINUTE, DAY = 1 / 60, 24.0


@register.filter
def span(hours: float | None) -> str:
    """As short as one says it: 40 s, 12 min, 3.5 h, 2 d."""
    if hours is None:
        return "–"
    if hours < 2 * MINUTE:
        return f"{hours * 3600:.0f} s"
    if hours < 2:
        return f"{hours * 60:.0f} min"
    if hours < 2 * DAY:
        return f"{hours:.1f} h".replace(".0 h", " h")
    return f"{hours / DAY:.1f} d".replace(".0 d", " d")


@register.filter
def abs_figure(value: float) -> str:
    return figure(abs(value))
