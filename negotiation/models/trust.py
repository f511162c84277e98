from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from negotiation.roles import may_watch

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User


class TrustEntryQuerySet(models.QuerySet["TrustEntry"]):
    def visible_to(self, user: User | AnonymousUser) -> TrustEntryQuerySet:
        return self if may_watch(user) else self.none()

    def present(self) -> TrustEntryQuerySet:
        """Of the reports that count: the last word about each execution."""
        return self.filter(report__replaced_at=None)


class TrustEntry(models.Model):
    """What a report made of one thing that an agent said: of a claim about a fact, or of how sure
    it was of the agreement (then `fact` is empty). Never changed; which of them count is the
    report's: a later report takes the place of the earlier one and has rows of its own."""

    negotiation = models.ForeignKey(
        "Negotiation", on_delete=models.PROTECT, related_name="trust_entries"
    )
    report = models.ForeignKey("Report", on_delete=models.PROTECT, related_name="trust_entries")
    seat = models.CharField(max_length=160)
    fact = models.CharField(max_length=160, blank=True)
    # Number of the message in which it was said.
    seq = models.PositiveIntegerField()
    # Of a claim: what was said, what was measured, and how far apart that is (engine/trust).
    claimed = models.FloatField(null=True)
    sd = models.FloatField(null=True)
    measured = models.FloatField(null=True)
    z = models.FloatField(null=True)
    provenance = models.CharField(max_length=10, blank=True)
    # How sure it said it was: of the claim, or that the agreement clears its limit.
    stated = models.FloatField(null=True)
    right = models.BooleanField()
    # 2 where it was wrong and served who said it.
    weight = models.PositiveSmallIntegerField(default=1)
    settled_at = models.DateTimeField()

    objects = TrustEntryQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["negotiation", "report", "seat", "fact"], name="trust_settled_once"
            ),
            models.CheckConstraint(
                name="trust_claim_has_its_figures",
                condition=Q(fact="", claimed=None, sd=None, measured=None, z=None, provenance="")
                & Q(stated__isnull=False)
                | ~Q(fact="")
                & Q(claimed__isnull=False, sd__gte=0, measured__isnull=False, z__isnull=False)
                & Q(provenance__in=["none", "resolvable", "signed", "attested"]),
            ),
            models.CheckConstraint(
                name="trust_doubles_only_what_was_wrong",
                condition=Q(weight=1) | Q(weight=2, right=False) & ~Q(fact=""),
            ),
            models.CheckConstraint(
                name="trust_stated_is_a_share",
                condition=Q(stated=None) | Q(stated__gte=0, stated__lte=1),
            ),
        ]
        indexes = [
            # Read by an agent's page.
            models.Index(fields=["seat", "report"], name="trust_of_an_agent"),
        ]
