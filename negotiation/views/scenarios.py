"""Scenarios: what they say, who wrote it and when, and the editor of their rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from negotiation.engine.formatting import listed
from negotiation.lexicon import lexicon_for
from negotiation.models import PolicyChange, Scenario, ScenarioVersion
from negotiation.scenarios.differences import differences
from negotiation.scenarios.errors import ScenarioError
from negotiation.scenarios.loaders import from_data
from negotiation.scenarios.policy_parts import Policy
from negotiation.services import policies
from negotiation.services.scenarios import NewerVersion
from negotiation.views.access import person, rule_writers, watchers
from negotiation.views.forms import NoteForm, first_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from negotiation.scenarios.words import Words

LARGEST_NUMBER = 2**31 - 1
HISTORY = 50
PARKED = "Nothing is saved yet: this loosens the policy, so another admin has to agree."


@watchers
def scenarios(request: HttpRequest) -> HttpResponse:
    found = (
        Scenario.objects.filter(current__isnull=False)
        .select_related("current__author")
        .annotate(runs=Count("versions__negotiations"))
    )
    return render(request, "negotiation/scenarios.html", {"scenarios": found})


@watchers
def scenario(request: HttpRequest, slug: str) -> HttpResponse:
    found = find(slug)
    return _show(request, current(found), {"history": _history(found)})


@watchers
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    return _version(request, version_of(slug, number))


def _version(
    request: HttpRequest, found: ScenarioVersion, *, status: int = 200, **more: Any
) -> HttpResponse:
    earlier = ScenarioVersion.objects.filter(scenario=found.scenario_id, number=found.number - 1)
    before = earlier.first()
    changed = differences(before.document, found.document) if before else []
    extra = {"previous": before, "differences": changed, "history": _history(found.scenario)}
    return _show(request, found, {**extra, **more}, status=status)


@rule_writers
@require_POST
def restore(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """An earlier version as a new one, the whole of it."""
    found, earlier = find(slug), version_of(slug, number)
    note = NoteForm(request.POST)
    if not note.is_valid():
        return _version(request, earlier, status=422, not_restored=first_error(note))
    try:
        saved = policies.save(
            scenario=found,
            document=from_data(earlier.document, source=f"Version {number}"),
            author=person(request),
            note=note.cleaned_data["note"],
            now=timezone.now(),
            based_on=current(found).number,
        )
    except (ScenarioError, NewerVersion) as refusal:
        return _version(request, earlier, status=409, not_restored=str(refusal))
    return after_saving(request, saved, page="scenario")


def after_saving(
    request: HttpRequest, saved: ScenarioVersion | PolicyChange, *, page: str
) -> HttpResponse:
    """Says what became of it."""
    if isinstance(saved, PolicyChange):
        messages.warning(request, PARKED)
        return redirect("policy-change", pk=saved.pk)
    messages.success(request, f"Saved as version {saved.number}. Running tables keep theirs.")
    return redirect(page, slug=saved.scenario.slug)


def basis(found: Scenario, current: ScenarioVersion, posted: str) -> ScenarioVersion:
    """The version that was on the screen; the current one where that is not said properly."""
    if not (posted.isascii() and posted.isdigit() and len(posted) < 10):
        return current
    return found.versions.select_related("scenario").filter(number=int(posted)).first() or current


def _show(
    request: HttpRequest, shown: ScenarioVersion, extra: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    context = {
        "scenario": shown.scenario,
        "version": shown,
        "document": shown.document,
        "issues": _issues(shown),
        "seats": _seats(shown),
        "rules": rules(shown),
        "dimensions": dimensions(shown),
        "tiers": Policy.model_validate(shown.document["policy"]).model_dump()["tiers"],
        "resolution": resolution(shown),
        **extra,
    }
    return render(request, "negotiation/scenario.html", context, status=status)


def resolution(shown: ScenarioVersion) -> list[str]:
    """What decides one after the other when the seats do not agree."""
    policy = shown.document["policy"]
    titles = {seat["name"]: seat["title"] for seat in shown.document["seats"]}
    order = listed([titles[name] for name in policy.get("precedence", [])])
    words = {
        "mediate": "the mediator",
        "precedence": f"the order of precedence ({order})",
        "vote": "a weighted vote",
        "ask": "a person",
        "status_quo": "everything stays as it is",
    }
    return [words[step] for step in policy.get("resolution", [])]


def _issues(shown: ScenarioVersion) -> list[dict[str, Any]]:
    words = lexicon_for(shown).words
    return [
        {
            "label": issue["label"],
            "options": [
                words.value(issue["name"], one["value"] if isinstance(one, dict) else one)
                for one in issue["options"]
            ],
        }
        for issue in shown.document["issues"]
    ]


def _seats(shown: ScenarioVersion) -> list[dict[str, Any]]:
    """Each seat with its weights as shares of a bar 100 wide."""
    lexicon = lexicon_for(shown)
    found = []
    for seat in shown.document["seats"]:
        total = sum(objective["weight"] for objective in seat["objectives"])
        x, parts = 0.0, []
        for objective in seat["objectives"]:
            share = objective["weight"] / total * 100
            label = objective.get("label") or lexicon.words.label(objective["subject"])
            parts.append(
                {"label": label, "share": share, "x": round(x, 2), "width": round(share, 2)}
            )
            x += share
        found.append({"face": lexicon.face(seat["name"]), "seat": seat, "parts": parts})
    return found


KINDS = {
    "in": "one of", "not_in": "none of", "at_most": "at most", "at_least": "at least",
    "equals": "exactly", "differs_from": "other than",
}  # fmt: skip


def rules(shown: ScenarioVersion) -> list[dict[str, Any]]:
    words, document = lexicon_for(shown).words, shown.document
    found = []
    for rule in document["constraints"]:
        when = f", if {_test(rule['when'], document, words)}" if rule.get("when") else ""
        found.append({**rule, "test": f"{_test(rule, document, words)}{when}"})
    return found


def _test(test: Mapping[str, Any], document: Mapping[str, Any], words: Words) -> str:
    kind = next((kind for kind in KINDS if test.get(kind) is not None), "")
    limit = test.get(kind)
    if isinstance(limit, str) and kind != "equals":
        limit = document["parameters"].get(limit, words.label(limit))
    stated = limit if isinstance(limit, list) else [limit]
    shown = ", ".join(words.value(test["subject"], one) for one in stated)
    return f"{words.label(test['subject'])} {KINDS.get(kind, '')} {shown}"


def dimensions(shown: ScenarioVersion) -> list[dict[str, Any]]:
    words = lexicon_for(shown).words
    parts = shown.document["policy"]["risk"]["dimensions"]
    return [{**part, "unit": words.unit(part["loss"])} for part in parts]


def _history(found: Scenario) -> list[ScenarioVersion]:
    return list(found.versions.select_related("author").defer("document")[:HISTORY])


def version_of(slug: str, number: int) -> ScenarioVersion:
    if number > LARGEST_NUMBER:
        raise Http404
    known = ScenarioVersion.objects.select_related("scenario__current", "author", "ratified_by")
    return get_object_or_404(known, scenario__slug=slug, number=number)


def find(slug: str) -> Scenario:
    return get_object_or_404(
        Scenario.objects.filter(current__isnull=False).select_related("current__author"), slug=slug
    )


def current(found: Scenario) -> ScenarioVersion:
    if found.current is None:
        raise Http404
    found.current.scenario = found
    return found.current
