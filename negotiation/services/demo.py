"""What a new user finds: six people, the shipped scenarios, and tables at work.

Running it again adds nothing that is there already, but sees to it that one table is talking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.contrib.auth.models import Group, User

from negotiation.models import Negotiation, Scenario
from negotiation.roles import Role
from negotiation.scenarios.loaders import load_named, shipped
from negotiation.services import scenarios, sessions

if TYPE_CHECKING:
    from datetime import datetime

# Slow enough that a person who logs in first still finds the table talking.
FIRST_PACE = 6.0
SEED = 7


class Account(NamedTuple):
    """`does`: what a new user reads about it."""

    name: str
    role: Role
    does: str


ACCOUNTS = (
    Account("operator", Role.OPERATOR, "watches the tables, starts and stops negotiations"),
    Account("manager", Role.MANAGER, "decides what was parked for people"),
    Account("deputy", Role.MANAGER, "decides too: some packages need two people"),
    Account("senior", Role.SENIOR, "decides too, and has the voice the highest risks need"),
    Account("admin", Role.ADMIN, "writes the rules: objectives and risk tolerance"),
    Account("steward", Role.ADMIN, "agrees to rules that become looser"),
)


def password_of(name: str) -> str:
    """The demo accounts' passwords; the login page and the start screen show them."""
    return f"parley-{name}"


def prepare(*, now: datetime) -> None:
    """People, scenarios, and one table each: safe to act on, to be approved, in progress."""
    for account in ACCOUNTS:
        _person(account)
    for name in shipped():
        # What people have made of a scenario since the first start is theirs.
        if not Scenario.objects.filter(slug=name).exists():
            scenarios.import_document(
                document=load_named(name), author=None, note="Shipped with Parley", now=now
            )
    production = Scenario.objects.get(slug="cloud-placement").current
    batch = Scenario.objects.get(slug="batch-placement").current
    if production is None or batch is None:
        raise AssertionError("an imported scenario has a current version")
    if not Negotiation.objects.exists():
        for version in (batch, production):
            sessions.start(version=version, by=None, now=now, pace=0, seed=SEED)
    if not Negotiation.objects.filter(pace__gt=0).active().exists():
        sessions.start(version=production, by=None, now=now, pace=FIRST_PACE)


def _person(account: Account) -> None:
    user, new = User.objects.get_or_create(username=account.name)
    if new:
        user.set_password(password_of(account.name))
        # Mails of the embedded mode are printed into a log.
        user.email = f"{account.name}@parley.example"
        user.save(update_fields=["password", "email"])
        user.groups.add(Group.objects.get(name=account.role.value))
