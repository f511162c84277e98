from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class NegotiationConfig(AppConfig):
    name = "negotiation"

    def ready(self) -> None:
        post_migrate.connect(add_roles, sender=self)
        post_migrate.connect(keep_audit_rows, sender=self)
        from negotiation import converters
        from negotiation.services import access

        converters.register()
        access.watch()


def add_roles(using: str, **_: Any) -> None:
    """Every database has the three groups; who belongs to them is up to its admins."""
    from django.contrib.auth.models import Group

    from negotiation.roles import Role

    for role in Role:
        Group.objects.using(using).get_or_create(name=role.value)


def keep_audit_rows(using: str, **_: Any) -> None:
    from negotiation.models import guards

    guards.keep_audit_rows(using)
