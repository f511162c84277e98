"""A policy as people read it, its history, and the way back to an earlier one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST
from pydantic import ValidationError

from negotiation.lexicon import lexicon_for
from negotiation.models import PolicyChange, ScenarioVersion
from negotiation.scenarios.errors import ScenarioError
from negotiation.scenarios.loaders import from_data
from negotiation.scenarios.policies import policy_hash, policy_of, with_policy
from negotiation.scenarios.words import moment
from negotiation.services import policies
from negotiation.services.scenarios import NewerVersion, changes_since
from negotiation.views import policy_drafts
from negotiation.views.access import person, rule_writers, watchers
from negotiation.views.forms import NoteForm, first_error
from negotiation.views.policy_edits import by_score, readable, show_editor
from negotiation.views.scenarios import (
    after_saving,
    current,
    dimensions,
    find,
    resolution,
    rules,
    version_of,
)
from negotiation.views.statuses import CONFLICT, UNPROCESSABLE

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from negotiation.models import Scenario
    from negotiation.scenarios.loosenings import Change
    from negotiation.scenarios.schema import ScenarioDocument
    from negotiation.scenarios.words import Words

HISTORY = 30


@dataclass(frozen=True)
class Entry:
    """A version that changed the policy, and how."""

    version: ScenarioVersion
    changes: list[Change]


@watchers
def policy(request: HttpRequest, slug: str) -> HttpResponse:
    found = find(slug)
    return _show(request, current(found))


@watchers
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    return _show(request, version_of(slug, number))


@rule_writers
@require_POST
def restore(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The policy of an earlier version with today's scenario, as a new version."""
    found, earlier = find(slug), version_of(slug, number)
    newest = current(found)
    note = NoteForm(request.POST)
    if not note.is_valid():
        return _show(request, earlier, status=UNPROCESSABLE, refused=first_error(note))
    mixed = with_policy(readable(newest), policy_of(readable(earlier)))
    try:
        document = from_data(mixed.model_dump(mode="json"), source="Both together")
    except ScenarioError as error:
        draft = policy_drafts.shown(mixed, policy_drafts.YAML)
        draft.problems = list(error.problems)
        return show_editor(request, newest, draft, status=UNPROCESSABLE)
    try:
        saved = policies.save(
            scenario=found,
            document=document,
            author=person(request),
            note=note.cleaned_data["note"],
            now=timezone.now(),
            based_on=newest.number,
        )
    except NewerVersion as refusal:
        return _show(request, earlier, status=CONFLICT, refused=str(refusal))
    return after_saving(request, saved, page="policy")


def _show(
    request: HttpRequest, shown: ScenarioVersion, *, status: int = 200, **more: Any
) -> HttpResponse:
    document = readable(shown)
    earlier = ScenarioVersion.objects.filter(scenario=shown.scenario_id)
    before = earlier.filter(number=shown.number - 1).first()
    parked = PolicyChange.objects.visible_to(request.user).parked()
    context = {
        "scenario": shown.scenario,
        "version": shown,
        **_said(shown, document),
        "changes": changes_since(before, document) if before else [],
        "history": _history(shown.scenario),
        "parked": parked.filter(scenario=shown.scenario_id).select_related("author"),
        **more,
    }
    return render(request, "negotiation/policy.html", context, status=status)


def _said(shown: ScenarioVersion, document: ScenarioDocument) -> dict[str, Any]:
    """What the policy says, as people read it."""
    plain = document.model_dump(mode="json")
    return {
        "policy": plain["policy"],
        **by_score(document),
        "protocol": plain["protocol"],
        "vetoes": [seat.title for seat in document.seats if seat.veto],
        "hash": policy_hash(policy_of(document)),
        "rules": rules(shown),
        "gates": [{"text": gate.text, "people": gate.people} for gate in document.policy.gates],
        "freezes": [
            {"text": each.text, "begins": moment(each.begins), "ends": moment(each.ends)}
            for each in document.policy.freezes
        ],
        "dimensions": dimensions(shown),
        "resolution": resolution(shown),
        "levels": _levels(document, lexicon_for(shown).words),
    }


def _levels(document: ScenarioDocument, words: Words) -> list[tuple[str, float]]:
    """How hard each option is to undo."""
    stated = document.policy.risk.reversibility
    if isinstance(stated, float | int):
        return [("Everything", stated)]
    return [(words.value(stated.by, option), level) for option, level in stated.levels.items()]


def _history(found: Scenario) -> list[Entry]:
    """Versions that changed the policy, the newest first, and the first of all."""
    versions = list(found.versions.select_related("author", "ratified_by")[: HISTORY + 1])
    entries = []
    for newer, older in pairwise(versions):
        try:
            document = policy_drafts.present(newer)
        except ValidationError:
            continue
        if changed := changes_since(older, document):
            entries.append(Entry(newer, changed))
    if versions and versions[-1].number == 1:
        entries.append(Entry(versions[-1], []))
    return entries
