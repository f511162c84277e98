"""Scenario versions: each save is a new one, and nothing ever changes an old one."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import rfc8785
from django.db import transaction
from pydantic import ValidationError

from negotiation.models import PolicyChange, Scenario, ScenarioVersion
from negotiation.scenarios.loosenings import Change, changes, loosens
from negotiation.scenarios.schema import Executor, ScenarioDocument
from negotiation.services import audits

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User


class NewerVersion(Exception):
    """Somebody saved a newer version meanwhile."""

    def __init__(self, current: ScenarioVersion) -> None:
        self.current = current
        author = current.author.get_username() if current.author else "Parley"
        super().__init__(
            f"{author} saved version {current.number} while you were editing; nothing of yours"
            " was saved. Look at what changed, then save again."
        )


class NameTaken(Exception):
    """There is a scenario of this name already; choose another name."""


class Loosens(Exception):
    """This loosens the policy, so a second admin has to agree; nothing was saved."""

    def __init__(self, current: ScenarioVersion, found: list[Change]) -> None:
        super().__init__(self.__doc__)
        self.current = current
        self.changes = found


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
    ratified: PolicyChange | None = None,
) -> ScenarioVersion:
    """Adds a version and makes it the current one.

    `based_on` is the number of the version that was edited; `NewerVersion` is raised when it is
    no longer the current one. Running negotiations keep the version they pinned. What loosens the
    policy raises `Loosens`, unless it is the document of a change that was `ratified`, or has no
    author: whoever imports from the shell has the database too.
    """
    with transaction.atomic():
        current = locked(scenario, based_on)
        if current and author and ratified is None:
            found = changes_since(current, document)
            if loosens(found):
                raise Loosens(current, found)
        version = ScenarioVersion.objects.create(
            scenario=scenario,
            number=current.number + 1 if current else 1,
            document=document.model_dump(mode="json"),
            document_hash=document_hash(document),
            note=note,
            author=author,
            ratified_by=ratified.decided_by if ratified else None,
            proposal=ratified,
            created_at=now,
        )
        Scenario.objects.filter(pk=scenario.pk).update(current=version, title=document.title)
        overtaken = _supersede(version, now)
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
        for change in overtaken:
            audits.record("policy.superseded", change, now=now, reason=change.reason)
        return version


@transaction.atomic
def begin(*, document: ScenarioDocument, author: User, note: str, now: datetime) -> ScenarioVersion:
    """A new scenario, as a dry run: nothing is looser than what is not carried out.

    Another executor loosens it, so that takes a second admin, whatever the first version says.
    Raises `NameTaken`.
    """
    scenario, created = Scenario.objects.get_or_create(
        slug=document.name, defaults={"title": document.title}
    )
    if not created:
        raise NameTaken(NameTaken.__doc__)
    dry = document.model_copy(update={"executor": Executor(kind="dry-run")})
    return save_version(scenario=scenario, document=dry, author=author, note=note, now=now)


def locked(scenario: Scenario, based_on: int | None) -> ScenarioVersion | None:
    """The current version; nobody else saves one of this scenario until the commit."""
    Scenario.objects.select_for_update().get(pk=scenario.pk)
    current = scenario.versions.select_related("author").first()
    if current and based_on is not None and based_on != current.number:
        raise NewerVersion(current)
    return current


def changes_since(version: ScenarioVersion, document: ScenarioDocument) -> list[Change]:
    """What the document changes of the rules of a version, in words."""
    try:
        return changes(ScenarioDocument.model_validate(version.document), document)
    except ValidationError:
        return [Change(f"Version {version.number} can no longer be read", "loosens")]


def _supersede(version: ScenarioVersion, now: datetime) -> list[PolicyChange]:
    """Changes that were parked on an earlier version: they would take the newer one back."""
    reason = f"Version {version.number} was saved meanwhile; propose it again on top of that."
    found = []
    for change in PolicyChange.objects.parked().filter(scenario=version.scenario_id):
        ended = {"status": PolicyChange.Status.SUPERSEDED, "decided_at": now, "reason": reason}
        if PolicyChange.objects.parked().filter(pk=change.pk).update(**ended) == 1:
            change.reason = reason
            found.append(change)
    return found


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
