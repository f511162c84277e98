"""Scenario versions: each save is a new one, and nothing ever changes an old one."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import rfc8785
from django.db import transaction

from negotiation.models import Scenario, ScenarioVersion
from negotiation.services import audits

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

    from negotiation.scenarios.schema import ScenarioDocument


class NewerVersion(Exception):
    """Somebody saved a newer version meanwhile."""

    def __init__(self, current: ScenarioVersion) -> None:
        self.current = current
        author = current.author.get_username() if current.author else "Parley"
        super().__init__(
            f"{author} saved version {current.number} while you were editing; nothing of yours"
            " was saved. Look at what changed, then save again."
        )


def document_hash(document: ScenarioDocument) -> str:
    """SHA-256 of the document's RFC 8785 JSON, in hex."""
    return hashlib.sha256(rfc8785.dumps(document.model_dump(mode="json"))).hexdigest()


def save_version(
    *,
    scenario: Scenario,
    document: ScenarioDocument,
    author: User | None,
    note: str,
    now: datetime,
    based_on: int | None = None,
) -> ScenarioVersion:
    """Adds a version and makes it the current one.

    `based_on` is the number of the version that was edited; `NewerVersion` is raised when it is
    no longer the current one. Running negotiations keep the version they pinned.
    """
    with transaction.atomic():
        Scenario.objects.select_for_update().get(pk=scenario.pk)
        current = scenario.versions.select_related("author").first()
        if current and based_on is not None and based_on != current.number:
            raise NewerVersion(current)
        version = ScenarioVersion.objects.create(
            scenario=scenario,
            number=current.number + 1 if current else 1,
            document=document.model_dump(mode="json"),
            document_hash=document_hash(document),
            note=note,
            author=author,
            created_at=now,
        )
        Scenario.objects.filter(pk=scenario.pk).update(current=version, title=document.title)
        audits.record(
            "scenario.saved",
            version,
            now=now,
            by=author,
            note=note,
            scenario=scenario.slug,
            version=version.number,
            policy=version.document_hash,
        )
        return version


def import_document(
    *, document: ScenarioDocument, author: User | None, note: str, now: datetime
) -> ScenarioVersion:
    """The scenario of that name gets this document; an unchanged one adds no version."""
    scenario, _ = Scenario.objects.get_or_create(
        slug=document.name, defaults={"title": document.title}
    )
    current = scenario.versions.first()
    if current and current.document_hash == document_hash(document):
        return current
    return save_version(scenario=scenario, document=document, author=author, note=note, now=now)
