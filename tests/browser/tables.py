"""Tables that the browser tests watch."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils import timezone

from negotiation.models import Negotiation, ScenarioVersion
from negotiation.services import sessions


def start(version: ScenarioVersion, *, pace: float, seed: int) -> Negotiation:
    """A table that the operator has opened, one message in `pace` seconds."""
    by = User.objects.get(username="operator")
    return sessions.start(version=version, by=by, now=timezone.now(), pace=pace, seed=seed)
