"""Changes of the shipped policy, saved as an admin would save them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from negotiation.models import PolicyChange, ScenarioVersion
from negotiation.services import policies
from tests.negotiation.policies.documents import changed

LOOSER, TIGHTER = ("policy.review_from", 50), ("policy.review_from", 20)


def save(
    version: ScenarioVersion, by: User, change: tuple[str, Any] = LOOSER, **more: Any
) -> ScenarioVersion | PolicyChange:
    arguments: dict[str, Any] = {
        "scenario": version.scenario,
        "document": changed(*change),
        "author": by,
        "note": "Because",
        "now": timezone.now(),
    }
    return policies.save(**(arguments | more))


def parked(version: ScenarioVersion, by: User, **more: Any) -> PolicyChange:
    change = save(version, by, **more)
    assert isinstance(change, PolicyChange)
    return change
