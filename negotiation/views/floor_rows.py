"""One dense row of the floor for each negotiation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from negotiation import charts
from negotiation.filters import ASKING
from negotiation.lexicon import lexicons
from negotiation.models import Decision, Negotiation
from negotiation.presentation import state_of, terms
from negotiation.scenarios.words import figure
from negotiation.traces import traces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from negotiation.lexicon import Lexicon
    from negotiation.standstills import Standstills
    from negotiation.traces import Trace

# A table that speaks more often than this is not waited for.
SLOW = 5


class Moment(NamedTuple):
    """What comes next, or what came last, and when."""

    word: str
    at: datetime
    urgent: bool = False


class Figure(NamedTuple):
    """What the agreement leads to in the one measure that the seats weigh most."""

    label: str
    value: str


def floor_rows(tables: Sequence[Negotiation], standstills: Standstills) -> list[dict[str, Any]]:
    """For `negotiation/_floor_row.html`."""
    words = lexicons(table.version for table in tables)
    told = traces(tables)
    return [_row(table, words[table.version_id], told[table.pk], standstills) for table in tables]


def _row(
    table: Negotiation, lexicon: Lexicon, trace: Trace, standstills: Standstills
) -> dict[str, Any]:
    decision: Decision | None = getattr(table, "decision", None)
    state = ASKING if getattr(table, "asks", False) else state_of(table, decision)
    held = standstills.held(table)
    return {
        "n": table,
        "state": state,
        "why": standstills.why(table),
        "held": held.sentence if held and (table.is_open or state == "parked") else "",
        "agreed": terms(lexicon, table.agreement or {}),
        "faces": list(lexicon.seats.values()),
        "people": [lexicon.face(name) for name in trace.people],
        "rounds": max(lexicon.rounds, table.round, 1),
        "moment": _moment(table, decision, standstills.now),
        "figure": _figure(lexicon, getattr(table, "effects", None)),
        "spark": charts.sparkline(
            trace.asked, lexicon.seats, head=table.head, deal=table.summary.get("surplus")
        ),
    }


def _moment(table: Negotiation, decision: Decision | None, now: datetime) -> Moment:
    if decision and decision.status == Decision.Status.PARKED and decision.due_at:
        word = "decide" if decision.due_at > now else "was due"
        return Moment(word, decision.due_at, urgent=True)
    if table.finished_at:
        return Moment("ended", table.finished_at)
    if table.next_at and table.status == Negotiation.Status.PAUSED:
        return Moment("ends", table.next_at)
    if table.next_at and table.pace >= SLOW:
        return Moment("speaks", table.next_at)
    return Moment("opened", table.opened_at)


def _figure(lexicon: Lexicon, effects: Mapping[str, Any] | None) -> Figure | None:
    value = (effects or {}).get(lexicon.main)
    if value is None:
        return None
    unit = lexicon.words.unit(lexicon.main)
    return Figure(lexicon.words.label(lexicon.main), figure(value, unit))
