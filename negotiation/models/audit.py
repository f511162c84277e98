"""The audit trail: a chain of rows, each with the hash of the one before it.

    hash = SHA-256(previous hash + SHA-256(RFC 8785 JSON of the other columns))     both in hex

Whoever changes, removes, adds or moves a row breaks every hash from there on. Two steps, because
so a link of the chain can be shown to others without what the row says. The database refuses
UPDATE and DELETE of these rows (`models/guards.py`); the chain is for whoever gets past that.
"""

from __future__ import annotations

import hashlib
from datetime import UTC
from typing import TYPE_CHECKING, Any

import rfc8785
from django.conf import settings
from django.db import models
from django.db.models import Q

from negotiation.roles import may_audit

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

# What the first row follows.
GENESIS = "0" * 64


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, user: User | AnonymousUser) -> AuditQuerySet:
        return self if may_audit(user) else self.none()


class AuditEntry(models.Model):
    """Who did what to which row, written in the transaction that did it. Never changed."""

    # Without gaps, in the order of the commits; `id` is only the row's address.
    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    # Where known: `seen` (what the person had before them), `auth` (how they were recognised),
    # `for_user` (on whose behalf).
    details = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        verbose_name_plural = "audit entries"
        constraints = [
            models.CheckConstraint(name="audit_numbers_begin_at_one", condition=Q(number__gte=1)),
        ]
        indexes = [
            # Read by a decision's evidence.
            models.Index(fields=["subject", "subject_id", "number"], name="audit_by_subject"),
            # Read by who looks for what somebody did, what happened, or when.
            models.Index(fields=["actor", "number"], name="audit_by_actor"),
            models.Index(fields=["action", "number"], name="audit_by_action"),
            models.Index(fields=["at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.action}"

    @property
    def canonical(self) -> str:
        """What is hashed, byte for byte. Ids are texts, because JSON numbers end at 2^53."""
        columns: dict[str, Any] = {
            "number": str(self.number),
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": self.actor,
            "user": None if self.user_id is None else str(self.user_id),
            "action": self.action,
            "subject": self.subject,
            "subject_id": str(self.subject_id),
            "details": self.details,
        }
        return rfc8785.dumps(columns).decode()

    @property
    def digest(self) -> str:
        """Stands for the row in the chain without showing it."""
        return sha256(self.canonical)

    def hash_after(self, previous: str) -> str:
        return sha256(previous + self.digest)


class AuditHead(models.Model):
    """The end of the chain. Whoever adds a row holds this one until the commit."""

    number = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(name="audit_has_one_head", condition=Q(pk=1))]
