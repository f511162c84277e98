from django.db import models
from django.db.models import Q


class RiskScope(models.Model):
    """What a budget of risk is for. Whoever reserves a part of it holds this row."""

    service = models.CharField(max_length=200, unique=True)

    def __str__(self) -> str:
        return self.service


class HarmReservation(models.Model):
    """The expected harm of one decision that went the automatic route.

    It is never released by a write: what became of the decision says whether it counts.
    """

    scope = models.ForeignKey(RiskScope, on_delete=models.PROTECT, related_name="reservations")
    decision = models.OneToOneField("Decision", on_delete=models.PROTECT, related_name="harm")
    harm = models.FloatField()
    reserved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="reservation_is_not_negative", condition=Q(harm__gte=0)),
        ]
        indexes = [
            # Read, under the lock of the scope, by whoever routes a decision.
            models.Index(fields=["scope", "reserved_at"], name="reservation_of_late"),
        ]
