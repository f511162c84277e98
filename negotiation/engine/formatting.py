"""Numbers, units and lists as people write them."""

from __future__ import annotations

import re
from math import ceil, floor, isfinite, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from negotiation.engine.messages import Offer, Option
    from negotiation.engine.space import OutcomeSpace
    from negotiation.engine.table import Table

_MONEY = ("$", "€", "£", "USD", "EUR", "GBP", "US$")
_SCALES = ((1e9, "G"), (1e6, "M"), (1e4, "k"))
_HEAD = re.compile(r" (?:of|per|a|an|in|for|from|to|by|at|with)\b|[(,]")
_BARE = frozenset({"none", "no", "yes", "any", "other"})


def number(value: float, digits: int = 3) -> str:
    """`value` with that many significant digits, whole from there on: 0.0312, 4.5, 118, 41,250."""
    if value == 0 or not isfinite(value):
        return "0" if value == 0 else "unknown"
    places = max(digits - 1 - floor(log10(abs(value))), 0)
    text = f"{round(value, places):,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount(count: int) -> str:
    """A whole number: 41,250, from a quadrillion on about 4.3 · 10^155."""
    if count < 10**15:
        return f"{count:,}"
    digits = str(count)
    return f"about {digits[0]}.{digits[1]} · 10^{len(digits) - 1}"


def enough(value: float, *, up: bool) -> float:
    """`value` with three digits, rounded up or down: a limit that is named must really do."""
    if value == 0:
        return 0.0
    step = 10.0 ** (floor(log10(abs(value))) - 2)
    return (ceil(value / step) if up else floor(value / step)) * step


def quantity(value: Option | None, unit: str = "", digits: int = 3) -> str:
    """A figure with its unit: "62 ms", "41.3 k$ a month", "unknown"."""
    if isinstance(value, str):
        return value
    if value is None:
        return "unknown"
    divisor, prefix = _scale(value, unit)
    return _with_unit(number(value / divisor, digits), prefix, unit)


def change(before: float, after: float, unit: str) -> tuple[str, str]:
    """Both figures, the second with the unit, precise enough to tell them apart."""
    divisor, prefix = _scale(max(abs(before), abs(after)), unit)
    digits = 3
    first, second = number(before / divisor), number(after / divisor)
    while first == second and before != after and digits < 9:
        digits += 1
        first, second = number(before / divisor, digits), number(after / divisor, digits)
    return first, _with_unit(second, prefix, unit)


def spread(mean: float, sd: float, unit: str) -> str:
    """A figure with its standard deviation: "6 ± 0.6 k$ a month"."""
    divisor, prefix = _scale(mean, unit)
    doubt = f" ± {number(sd / divisor, 2)}" if sd > 0 else ""
    return _with_unit(f"{number(mean / divisor)}{doubt}", prefix, unit)


def agreeing(label: str, singular: str, plural: str) -> str:
    """The verb that goes with a label: "p95 falls", "emissions fall", "hours of outage fall"."""
    noun = _HEAD.split(label, maxsplit=1)[0].strip().lower()
    return plural if noun.endswith("s") and not noun.endswith(("ss", "us", "is")) else singular


def listed(items: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def inner(label: str) -> str:
    """A label inside a sentence: "Monthly cost" → "monthly cost", "CO₂" and "p95" as they are."""
    second = label[1:2]
    return label if second.isupper() or second.isdigit() else label[:1].lower() + label[1:]


def figure_text(table: Table, subject: str, figure: Option | None, unit: str = "") -> str:
    """The figure of a measure or an option of an issue, by its label or with the unit."""
    if subject in table.measure:
        levels = table.measure[subject].levels
        if isinstance(figure, int | float):
            return quantity(levels.get(figure, figure), unit)
        return quantity(figure, unit)
    issue = next((issue for issue in table.space.issues if issue.name == subject), None)
    if issue is None or figure is None:
        return quantity(figure, unit)
    return quantity(issue.labels.get(figure, figure), issue.unit)


def unit_beside(label: str, unit: str) -> str:
    """The unit of a figure that stands beside its label; none where the label says it."""
    return "" if f" {label}".lower().endswith(f" {unit}".lower()) else unit


def option_text(space: OutcomeSpace, issue_name: str, option: Option) -> str:
    """One option as it reads in a list: "europe-west3", "spot share 25 %", "no failover region"."""
    issue = space.issue(issue_name)
    label = inner(issue.label)
    shown = issue.labels.get(option, option)
    if not isinstance(shown, str):
        if issue.label.lower() == issue.unit.lower():
            return quantity(shown, issue.unit)
        return f"{label} {quantity(shown, unit_beside(issue.label, issue.unit))}"
    if shown.lower() == "none":
        return f"no {label}"
    elsewhere = any(option in other.options for other in space.issues if other is not issue)
    if elsewhere or shown.lower() in _BARE:
        return shown if shown.lower().startswith("no ") else f"{label} {shown}"
    return shown


def offer_text(space: OutcomeSpace, offer: Offer) -> str:
    """An offer as a list that begins like a sentence."""
    parts = ", ".join(option_text(space, name, option) for name, option in offer.items())
    first = next(iter(offer))
    named = parts.startswith(inner(space.issue(first).label))
    return parts[:1].upper() + parts[1:] if named or parts.startswith("no ") else parts


def _scale(value: float, unit: str) -> tuple[float, str]:
    if unit.startswith(_MONEY):
        for threshold, prefix in _SCALES:
            if abs(value) >= threshold:
                return (1e3 if prefix == "k" else threshold), prefix
    return 1.0, ""


def _with_unit(figure: str, prefix: str, unit: str) -> str:
    symbol = unit.startswith(("$", "€", "£"))
    joined = f"{prefix}{unit}" if symbol or not unit else f"{prefix} {unit}".strip()
    return f"{figure} {joined}".strip()
