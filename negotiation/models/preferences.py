"""How Parley looks and behaves for one person."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Preferences(models.Model):
    """Who has no row has the usual, which is that of a row with nothing chosen."""

    class Theme(models.TextChoices):
        SYSTEM = "system", "As the system"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="preferences",
    )
    theme = models.CharField(max_length=6, choices=Theme, default=Theme.SYSTEM)
    # A name of the IANA database; empty is whatever the browser says.
    time_zone = models.CharField(max_length=64, blank=True)
    # Keys that act by themselves, like "p"; those with Ctrl or ⌘ always do.
    single_keys = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="preferences_theme_is_known",
                condition=Q(theme__in=["system", "light", "dark"]),
            ),
        ]
