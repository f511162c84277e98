from django.conf import settings
from django.db import models
from django.db.models import Q

from negotiation.models import Decision


class Review(models.Model):
    """One person's verdict on one package."""

    class Verdict(models.TextChoices):
        APPROVE = "approve", "Approved"
        REJECT = "reject", "Rejected"

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="reviews")
    package_hash = models.CharField(max_length=64)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews"
    )
    verdict = models.CharField(max_length=7, choices=Verdict)
    reason = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            # One reviewer is enough today, so the first verdict on a package is the last.
            models.UniqueConstraint(
                fields=["decision", "package_hash"], name="review_one_verdict_per_package"
            ),
            models.CheckConstraint(
                name="review_reject_says_why", condition=Q(verdict="approve") | ~Q(reason="")
            ),
        ]
