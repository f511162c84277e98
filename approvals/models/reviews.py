from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from negotiation.models import Decision


class Review(models.Model):
    """One person's verdict on one package."""

    class Verdict(models.TextChoices):
        APPROVE = "approve", "Approved"
        REJECT = "reject", "Rejected"
        AMEND = "amend", "Amended"
        SEND_BACK = "send_back", "Sent back"
        WITHDRAW = "withdraw", "Withdrew"

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="reviews")
    package_hash = models.CharField(max_length=64)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews"
    )
    # Whose voice it is, where the reviewer stands in for somebody.
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    verdict = models.CharField(max_length=9, choices=Verdict)
    reason = models.CharField(max_length=1000, blank=True)
    # What the seats have to keep from now on, where it was sent back (engine/requirements).
    requirements = models.JSONField(default=list)
    # How often the decision had come back by then: the same package may be looked at again.
    returned = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            # A person approves a package once; a rejection may follow, which wins for as long as
            # nothing is carried out.
            models.UniqueConstraint(
                fields=["decision", "package_hash", "returned", "reviewer", "verdict"],
                name="review_once_per_person",
            ),
            models.UniqueConstraint(
                "decision",
                "package_hash",
                "returned",
                "verdict",
                Coalesce("on_behalf_of", "reviewer"),
                name="review_once_per_voice",
            ),
            models.CheckConstraint(
                name="review_on_behalf_of_somebody_else",
                condition=Q(on_behalf_of=None) | ~Q(on_behalf_of=F("reviewer")),
            ),
            # Everything but an approval ends the case of this package.
            models.UniqueConstraint(
                fields=["decision", "package_hash", "returned"],
                name="review_one_end_per_package",
                condition=~Q(verdict="approve"),
            ),
            models.CheckConstraint(
                name="review_reject_says_why", condition=Q(verdict="approve") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="review_send_back_says_what",
                condition=~Q(verdict="send_back") | ~Q(requirements=[]),
            ),
        ]


class VerdictCall(models.Model):
    """A call that led to a verdict, so that the same call made again is not a second one."""

    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    # Chosen by who calls, one for each intention.
    key = models.CharField(max_length=100)
    # SHA-256 of what was asked for.
    digest = models.CharField(max_length=64)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="calls")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reviewer", "key"], name="verdict_call_once_per_key"),
        ]
