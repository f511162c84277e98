"""One step for several tables: each is a step of its own, with a result of its own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from negotiation.models import Negotiation, Stop
from negotiation.roles import may_operate, may_stop
from negotiation.services import sessions, switches

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.contrib.auth.models import User

MOST = 50


class Verb(StrEnum):
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"
    STOP = "stop"


DONE = {
    Verb.PAUSE: "Paused. It stands still until somebody resumes it.",
    Verb.RESUME: "Resumed.",
    Verb.END: "Ended. Nothing will be executed.",
    Verb.STOP: "Stopped. Nothing of it begins until the stop is lifted.",
}


class NotAllowed(Exception):
    """Operators and admins pause, resume and end; managers stop as well. Nothing was changed."""


class TooMany(Exception):
    """At most 50 tables at once. Nothing was changed."""


class ReasonMissing(Exception):
    """Say why, in a few words: it is kept with each of them. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one table, and if nothing did, why not."""

    negotiation: Negotiation
    done: bool
    sentence: str


def act_on_all(
    *, verb: Verb, negotiation_ids: Sequence[int], by: User, reason: str, now: datetime
) -> tuple[list[Result], list[int]]:
    """A result for each table in the order given, and the numbers that there are no tables of.

    Each is a transaction of its own, so what one refuses hinders no other.
    """
    if not (may_stop(by) if verb == Verb.STOP else may_operate(by)):
        raise NotAllowed(NotAllowed.__doc__)
    wanted = list(dict.fromkeys(negotiation_ids))
    if len(wanted) > MOST:
        raise TooMany(TooMany.__doc__)
    if verb in {Verb.END, Verb.STOP} and not reason:
        raise ReasonMissing(ReasonMissing.__doc__)
    known = Negotiation.objects.visible_to(by).only("pk", "title").in_bulk(wanted)
    results = [_act(verb, known[pk], by, reason, now) for pk in wanted if pk in known]
    return results, [pk for pk in wanted if pk not in known]


def _act(verb: Verb, table: Negotiation, by: User, reason: str, now: datetime) -> Result:
    step = {Verb.PAUSE: sessions.pause, Verb.RESUME: sessions.resume, Verb.END: sessions.stop}
    try:
        if verb == Verb.STOP:
            switches.stop(
                scope=Stop.Scope.NEGOTIATION,
                negotiation_id=table.pk,
                by=by,
                reason=reason,
                now=now,
            )
        else:
            step[verb](negotiation_id=table.pk, by=by, reason=reason, now=now)
    except (
        sessions.NotRunning,
        sessions.NotPaused,
        sessions.NotOpen,
        switches.AlreadyStopped,
    ) as refusal:
        return Result(table, done=False, sentence=str(refusal))
    return Result(table, done=True, sentence=DONE[verb])
