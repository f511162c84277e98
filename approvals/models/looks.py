"""When a reviewer first saw a package, and what they thought before they saw others' opinion."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from negotiation.models import Decision


class CardView(models.Model):
    """The first time that a reviewer had this package before them."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="card_views")
    package_hash = models.CharField(max_length=64)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    first_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "package_hash", "reviewer"], name="card_view_first_one_only"
            ),
        ]


class OwnVerdict(models.Model):
    """What a reviewer would do by the plain case alone. Said once for a package."""

    class View(models.TextChoices):
        APPROVE = "approve", "approve"
        REJECT = "reject", "reject"
        UNSURE = "unsure", "unsure"

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="own_verdicts")
    package_hash = models.CharField(max_length=64)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="own_verdicts"
    )
    view = models.CharField(max_length=7, choices=View)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "package_hash", "reviewer"], name="own_verdict_said_once"
            ),
        ]
