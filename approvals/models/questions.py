"""What a reviewer asked an agent, and what it answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from negotiation.models import Decision

if TYPE_CHECKING:
    from datetime import datetime


class QuestionQuerySet(models.QuerySet["Question"]):
    def open(self) -> QuestionQuerySet:
        return self.filter(answered_at=None, lapsed_at=None)

    def stale(self, before: datetime) -> QuestionQuerySet:
        """Open since then or longer."""
        return self.open().filter(asked_at__lte=before)


class Question(models.Model):
    """open ──▶ answered | lapsed. While one is open its decision does not expire."""

    class Kind(models.TextChoices):
        FACT = "fact", "What do you know about …?"
        INSTEAD = "instead", "What if it were … instead?"
        LIMIT = "limit", "What matters most to you, and how far is this from your limit?"
        WHY = "why", "Why did you accept this?"

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="questions")
    package_hash = models.CharField(max_length=64)
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # Chosen by who calls, one for each intention.
    key = models.CharField(max_length=100)
    seat = models.CharField(max_length=160)
    kind = models.CharField(max_length=7, choices=Kind)
    # The fact that is asked about.
    subject = models.CharField(max_length=160, blank=True)
    # {issue: option} instead of what the package has.
    changes = models.JSONField(null=True)
    text = models.CharField(max_length=1000)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    # engine/interviews.Answer as plain JSON; `answer_text` is for people.
    answer = models.JSONField(null=True)
    answer_text = models.TextField(blank=True)
    lapsed_at = models.DateTimeField(null=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["asker", "key"], name="question_once_per_key"),
            models.CheckConstraint(
                name="question_answered_or_lapsed",
                condition=Q(answered_at=None) | Q(lapsed_at=None),
            ),
            models.CheckConstraint(
                name="question_answered_says_something",
                condition=Q(answered_at=None, answer_text="")
                | ~Q(answered_at=None) & ~Q(answer_text=""),
            ),
            models.CheckConstraint(
                name="question_names_its_subject",
                condition=~Q(kind__in=["fact", "instead"])
                | Q(kind="fact") & ~Q(subject="")
                | Q(kind="instead", changes__isnull=False),
            ),
        ]
        indexes = [
            # Read by the sweep, and by what lets decisions expire.
            models.Index(
                fields=["asked_at"],
                name="question_open",
                condition=Q(answered_at=None, lapsed_at=None),
            ),
        ]
