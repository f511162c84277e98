"""Draws some of the automatic decisions for people to look at afterwards, and takes their answer.

Which ones follows from the package's hash and the installation's secret key: nobody who proposes a
package can know, and whoever has the key can draw them again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.crypto import salted_hmac

from negotiation import broadcast
from negotiation.models import SpotCheck
from negotiation.roles import may_review
from negotiation.services import audits
from negotiation.services.exclusions import exclusion

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

    from negotiation.models import Decision

_PURPOSE = "parley.spot-check"


class NotAllowed(Exception):
    """Only managers answer spot checks."""


class NoteMissing(Exception):
    """Say what is wrong: whoever writes the rules will read it."""


class AlreadyChecked(Exception):
    """Somebody has answered this spot check already."""


def is_drawn(package_hash: str, share: float) -> bool:
    """Whether a package is among the `share` (0 to 1) that is looked at afterwards."""
    drawn = salted_hmac(_PURPOSE, package_hash, algorithm="sha256").digest()
    return int.from_bytes(drawn[:8], "big") < share * 2**64


def draw(decision: Decision, *, share: float, now: datetime) -> None:
    """In the transaction that clears `decision` without a person, before its audit row."""
    if is_drawn(decision.package_hash, share):
        SpotCheck.objects.create(decision=decision, drawn_at=now)


@transaction.atomic
def answer(
    *, check_id: int, by: User, verdict: SpotCheck.Verdict, note: str, now: datetime
) -> SpotCheck:
    """What a person says about it, once. It changes nothing of the decision."""
    if not may_review(by):
        raise NotAllowed(NotAllowed.__doc__)
    if verdict == SpotCheck.Verdict.WRONG and not note.strip():
        raise NoteMissing(NoteMissing.__doc__)
    about = SpotCheck.objects.select_related("decision__negotiation__version")
    drawn = about.filter(pk=check_id).first()
    own = exclusion(drawn.decision, by) if drawn else None
    if own is not None:
        raise NotAllowed(f"You are {own}. Somebody else looks at it.")
    said = {"checked_by": by, "verdict": verdict, "note": note.strip(), "checked_at": now}
    if SpotCheck.objects.open().filter(pk=check_id).update(**said) != 1:
        raise AlreadyChecked(AlreadyChecked.__doc__)
    check = SpotCheck.objects.select_related("decision").get(pk=check_id)
    audits.record(
        f"spot_check.{verdict}",
        check,
        now=now,
        by=by,
        seen=check.decision.package_hash,
        decision=check.decision_id,
        note=check.note,
    )
    broadcast.queue_changed()
    return check
