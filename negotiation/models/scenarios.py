from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from negotiation.scenarios.compilers import CompiledScenario, compile_scenario
from negotiation.scenarios.schema import ScenarioDocument


class Scenario(models.Model):
    """A reusable set-up. What it says is in its versions."""

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=120)
    current = models.OneToOneField(
        "ScenarioVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class ScenarioVersion(models.Model):
    """One document, never changed. A negotiation pins the version it began with."""

    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    document_hash = models.CharField(max_length=64)
    note = models.CharField(max_length=300)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Who gave the second voice where the change loosened the policy, and to what.
    ratified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    proposal = models.OneToOneField(
        "PolicyChange", null=True, on_delete=models.PROTECT, related_name="version"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                name="version_ratified_by_another",
                condition=Q(ratified_by__isnull=True, proposal__isnull=True)
                | (
                    Q(ratified_by__isnull=False, proposal__isnull=False, author__isnull=False)
                    & ~Q(ratified_by=F("author"))
                ),
            ),
            models.UniqueConstraint(fields=["scenario", "number"], name="version_numbered_once"),
            models.CheckConstraint(name="version_has_a_note", condition=~Q(note="")),
        ]

    def __str__(self) -> str:
        return f"{self.scenario.title} v{self.number}"

    def compiled(self) -> CompiledScenario:
        """The scenario ready to run; equal documents share one object per process."""
        return compile_scenario(ScenarioDocument.model_validate(self.document))
