"""A table as it was after one of its messages: nothing of later is in it."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple

from negotiation.engine.messages import Act
from negotiation.models import AuditEntry, Negotiation
from negotiation.side_panels import side_context

if TYPE_CHECKING:
    from collections.abc import Iterable

    from negotiation.models import Message

WIDTH = 1_000
TICKS = {
    "offer": frozenset({Act.PROPOSE, Act.REVISE, Act.MEDIATE}),
    "accept": frozenset({Act.ACCEPT}),
    "person": frozenset({Act.INTERVENE}),
}


class Tick(NamedTuple):
    """Where acts of one kind lie along the scrubber."""

    kind: str
    path: str


def moment_context(negotiation: Negotiation, seq: int) -> dict[str, Any]:
    """For the state and the panel beside the transcript, as they were after message `seq`."""
    seq = max(0, min(seq, negotiation.head))
    if seq == negotiation.head:
        return {**side_context(negotiation), "seq": seq}
    then = as_it_was(negotiation, seq)
    return {
        **side_context(then),
        "decision": None,
        "held": None,
        "left": None,
        "state": then.status,
        "seq": seq,
    }


def as_it_was(negotiation: Negotiation, seq: int) -> Negotiation:
    """Never saved: a copy that only the templates read."""
    then = copy(negotiation)
    said = negotiation.messages.filter(seq=seq).first()
    then.head = seq
    then.round = said.round if said else 0
    then.status = _status_after(said)
    then.reason, then.summary = "", {}
    then.agreement = then.finished_at = then.next_at = None
    return then


def _status_after(said: Message | None) -> Negotiation.Status:
    if said is None:
        return Negotiation.Status.QUEUED
    held = AuditEntry.objects.filter(
        subject="negotiation",
        subject_id=said.negotiation_id,
        action__in=["negotiation.paused", "negotiation.resumed"],
        at__lte=said.created_at,
    ).last()
    paused = held is not None and held.action == "negotiation.paused"
    return Negotiation.Status.PAUSED if paused else Negotiation.Status.RUNNING


def ticks(acts: Iterable[tuple[int, str]], head: int) -> list[Tick]:
    """For an SVG of width 1,000: at most one stroke of a kind for each of its columns."""
    columns: dict[str, set[int]] = {kind: set() for kind in TICKS}
    for seq, act in acts:
        for kind, meant in TICKS.items():
            if act in meant:
                columns[kind].add(round((seq - 1) / max(head - 1, 1) * WIDTH))
    return [
        Tick(kind, "".join(f"M{x} 0V10" for x in sorted(found)))
        for kind, found in columns.items()
        if found
    ]
