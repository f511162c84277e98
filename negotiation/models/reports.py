from django.conf import settings
from django.db import models
from django.db.models import Q


class Report(models.Model):
    """What really happened after an execution, said by a person or by the system it was sent to.

    The last word counts and is `current`; what was said before it stays.
    """

    class Outcome(models.TextChoices):
        OK = "ok", "As it should be"
        AMENDED = "amended", "Amended later"
        ROLLED_BACK = "rolled_back", "Rolled back"
        INCIDENT = "incident", "Incident"

    # What counts as having gone wrong.
    BAD = (Outcome.ROLLED_BACK, Outcome.INCIDENT)

    execution = models.ForeignKey("Execution", on_delete=models.PROTECT, related_name="reports")
    outcome = models.CharField(max_length=11, choices=Outcome)
    note = models.CharField(max_length=1000, blank=True)
    # What was measured of facts and measures: [{"name", "value", "sd"}], in their units.
    measured = models.JSONField(default=list)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Of a system: the target's name, and the id of its call, with which it may call again.
    target = models.CharField(max_length=60, blank=True)
    call = models.CharField(max_length=100, blank=True)
    reported_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["execution"], name="report_one_is_current", condition=Q(replaced_at=None)
            ),
            models.UniqueConstraint(
                fields=["execution", "call"], name="report_once_per_call", condition=~Q(call="")
            ),
            models.CheckConstraint(
                name="report_is_somebodys",
                condition=Q(person__isnull=False, target="", call="")
                | (Q(person__isnull=True) & ~Q(target="") & ~Q(call="")),
            ),
            models.CheckConstraint(
                name="report_outcome_is_known",
                condition=Q(outcome__in=["ok", "amended", "rolled_back", "incident"]),
            ),
        ]

    @property
    def reporter(self) -> str:
        return self.person.get_username() if self.person else self.target
