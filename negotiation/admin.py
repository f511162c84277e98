"""Django's admin is for engineers: users, groups, and a read-only look at the records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User

from negotiation import models
from negotiation.services import access
from negotiation.views.access import person

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest, HttpResponse

    ReadOnlyAdminBase = admin.ModelAdmin[Model]
    PeopleAdminBase = UserAdmin[User]
else:
    PeopleAdminBase = UserAdmin
    ReadOnlyAdminBase = admin.ModelAdmin


class ReadOnlyAdmin(ReadOnlyAdminBase):
    # The arguments are Django's: whoever asks, and about whichever row, the answer is no.
    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False


admin.site.unregister(User)


@admin.register(User)
class PeopleAdmin(PeopleAdminBase):
    """Django's own; the audit trail learns whose change it is."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with access.made_by(person(request)):
            return super().changeform_view(request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with access.made_by(person(request)):
            return super().delete_view(request, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with access.made_by(person(request)):
            return super().changelist_view(request, *args, **kwargs)


@admin.register(models.AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ["number", "at", "actor", "action", "subject", "subject_id"]
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
