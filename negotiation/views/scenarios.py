"""Scenarios: what they say, who wrote it and when, and the way back to an earlier version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from negotiation import policy_charts
from negotiation.engine.formatting import listed
from negotiation.lexicon import lexicon_for
from negotiation.models import PolicyChange, Scenario, ScenarioVersion
from negotiation.scenarios.differences import differences
from negotiation.scenarios.errors import ScenarioError
from negotiation.scenarios.loaders import from_data
from negotiation.scenarios.policy_parts import Policy
from negotiation.services import policies
from negotiation.services.scenarios import NewerVersion
from negotiation.views import scenario_previews
from negotiation.views.access import person, rule_writers, watchers
from negotiation.views.forms import NoteForm, first_error
from negotiation.views.scenario_fields import LIMITS
from negotiation.views.statuses import CONFLICT, UNPROCESSABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from negotiation.scenarios.words import Words
    from negotiation.views.scenario_previews import Wants

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


@watchers
def agreeable(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Whether the seats of a version can ever agree: a part of its page, worked out when seen."""
    found = scenario_previews.of_stored(version_of(slug, number).document)
    told: dict[str, Any] = {}
    if found is not None:
        x, y = request.GET.get("space_x", ""), request.GET.get("space_y", "")
        told = {
            "answer": scenario_previews.answer(found),
            "space": scenario_previews.space(found, x, y),
            "choose": True,
            "again": request.path,
        }
    return render(request, "negotiation/_agreeable.html", told)


@rule_writers
@require_POST
def restore(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """An earlier version as a new one, the whole of it."""
    found, earlier = find(slug), version_of(slug, number)
    note = NoteForm(request.POST)
    if not note.is_valid():
        return _version(request, earlier, status=UNPROCESSABLE, not_restored=first_error(note))
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
        return _version(request, earlier, status=CONFLICT, not_restored=str(refusal))
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
        "wants": _wants(shown),
        "rules": rules(shown),
        "dimensions": dimensions(shown),
        **_by_score(shown),
        "resolution": resolution(shown),
        **extra,
    }
    return render(request, "negotiation/scenario.html", context, status=status)


def _wants(shown: ScenarioVersion) -> list[tuple[dict[str, Any], Wants]]:
    """Each seat with what it wants, drawn; where the present options lie only if it is in use."""
    seats = shown.document["seats"]
    drawn = scenario_previews.wants(shown.document, scenario_previews.of_stored(shown.document))
    return list(zip(seats, drawn, strict=True))


def _by_score(shown: ScenarioVersion) -> dict[str, Any]:
    policy = Policy.model_validate(shown.document["policy"]).model_dump()
    return {
        "tiers": list(zip(policy["tiers"], policy_charts.spans(policy), strict=True)),
        "zones": policy_charts.zones(policy),
    }


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


def rules(shown: ScenarioVersion) -> list[dict[str, Any]]:
    words, document = lexicon_for(shown).words, shown.document
    found = []
    for rule in document["constraints"]:
        when = f", if {_test(rule['when'], document, words)}" if rule.get("when") else ""
        found.append({**rule, "test": f"{_test(rule, document, words)}{when}"})
    return found


def _test(test: Mapping[str, Any], document: Mapping[str, Any], words: Words) -> str:
    subject = test["subject"]
    kind = next((kind for kind in LIMITS if test.get(kind) is not None), "")
    limit = test.get(kind)
    if kind == "differs_from":
        limit = _named(limit, words)
    elif isinstance(limit, str) and kind != "equals":
        limit = document["parameters"].get(limit, words.label(limit))
    stated = limit if isinstance(limit, list) else [limit]
    shown = ", ".join(_spelled(subject, one, words) for one in stated)
    said = f"{_named(subject, words)} {LIMITS.get(kind, '')} {shown}"
    if subject not in document["parameters"]:
        return said
    return f"{said} (it is {_spelled(subject, document['parameters'][subject], words)})"


def _named(name: Any, words: Words) -> str:
    """A parameter has no label: its name without the marks of a name."""
    label = words.label(name)
    return label if label != name else str(name).replace("_", " ")


def _spelled(name: str, value: Any, words: Words) -> str:
    text = words.value(name, value)
    return text.replace("_", " ") if text == value else text


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
