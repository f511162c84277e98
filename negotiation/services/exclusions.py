"""Who may not help to clear a decision although they may review: four eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.roles import Role, roles_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from negotiation.models import Decision


def exclusion(decision: Decision, user: User) -> str | None:
    """What `user` is that keeps them from approving this package, as in "You are … .": None if
    nothing does. Anybody who reviews may reject it."""
    if Role.SERVICE in roles_of(user):
        return "a service account, which never counts as a person"
    if decision.amended_by_id == user.pk:
        return "the one who amended this package"
    version = decision.negotiation.version
    if version.author_id == user.pk:
        return f"the author of version {version.number} of the rules, which sent it here"
    if version.ratified_by_id == user.pk:
        return f"the one who agreed to version {version.number} of the rules, which sent it here"
    for seat in version.document["seats"]:
        if seat.get("owner") == user.get_username():
            return f"the owner of the agent {seat['title']} at this table"
    return None
