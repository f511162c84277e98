"""How reasons read: "the p95 falls from 118 to 62 ms by my estimate"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.engine.formatting import agreeing, change, figure_text, inner, unit_beside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from negotiation.engine.messages import Option, Reason
    from negotiation.engine.table import Table

_OWN_ARTICLE = ("the ", "our ", "a ", "an ")


def compared(table: Table, reasons: Sequence[Reason]) -> str:
    """The differences between two offers."""
    return " and ".join(_difference(table, reason) for reason in reasons)


def brought(table: Table, reasons: Sequence[Reason], first_priority: str) -> str:
    """What an offer means by itself: "It brings the p95 to 62 ms (my first priority)."."""
    parts: list[str] = []
    last = ""
    for reason in reasons:
        shown = _figure(table, reason, reason.after)
        verb, what = "brings", f"{the(reason.label)} to {shown}"
        if _is_region(table, reason.subject):
            verb, what = "lies", f"{reason.after} {inner(reason.label)}"
        elif isinstance(reason.after, str):
            verb, what = "gives me", f"{inner(reason.label)} {shown}"
        first = " (my first priority)" if reason.subject == first_priority else ""
        said = what if verb == last else f"{verb} {what}"
        parts.append(f"{said}{_by_my_estimate(reason)}{first}")
        last = verb
    return f"It {' and '.join(parts)}." if parts else "It brings me nothing that I count."


def gains_and_losses(reasons: Sequence[Reason]) -> tuple[list[Reason], list[Reason]]:
    return (
        [reason for reason in reasons if reason.gain > 0],
        [reason for reason in reasons if reason.gain < 0],
    )


def the(label: str) -> str:
    return inner(label) if label.lower().startswith(_OWN_ARTICLE) else f"the {inner(label)}"


def _difference(table: Table, reason: Reason) -> str:
    label, before, after = the(reason.label), reason.before, reason.after
    estimate = _by_my_estimate(reason)
    if _is_region(table, reason.subject):
        return f"it now lies {after} {inner(reason.label)}"
    if after is None:
        return f"there is no figure for {label}"
    shown = _figure(table, reason, after)
    verb = agreeing(reason.label, "is", "are")
    if before is None:
        return f"{label} {verb} {shown}{estimate} (there was no figure before)"
    if isinstance(before, str) or isinstance(after, str) or _is_worded(table, reason):
        was = _figure(table, reason, before)
        return f"{label} {verb} {shown} instead of {was}{estimate}"
    moves = ("falls", "fall") if after < before else ("rises", "rise")
    first, second = change(before, after, unit_beside(reason.label, _unit(table, reason)))
    return f"{label} {agreeing(reason.label, *moves)} from {first} to {second}{estimate}"


def _is_region(table: Table, subject: str) -> bool:
    return subject not in table.measure and all(subject != each.name for each in table.space.issues)


def _is_worded(table: Table, reason: Reason) -> bool:
    """Whether its figures only stand for an order, or have labels of their own."""
    if reason.subject in table.measure:
        return bool(table.measure[reason.subject].levels)
    labels = table.space.issue(reason.subject).labels
    return any(option in labels for option in (reason.before, reason.after))


def _figure(table: Table, reason: Reason, figure: Option | None) -> str:
    shown, unit = figure_text(table, reason.subject, figure, reason.unit), _unit(table, reason)
    return shown if unit_beside(reason.label, unit) else shown.removesuffix(f" {unit}")


def _unit(table: Table, reason: Reason) -> str:
    issue = next((each for each in table.space.issues if each.name == reason.subject), None)
    return issue.unit if issue else reason.unit


def _by_my_estimate(reason: Reason) -> str:
    return " by my estimate" if reason.estimated else ""
