"""Who may not help to clear a decision although they may review: four eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.models import AuditEntry
from negotiation.roles import Role, roles_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import User

    from negotiation.models import Decision, Negotiation, ScenarioVersion

INFORMED, CONSTRAINED = "negotiation.informed", "negotiation.constrained"
"""What the audit trail calls stepping in with something (`services/interventions`)."""

_SHAPED = {
    CONSTRAINED: "the one who added a constraint while they talked",
    INFORMED: "the one who told the seats something while they talked",
}


def exclusion(decision: Decision, user: User) -> str | None:
    """What `user` is that keeps them from approving this package, as in "You are … .": None if
    nothing does. Anybody who reviews may reject it."""
    if Role.SERVICE in roles_of(user):
        return "a service account, which never counts as a person"
    if decision.amended_by_id == user.pk:
        return "the one who amended this package"
    shaped = _shaped_by(decision.negotiation).get(user.pk)
    return _SHAPED[shaped] if shaped else _hand_in(decision.negotiation.version, user)


def _hand_in(version: ScenarioVersion, user: User) -> str | None:
    """What `user` had to do with the rules or the seats of the table."""
    if version.author_id == user.pk:
        return f"the author of version {version.number} of the rules, which sent it here"
    if version.ratified_by_id == user.pk:
        return f"the one who agreed to version {version.number} of the rules, which sent it here"
    for seat in version.document["seats"]:
        if seat.get("owner") == user.get_username():
            return f"the owner of the agent {seat['title']} at this table"
    return None


def read_interventions(negotiations: Iterable[Negotiation]) -> None:
    """Who stepped in at each of these tables, in one query for all of them."""
    tables = list(negotiations)
    for table in tables:
        table._parley_shaped_by = {}  # type: ignore[attr-defined]
    entries = AuditEntry.objects.filter(
        subject="negotiation", subject_id__in=[table.pk for table in tables], action__in=_SHAPED
    )
    known = {table.pk: table for table in tables}
    rows = entries.order_by("-action").values_list("subject_id", "user_id", "action")
    for pk, user_id, action in rows:
        known[pk]._parley_shaped_by[user_id] = action  # type: ignore[attr-defined]


def _shaped_by(negotiation: Negotiation) -> dict[int, str]:
    """Who stepped in at the table with evidence or a constraint, and which of them; read once per
    object, because nobody steps in any more once there is something to approve."""
    if not hasattr(negotiation, "_parley_shaped_by"):
        read_interventions([negotiation])
    known: dict[int, str] = negotiation._parley_shaped_by  # type: ignore[attr-defined]
    return known
