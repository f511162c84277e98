"""Django's admin is for engineers: users, groups, and a read-only look at the records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin

from negotiation import models

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest

    ReadOnlyAdminBase = admin.ModelAdmin[Model]
else:
    ReadOnlyAdminBase = admin.ModelAdmin


class ReadOnlyAdmin(ReadOnlyAdminBase):
    # The arguments are Django's: whoever asks, and about whichever row, the answer is no.
    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False


@admin.register(models.AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "actor", "action", "subject", "subject_id"]
    list_filter = ["action"]


@admin.register(models.Negotiation)
class NegotiationAdmin(ReadOnlyAdmin):
    list_display = ["id", "title", "status", "head", "next_at", "lease_until", "fence"]
    list_filter = ["status"]


@admin.register(models.Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ["id", "negotiation", "status", "route", "score", "created_at"]
    list_filter = ["status", "route"]


@admin.register(models.Execution)
class ExecutionAdmin(ReadOnlyAdmin):
    list_display = ["idempotency_key", "kind", "status", "attempts", "next_at", "finished_at"]
    list_filter = ["status"]
