"""Rows with sensible defaults. Each takes what a test is about and fills in the rest."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import Group, User
from django.utils import timezone

from negotiation.engine.messages import Act
from negotiation.engine.messages import Message as EngineMessage
from negotiation.models import Decision, Grant, Message, Negotiation, Scenario, ScenarioVersion
from negotiation.roles import Role
from negotiation.scenarios.loaders import load_named
from negotiation.services import scenarios, signatures, timers

_numbers = count(1)
PASSWORD = "correct horse battery"


def person(*roles: Role, name: str | None = None) -> User:
    user = User.objects.create_user(name or f"person{next(_numbers)}", password=PASSWORD)
    user.groups.set(Group.objects.filter(name__in=[role.value for role in roles]))
    return user


def version(name: str = "cloud-placement", **changes: Any) -> ScenarioVersion:
    """A stored version of a shipped scenario; `changes` replace top-level parts of it."""
    document = load_named(name)
    if changes:
        document = type(document).model_validate(document.model_dump(mode="json") | changes)
    return scenarios.import_document(
        document=document, author=None, note="For a test", now=timezone.now()
    )


def version_for(people: int, name: str = "cloud-placement") -> ScenarioVersion:
    """A shipped scenario whose decisions so many people make, whatever the score."""
    policy = load_named(name).policy.model_dump(mode="json") | {"tiers": [{"people": people}]}
    return version(name, policy=policy)


def negotiation(**fields: Any) -> Negotiation:
    now = timezone.now()
    status = fields.setdefault("status", Negotiation.Status.RUNNING)
    if status in Negotiation.OPEN:
        fields.setdefault("next_at", now + timedelta(hours=1))
    else:
        fields.setdefault("finished_at", now)
    if status == Negotiation.Status.AGREED:
        fields.setdefault("agreement", None)
    if "version" not in fields:
        shared = Scenario.objects.filter(slug="cloud-placement").first()
        fields["version"] = shared.current if shared else version()
    if fields.get("agreement", "") is None:
        fields["agreement"] = fields["version"].document["today"]
    return Negotiation.objects.create(
        **{"title": "Place a service", "seed": 7, "opened_at": now, **fields}
    )


def message(table: Negotiation, seq: int, **fields: Any) -> Message:
    defaults = {
        "round": 1,
        "sender": "cost",
        "act": "propose",
        "text": f"Message {seq}",
        "created_at": timezone.now(),
        "body": {},
    }
    return Message.objects.create(negotiation=table, seq=seq, **(defaults | fields))


def decision(**fields: Any) -> Decision:
    """A decision in its given status, parked by default, on an agreed negotiation."""
    now = timezone.now()
    status = fields.setdefault("status", Decision.Status.PARKED)
    fields.setdefault("route", Decision.Route.REVIEW)
    if status == Decision.Status.PARKED:
        fields.setdefault("due_at", now + timedelta(hours=4))
    package = fields.setdefault("package", '{"action":"place"}')
    fields.setdefault("package_hash", hashlib.sha256(package.encode()).hexdigest())
    if "negotiation" not in fields:
        fields["negotiation"] = negotiation(status=Negotiation.Status.AGREED)
    if fields.get("cleared_at"):
        fields.setdefault("approvals", fields.get("people", 1))
    defaults = {"judgement": {}, "score": 50.0, "confidence": 0.95, "created_at": now}
    made = Decision.objects.create(**(defaults | fields))
    if status == Decision.Status.PARKED:
        timers.start(made, now)
    return made


def grant(subject: Decision, **fields: Any) -> Grant:
    """A permission as Parley gives it; one with a `signature` of its own is a forged one."""
    now = timezone.now()
    defaults = {
        "package_hash": subject.package_hash,
        "fingerprint": "0" * 64,
        "version": subject.negotiation.version,
        "nonce": f"nonce-{next(_numbers)}",
        "granted_at": now,
        "expires_at": now + timedelta(hours=1),
    }
    given = Grant(decision=subject, **(defaults | fields))
    if "signature" not in fields:
        signatures.sign(given)
    given.save(force_insert=True)
    return given


def move(seq: int, **fields: Any) -> EngineMessage:
    """What the engine would say: by default a short explanation."""
    defaults: dict[str, Any] = {"round": 1, "sender": "cost", "act": Act.EXPLAIN, "text": f"{seq}"}
    return EngineMessage(seq=seq, **(defaults | fields))
