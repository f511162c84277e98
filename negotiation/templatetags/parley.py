"""Filters and tags of the templates. Text from agents is hostile: `visible` before anything."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince

from negotiation import clocks
from negotiation.presentation import STATES, aged
from negotiation.scenarios import texts
from negotiation.scenarios.words import figure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.utils.safestring import SafeString

    from negotiation.lexicon import Face
    from negotiation.models import Decision, Negotiation

register = template.Library()

LONGEST = 20_000


@register.filter
def visible(value: object) -> str:
    """Control, bidi and zero-width characters as codes one can see; lines stay lines."""
    text = str(value)
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]} … ({len(text) - LONGEST:,} characters more)"
    return texts.visible_lines(text)


@register.filter
def dashed(path: str) -> str:
    """seats.0.objectives.1 → seats-0-objectives-1, which an address and a selector can hold."""
    return path.replace(".", "-")


@register.filter
def words(slug: object) -> str:
    """place-service → Place service"""
    text = str(slug).replace("-", " ")
    return text[:1].upper() + text[1:]


@register.filter
def web_address(value: object) -> str:
    """The address if a browser may follow it, else nothing."""
    text = str(value)
    return text if text.startswith(("https://", "http://")) else ""


@register.filter(name="figure")
def figure_filter(value: object, unit: str = "") -> str:
    return figure(value, unit)


@register.filter
def percent(value: object) -> str:
    return f"{float(value) * 100:.0f}\u00a0%" if isinstance(value, int | float) else "unknown"


@register.filter
def points(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−")


@register.filter
def signed_percent(value: float) -> str:
    return f"{value * 100:+.0f}\u00a0%".replace("-", "−")


@register.filter
def age(day: str) -> str:
    """How old a figure of that ISO date is."""
    try:
        days = (timezone.now().date() - date.fromisoformat(day)).days
    except ValueError:
        return ""
    return aged(days)


@register.simple_tag
def when(moment: datetime | None) -> SafeString | str:
    """Relative for reading, absolute for knowing; `static/js/times.js` keeps it fresh."""
    if moment is None:
        return ""
    utc = moment.astimezone(timezone.get_default_timezone())
    return format_html(
        '<time datetime="{}" title="{}" data-ago>{}</time>',
        utc.isoformat(timespec="milliseconds"),
        clocks.to_the_second(moment),
        _ago(utc, timezone.now()),
    )


@register.simple_tag(takes_context=True)
def sent(context: Mapping[str, Any], name: str) -> str:
    """What was sent in this field of a form, which is on the page again because it was refused."""
    value: str = context["request"].POST.get(name, "")
    return value


@register.simple_tag
def clock(moment: datetime) -> str:
    """A moment as it stands on the clock of whoever looks."""
    return clocks.to_the_minute(moment)


@register.simple_tag
def zone() -> str:
    """In which time zone times are shown and read."""
    return timezone.get_current_timezone_name()


def _ago(moment: datetime, now: datetime) -> str:
    seconds = (now - moment).total_seconds()
    if abs(seconds) < 45:
        return "just now" if seconds >= 0 else "in a moment"
    if seconds < 0:
        return f"in {timesince(now, moment)}"
    return f"{timesince(moment, now, depth=1)} ago"


@register.simple_tag
def decision_page(decision: Decision | int) -> str:
    """Where a decision, or that of a number, is shown: the settings say whose page that is."""
    number = decision if isinstance(decision, int) else decision.pk
    return reverse(settings.DECISION_PAGE, args=[number])


@register.simple_tag
def choice_page(negotiation: Negotiation) -> str:
    """Where a person chooses what the seats did not agree on."""
    return reverse(settings.CHOICE_PAGE, args=[negotiation.pk])


@register.simple_tag
def decisions_page() -> str:
    return reverse(settings.DECISIONS_PAGE)


@register.inclusion_tag("negotiation/_badge.html")
def state_badge(name: str) -> dict[str, Any]:
    return {"name": name, "state": STATES[name]}


@register.inclusion_tag("negotiation/_message.html")
def message_card(item: dict[str, Any]) -> dict[str, Any]:
    """A message as `presentation.message_context` gives it."""
    return item


@register.simple_tag
@lru_cache(maxsize=1_000)
def mark(face: Face, size: str = "") -> SafeString:
    """Drawn once: a transcript shows the same few faces a thousand times."""
    return render_to_string("negotiation/_mark.html", {"face": face, "size": size})
