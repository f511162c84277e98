"""Has the whole audit trail verified by a worker, and keeps what it found."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction

from negotiation import dispatch
from negotiation.models import TrailCheck
from negotiation.services import anchors, chains

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.contrib.auth.models import User

# A worker that is at it is ended after two minutes (CELERY_TASK_TIME_LIMIT).
PATIENCE = timedelta(minutes=5)
NOT_FINISHED = (
    "It did not come to an end within the time that a worker has. Verify it on the server:"
    " manage.py audit verify."
)


class AlreadyAsked(Exception):
    """The trail is being verified at this moment."""


def ask(*, by: User | None, now: datetime) -> TrailCheck:
    """A worker begins after the commit; of many who ask at once one gets a check."""
    _give_up(now)
    try:
        with transaction.atomic():
            check = TrailCheck.objects.create(asked_by=by, asked_at=now)
            dispatch.check_trail(check.pk)
    except IntegrityError:
        raise AlreadyAsked(AlreadyAsked.__doc__) from None
    return check


def check(*, check_id: int, clock: Callable[[], datetime]) -> None:
    """Verifies it against the anchors, where there are any. Doing it twice changes nothing."""
    asked = TrailCheck.objects.open().filter(pk=check_id)
    if asked.exists():
        asked.update(**_found(), ended_at=clock())


def _found() -> dict[str, Any]:
    path = settings.AUDIT_ANCHOR_FILE
    try:
        seen = anchors.read(path) if path and path.exists() else ()
        rows = chains.verify(seen)
    except chains.ChainBroken as broken:
        return {
            "result": TrailCheck.Result.BROKEN,
            "number": max(broken.number, 0),
            "sentence": str(broken)[:500],
        }
    except anchors.AnchorsUnreadable as error:
        return {"result": TrailCheck.Result.GIVEN_UP, "sentence": str(error)[:500]}
    return {"result": TrailCheck.Result.SOUND, "number": rows}


def _give_up(now: datetime) -> None:
    TrailCheck.objects.open().filter(asked_at__lt=now - PATIENCE).update(
        ended_at=now, result=TrailCheck.Result.GIVEN_UP, sentence=NOT_FINISHED
    )
